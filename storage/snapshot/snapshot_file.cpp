#include "storage/snapshot/snapshot_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <istream>
#include <ostream>
#include <streambuf>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "storage/files/durable_file.h"
#include "storage/snapshot/snapshot_head.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 18U;
constexpr std::size_t kDigestBytes = sizeof(Digest::bytes);
/// The fastest that zstd has names for: reading is what counts, and state compresses well.
constexpr int kCompression = 1;

std::filesystem::path beside(const std::filesystem::path& path) {
  std::filesystem::path fresh = path;
  fresh += ".new";
  return fresh;
}

tl::unexpected<Error> cannot(std::string_view what, const std::filesystem::path& path,
                             std::string_view why) {
  return fail(ErrorCode::kUnavailable,
              "cannot " + std::string(what) + " `" + path.string() + "`: " + std::string(why));
}

std::string why_of(int number) { return std::generic_category().message(number); }

/// A file by its descriptor, hashed as it is written.
class HashedOutput {
 public:
  HashedOutput(int fd, SnapshotWriter::Written written) : fd_(fd), written_(std::move(written)) {}
  HashedOutput(const HashedOutput&) = delete;
  HashedOutput& operator=(const HashedOutput&) = delete;
  ~HashedOutput() { close(); }

  /// False: it could not be written, now or before.
  bool write(std::string_view bytes) {
    hash_.update(bytes);
    return append(bytes);
  }
  /// Writes the digest of what was written.
  bool end() {
    const Digest digest = hash_.finish();
    return append({reinterpret_cast<const char*>(digest.bytes.data()), kDigestBytes});
  }
  bool close() {
    if (fd_ >= 0 && ::close(std::exchange(fd_, -1)) != 0 && error_ == 0) error_ = errno;
    return error_ == 0;
  }
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] std::int64_t size() const { return size_; }

 private:
  bool append(std::string_view bytes) {
    while (error_ == 0 && !bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) {
        error_ = written < 0 ? errno : EIO;
        break;
      }
      size_ += written;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (written_) written_(size_);
    return error_ == 0;
  }

  int fd_;
  SnapshotWriter::Written written_;
  int error_ = 0;
  std::int64_t size_ = 0;
  Sha256 hash_;
};

/// Compresses what is put into it, as one frame.
class CompressingBuffer final : public std::streambuf {
 public:
  explicit CompressingBuffer(HashedOutput& to)
      : to_(to), state_(ZSTD_createCCtx()), plain_(kBlock), packed_(ZSTD_CStreamOutSize()) {
    if (state_ != nullptr) {
      (void)ZSTD_CCtx_setParameter(state_, ZSTD_c_compressionLevel, kCompression);
    }
    setp(plain_.data(), plain_.data() + plain_.size());
  }
  CompressingBuffer(const CompressingBuffer&) = delete;
  CompressingBuffer& operator=(const CompressingBuffer&) = delete;
  ~CompressingBuffer() override { ZSTD_freeCCtx(state_); }

  bool end() { return flush(ZSTD_e_end); }

 protected:
  int_type overflow(int_type next) override {
    if (!flush(ZSTD_e_continue)) return traits_type::eof();
    if (!traits_type::eq_int_type(next, traits_type::eof())) {
      *pptr() = traits_type::to_char_type(next);
      pbump(1);
    }
    return traits_type::not_eof(next);
  }
  int sync() override { return flush(ZSTD_e_flush) ? 0 : -1; }

 private:
  bool flush(ZSTD_EndDirective how) {
    if (state_ == nullptr) return false;
    ZSTD_inBuffer from{plain_.data(), static_cast<std::size_t>(pptr() - pbase()), 0};
    while (true) {
      ZSTD_outBuffer to{packed_.data(), packed_.size(), 0};
      const std::size_t left = ZSTD_compressStream2(state_, &to, &from, how);
      if (ZSTD_isError(left) != 0 || !to_.write({packed_.data(), to.pos})) return false;
      const bool done = how == ZSTD_e_continue ? from.pos == from.size : left == 0;
      if (done) break;
    }
    setp(plain_.data(), plain_.data() + plain_.size());
    return true;
  }

