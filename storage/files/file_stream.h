#pragma once

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

/// A regular file that is read from its beginning to its end.
class FileSource {
 public:
  /// Errors: kNotFound; kInvalidInput for what is no regular file; kUnavailable.
  [[nodiscard]] static Result<FileSource> open(const std::filesystem::path& path);
  FileSource(FileSource&& other) noexcept
      : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}
  FileSource& operator=(FileSource&&) = delete;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource();

  /// Fills `room`, or less of it at the end of the file alone; says how much. Errors: kUnavailable.
  [[nodiscard]] Result<std::size_t> read(std::span<char> room);

 private:
  FileSource(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  std::filesystem::path path_;
  int fd_;
};

/// A file that appears under its name when it is whole: until then it lies beside it, with `.new`
/// behind the name, and goes with this object.
class FileSink {
 public:
  /// Errors: kRefused if `path`, or what it is written as, is there; kNotFound where its folder is
  /// not; kUnavailable.
  [[nodiscard]] static Result<FileSink> create(const std::filesystem::path& path, mode_t mode);
  FileSink(FileSink&& other) noexcept
      : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}
  FileSink& operator=(FileSink&&) = delete;
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;
  ~FileSink();

  /// Errors: kUnavailable.
  [[nodiscard]] Result<void> write(std::string_view bytes);
  /// Syncs file and folder, and puts the file under its name. To be called once, and nothing after
  /// it. Errors: kUnavailable; then nothing is left.
  [[nodiscard]] Result<void> finish();

 private:
  FileSink(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}
  [[nodiscard]] std::filesystem::path fresh() const;
  std::filesystem::path path_;
  int fd_;
};

/// How long a file is, and its SHA-256.
struct FileMeasure {
  Digest sha256;
  std::int64_t bytes = 0;
  bool operator==(const FileMeasure&) const = default;
};

/// Reads it once, in constant memory. Errors: those of FileSource; kInvalidInput beyond `most`
/// bytes.
[[nodiscard]] Result<FileMeasure> measure_file(const std::filesystem::path& path,
                                               std::int64_t most);

/// Copies a file of any length into the new file `to`, which is there when it is whole. Errors:
/// those of FileSource and FileSink.
[[nodiscard]] Result<void> copy_whole_file(const std::filesystem::path& from,
                                           const std::filesystem::path& to, mode_t mode);

/// That a file may have more than `most` bytes, in words. kInvalidInput.
[[nodiscard]] tl::unexpected<Error> too_long(const std::filesystem::path& path, std::int64_t most);

}  // namespace tidewaiter
