#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include <sys/types.h>

#include "policies/model/digest.h"
#include "policies/model/error.h"

namespace tidewaiter {

// Files of any length, a part at a time: what is too long for read_whole_file() and create_file()
// (durable_file.h). One thread at a time; both move, and never copy.

/// Which file it is, whatever it is called: two hard links to one file are the same.
struct InodeIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  auto operator<=>(const InodeIdentity&) const = default;
};

/// A regular file that is read from its beginning to its end. What is asked of it is asked of what
/// was opened, whatever lies under its name by then.
class StreamedFile {
 public:
  /// Errors: kNotFound; kInvalidInput for what is no regular file; kUnavailable.
  [[nodiscard]] static Result<StreamedFile> open(const std::filesystem::path& path);
  StreamedFile(StreamedFile&& other) noexcept
      : path_(std::move(other.path_)),
        fd_(std::exchange(other.fd_, -1)),
        identity_(other.identity_) {}
  StreamedFile& operator=(StreamedFile&&) = delete;
  StreamedFile(const StreamedFile&) = delete;
  StreamedFile& operator=(const StreamedFile&) = delete;
  ~StreamedFile();

  /// Fills `room`, or less of it at the end of the file alone; says how much. Errors: kUnavailable.
  [[nodiscard]] Result<std::size_t> read(std::span<char> room);
  /// Goes back to the beginning. Errors: kUnavailable.
  [[nodiscard]] Result<void> rewind();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] InodeIdentity identity() const { return identity_; }

 private:
  StreamedFile(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  std::filesystem::path path_;
  int fd_;
  InodeIdentity identity_;
};

/// A file that appears under its name when it is whole. Until then it has no name, so that nothing
/// of it is left however the process ends; on a file system that cannot do that it lies beside it,
/// with `.new` behind the name, and goes with this object.
class FileSink {
 public:
  enum class Unfinished : std::uint8_t {
    kUnnamed,  ///< where the file system can do that
    kNamed,
  };

  /// Errors: kRefused if `path`, or what it is written as, is there; kNotFound where its folder is
  /// not; kUnavailable.
  [[nodiscard]] static Result<FileSink> create(const std::filesystem::path& path, mode_t mode,
                                               Unfinished unfinished = Unfinished::kUnnamed);
  FileSink(FileSink&& other) noexcept
      : path_(std::move(other.path_)),
        fd_(std::exchange(other.fd_, -1)),
        unfinished_(other.unfinished_) {}
  FileSink& operator=(FileSink&&) = delete;
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;
  ~FileSink();

  /// Errors: kUnavailable.
  [[nodiscard]] Result<void> write(std::string_view bytes);
  /// Syncs file and folder, and puts the file under its name, in the place of nothing. To be called
  /// once, and nothing after it. Errors: kRefused if something has come to lie there meanwhile;
  /// kUnavailable; then nothing of this file is left.
  [[nodiscard]] Result<void> finish();

 private:
  FileSink(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  [[nodiscard]] std::filesystem::path fresh() const;
  [[nodiscard]] bool open_unnamed(mode_t mode);
  [[nodiscard]] bool give_name() const;
  std::filesystem::path path_;
  int fd_;
  Unfinished unfinished_ = Unfinished::kNamed;
};

/// How long a file is, and its SHA-256.
struct FileMeasure {
  Digest sha256;
  std::int64_t bytes = 0;
  bool operator==(const FileMeasure&) const = default;
};

/// Reads it once, in constant memory. Errors: those of StreamedFile; kInvalidInput beyond `most`
/// bytes.
[[nodiscard]] Result<FileMeasure> measure(StreamedFile& file, std::int64_t most);
[[nodiscard]] Result<FileMeasure> measure_file(const std::filesystem::path& path,
                                               std::int64_t most);

/// Copies a file of any length into the new file `to`, which is there when it is whole. Errors:
/// those of StreamedFile and FileSink.
[[nodiscard]] Result<void> copy_whole_file(const std::filesystem::path& from,
                                           const std::filesystem::path& to, mode_t mode);

/// That a file may have more than `most` bytes, in words. kInvalidInput.
[[nodiscard]] tl::unexpected<Error> too_long(const std::filesystem::path& path, std::int64_t most);

}  // namespace tidewaiter