  HashedOutput& to_;
  ZSTD_CCtx* state_;
  std::vector<char> plain_;
  std::vector<char> packed_;
};

class FileWriter final : public SnapshotWriter {
 public:
  FileWriter(std::filesystem::path path, int fd, Written written)
      : path_(std::move(path)), file_(fd, std::move(written)), buffer_(file_), body_(&buffer_) {}
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;
  ~FileWriter() override {
    if (!done_) ::unlink(beside(path_).c_str());
  }

  Result<void> begin(const SnapshotHead& head) {
    if (file_.write(head_lines(head))) return {};
    return cannot("write", path_, why_of(file_.error()));
  }

  std::ostream& body() override { return body_; }

  Result<std::int64_t> commit() override {
    const bool written = body_.good() && buffer_.end() && file_.end();
    const bool closed = file_.close();
    if (!written || !closed) {
      return cannot("write", path_,
                    file_.error() != 0 ? why_of(file_.error()) : "zstd could not compress it");
    }
    if (::rename(beside(path_).c_str(), path_.c_str()) != 0) {
      return cannot("write", path_, why_of(errno));
    }
    done_ = true;
    return file_.size();
  }

 private:
  std::filesystem::path path_;
  HashedOutput file_;
  CompressingBuffer buffer_;
  std::ostream body_;
  bool done_ = false;
};

/// A file that is read, from a place up to another.
class BoundedInput {
 public:
  explicit BoundedInput(int fd) : fd_(fd) {}
  BoundedInput(const BoundedInput&) = delete;
  BoundedInput& operator=(const BoundedInput&) = delete;
  ~BoundedInput() { ::close(fd_); }

  void select(std::int64_t from, std::int64_t to) {
    at_ = from;
    end_ = to;
  }
  /// 0 at the end, and where it cannot be read: see error().
  std::size_t read(std::span<char> out) {
    while (at_ < end_) {
      const auto most = std::min<std::int64_t>(static_cast<std::int64_t>(out.size()), end_ - at_);
      const ssize_t got = ::pread(fd_, out.data(), static_cast<std::size_t>(most), at_);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        error_ = got < 0 ? errno : EIO;  // it ends before where it ended
        return 0;
      }
      at_ += got;
      return static_cast<std::size_t>(got);
    }
    return 0;
  }
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] int descriptor() const { return fd_; }

 private:
  int fd_;
  std::int64_t at_ = 0;
  std::int64_t end_ = 0;
  int error_ = 0;
};

/// What a frame holds.
class DecompressingBuffer final : public std::streambuf {
 public:
  explicit DecompressingBuffer(BoundedInput& from)
      : from_(from), state_(ZSTD_createDCtx()), packed_(ZSTD_DStreamInSize()), plain_(kBlock) {}
  DecompressingBuffer(const DecompressingBuffer&) = delete;
  DecompressingBuffer& operator=(const DecompressingBuffer&) = delete;
  ~DecompressingBuffer() override { ZSTD_freeDCtx(state_); }

 protected:
  int_type underflow() override {
    if (state_ == nullptr) return traits_type::eof();
    ZSTD_outBuffer to{plain_.data(), plain_.size(), 0};
    while (to.pos == 0) {
      if (in_.pos == in_.size) {
        in_ = {packed_.data(), from_.read(packed_), 0};
        if (in_.size == 0) return traits_type::eof();
      }
      if (ZSTD_isError(ZSTD_decompressStream(state_, &to, &in_)) != 0) return traits_type::eof();
    }
    setg(plain_.data(), plain_.data(), plain_.data() + to.pos);
    return traits_type::to_int_type(*gptr());
  }

