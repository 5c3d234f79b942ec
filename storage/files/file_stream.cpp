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

}  // namespace

Result<FileSource> FileSource::open(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever; on a file it is idle.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return stream_failure("open", path);
  FileSource source(path, fd);
  struct stat status {};
  if (::fstat(fd, &status) != 0) return stream_failure("read", path);
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kInvalidInput,
                "`" + path.string() + "` is not a file: name a regular file");
  }
  return source;
}

FileSource::~FileSource() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::size_t> FileSource::read(std::span<char> room) {
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

std::filesystem::path FileSink::fresh() const {
  std::filesystem::path fresh = path_;
  fresh += ".new";
  return fresh;
}

Result<FileSink> FileSink::create(const std::filesystem::path& path, mode_t mode) {
  const Result<bool> there = is_there(path);
  if (!there) return tl::unexpected(there.error());
  FileSink sink(path, -1);
  if (!*there) {
    sink.fd_ =
        ::open(sink.fresh().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  }
  if (sink.fd_ >= 0) return sink;
  if (*there || errno == EEXIST) {
    return fail(ErrorCode::kRefused, "`" + (*there ? path : sink.fresh()).string() +
                                         "` is there already; nothing was changed");
  }
  return stream_failure("create", path);
}

FileSink::~FileSink() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(fresh().c_str());
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

Result<void> FileSink::finish() {
  const std::filesystem::path from = fresh();
  if (::fsync(fd_) != 0 || ::rename(from.c_str(), path_.c_str()) != 0) {
    return stream_failure("write", path_);
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
  Result<FileSource> source = FileSource::open(from);
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

Result<FileMeasure> measure_file(const std::filesystem::path& path, std::int64_t most) {
  Result<FileSource> source = FileSource::open(path);
  if (!source) return tl::unexpected(source.error());
  FileMeasure measure;
  Sha256 hash;
  std::vector<char> room(kMeasuredAtOnce);
  for (;;) {
    const Result<std::size_t> got = source->read(room);
    if (!got) return tl::unexpected(got.error());
    measure.bytes += static_cast<std::int64_t>(*got);
    if (measure.bytes > most) return too_long(path, most);
    hash.update(std::string_view(room.data(), *got));
    if (*got < room.size()) break;
  }
  measure.sha256 = hash.finish();
  return measure;
}

}  // namespace tidewaiter
