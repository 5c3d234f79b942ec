#include "storage/files/file_stream.h"

#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMeasuredAtOnce = std::size_t{1} << 16U;

/// By what errno says.
tl::unexpected<Error> stream_failure(const char* doing, const std::filesystem::path& path) {
  const int reason = errno;
  const bool absent = reason == ENOENT || reason == ENOTDIR;
  return fail(absent ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
              std::string("cannot ") + doing + " `" + path.string() +
                  "`: " + std::generic_category().message(reason));
}

tl::unexpected<Error> already_there(const std::filesystem::path& path) {
  return fail(ErrorCode::kRefused, "`" + path.string() + "` is there already; nothing was changed");
}

/// By which a descriptor's file is reached, though it has no name.
std::string way_of(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

}  // namespace

Result<StreamedFile> StreamedFile::open(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever; on a file it is idle.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return stream_failure("open", path);
  StreamedFile source(path, fd);
  struct stat status {};
  if (::fstat(fd, &status) != 0) return stream_failure("read", path);
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kInvalidInput,
                "`" + path.string() + "` is not a file: name a regular file");
  }
  source.identity_ = {status.st_dev, status.st_ino};
  return source;
}

StreamedFile::~StreamedFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::size_t> StreamedFile::read(std::span<char> room) {
  std::size_t filled = 0;
  while (filled < room.size()) {
    const ssize_t got = ::read(fd_, room.data() + filled, room.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return stream_failure("read", path_);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

Result<void> StreamedFile::rewind() {
  if (::lseek(fd_, 0, SEEK_SET) == 0) return {};
  return stream_failure("read", path_);
}

std::filesystem::path FileSink::fresh() const {
  std::filesystem::path fresh = path_;
  fresh += ".new";
  return fresh;
}

/// Whether that could be done. It takes /proc to give the file its name in the end.
bool FileSink::open_unnamed(mode_t mode) {
  const std::filesystem::path above = path_.parent_path();
  const int fd =
      ::open(above.empty() ? "." : above.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, mode);
  if (fd < 0) return false;
  if (::access(way_of(fd).c_str(), F_OK) != 0) {
    ::close(fd);
    return false;
  }
  fd_ = fd;
  unfinished_ = Unfinished::kUnnamed;
  return true;
}

Result<FileSink> FileSink::create(const std::filesystem::path& path, mode_t mode,
                                  Unfinished unfinished) {
  const Result<bool> there = is_there(path);
  if (!there) return tl::unexpected(there.error());
  if (*there) return already_there(path);
  FileSink sink(path, -1);
  if (unfinished == Unfinished::kUnnamed && sink.open_unnamed(mode)) return sink;
  sink.fd_ =
      ::open(sink.fresh().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (sink.fd_ >= 0) return sink;
  if (errno == EEXIST) return already_there(sink.fresh());
  return stream_failure("create", path);
}

FileSink::~FileSink() {
  if (fd_ < 0) return;
  ::close(fd_);
  if (unfinished_ == Unfinished::kNamed) ::unlink(fresh().c_str());
}

Result<void> FileSink::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return stream_failure("write", path_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

/// Whether the file has its name; errno says why not. None of the ways replaces what is there.
bool FileSink::give_name() const {
  if (unfinished_ == Unfinished::kUnnamed) {
    return ::linkat(AT_FDCWD, way_of(fd_).c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) == 0;
  }
  const std::filesystem::path from = fresh();
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) == 0) {
    return true;
  }
  // Not every file system can do that; those that cannot have hard links.
  if (errno != EINVAL && errno != ENOSYS) return false;
  return ::link(from.c_str(), path_.c_str()) == 0 && ::unlink(from.c_str()) == 0;
}

Result<void> FileSink::finish() {
  if (::fsync(fd_) != 0) return stream_failure("write", path_);
  if (!give_name()) {
    return errno == EEXIST ? Result<void>(already_there(path_)) : stream_failure("write", path_);
  }
  ::close(std::exchange(fd_, -1));
  if (auto synced = sync_folder(path_.parent_path()); !synced) {
    ::unlink(path_.c_str());
    return synced;
  }
  return {};
}

Result<void> copy_whole_file(const std::filesystem::path& from, const std::filesystem::path& to,
                             mode_t mode) {
  Result<StreamedFile> source = StreamedFile::open(from);
  if (!source) return tl::unexpected(source.error());
  Result<FileSink> sink = FileSink::create(to, mode);
  if (!sink) return tl::unexpected(sink.error());
  std::vector<char> room(kMeasuredAtOnce);
  for (;;) {
    const Result<std::size_t> got = source->read(room);
    if (!got) return tl::unexpected(got.error());
    if (auto put = sink->write(std::string_view(room.data(), *got)); !put) return put;
    if (*got < room.size()) return sink->finish();
  }
}

tl::unexpected<Error> too_long(const std::filesystem::path& path, std::int64_t most) {
  return fail(ErrorCode::kInvalidInput, "`" + path.string() + "` has more than " +
                                            std::to_string(most) + " bytes; expected no more");
}

Result<FileMeasure> measure(StreamedFile& file, std::int64_t most) {
  FileMeasure measure;
  Sha256 hash;
  std::vector<char> room(kMeasuredAtOnce);
  for (;;) {
    const Result<std::size_t> got = file.read(room);
    if (!got) return tl::unexpected(got.error());
    measure.bytes += static_cast<std::int64_t>(*got);
    if (measure.bytes > most) return too_long(file.path(), most);
    hash.update(std::string_view(room.data(), *got));
    if (*got < room.size()) break;
  }
  measure.sha256 = hash.finish();
  return measure;
}

Result<FileMeasure> measure_file(const std::filesystem::path& path, std::int64_t most) {
  Result<StreamedFile> source = StreamedFile::open(path);
  if (!source) return tl::unexpected(source.error());
  return measure(*source, most);
}

}  // namespace tidewaiter