 private:
  BoundedInput& from_;
  ZSTD_DCtx* state_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  std::vector<char> packed_;
  std::vector<char> plain_;
};

class FileReader final : public SnapshotReader {
 public:
  explicit FileReader(int fd) : file_(fd), buffer_(file_), body_(&buffer_) {}

  Result<void> check(const std::filesystem::path& path) {
    struct stat status {};
    if (::fstat(file_.descriptor(), &status) != 0) return cannot("read", path, why_of(errno));
    const std::int64_t end = status.st_size - static_cast<std::int64_t>(kDigestBytes);
    std::array<char, kLongestSnapshotHead> beginning{};
    file_.select(0, std::max<std::int64_t>(end, 0));
    const std::size_t got = file_.read(beginning);
    if (file_.error() != 0) return cannot("read", path, why_of(file_.error()));
    auto head = read_head({beginning.data(), got});
    if (!head) return tl::unexpected(head.error());
    if (auto whole = check_digest(path, end); !whole) return whole;
    head_ = std::move(head->head);
    file_.select(static_cast<std::int64_t>(head->length), end);
    return {};
  }

  const SnapshotHead& head() const override { return head_; }
  std::istream& body() override { return body_; }

 private:
  Result<void> check_digest(const std::filesystem::path& path, std::int64_t end) {
    Sha256 hash;
    std::vector<char> block(kBlock);
    file_.select(0, end);
    while (const std::size_t size = file_.read(block)) {
      hash.update(std::string_view(block.data(), size));
    }
    Digest kept;
    std::array<char, kDigestBytes> bytes{};
    file_.select(end, end + static_cast<std::int64_t>(kDigestBytes));
    const std::size_t got = file_.read(bytes);
    if (file_.error() != 0) return cannot("read", path, why_of(file_.error()));
    std::ranges::transform(bytes, kept.bytes.begin(),
                           [](char c) { return static_cast<std::byte>(c); });
    if (got == kDigestBytes && hash.finish() == kept) return {};
    return fail(ErrorCode::kCorruption, "the snapshot is not whole: its digest is another");
  }

  BoundedInput file_;
  DecompressingBuffer buffer_;
  std::istream body_;
  SnapshotHead head_;
};

}  // namespace

Result<std::unique_ptr<SnapshotWriter>> SnapshotWriter::create(const std::filesystem::path& path,
                                                               const SnapshotHead& head,
                                                               Written written) {
  const std::filesystem::path fresh = beside(path);
  ::unlink(fresh.c_str());  // of a writer that was interrupted
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                        S_IRUSR | S_IWUSR);
  if (fd < 0) return cannot("create", fresh, why_of(errno));
  auto writer = std::make_unique<FileWriter>(path, fd, std::move(written));
  if (auto begun = writer->begin(head); !begun) return tl::unexpected(begun.error());
  return writer;
}

Result<std::unique_ptr<SnapshotReader>> SnapshotReader::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT) {
    return fail(ErrorCode::kNotFound, "there is no snapshot `" + path.string() + "`");
  }
  if (fd < 0) return cannot("open", path, why_of(errno));
  auto reader = std::make_unique<FileReader>(fd);
  if (auto checked = reader->check(path); !checked) return tl::unexpected(checked.error());
  return reader;
}

Result<void> remove_unfinished_snapshot(const std::filesystem::path& path) {
  const Result<bool> there = is_there(beside(path));
  if (!there) return tl::unexpected(there.error());
  if (!*there) return {};
  if (auto removed = remove_file(beside(path)); !removed) return removed;
  return sync_folder(path.parent_path());
}

Result<void> remove_snapshot(const std::filesystem::path& path) {
  if (auto removed = remove_unfinished_snapshot(path); !removed) return removed;
  const Result<bool> there = is_there(path);
  if (!there) return tl::unexpected(there.error());
  if (!*there) return {};
  if (auto removed = remove_file(path); !removed) return removed;
  return sync_folder(path.parent_path());
}

}  // namespace tidewaiter
