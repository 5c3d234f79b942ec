#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "policies/model/digest.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// What tells one file from another whatever its name is, and whether it changed.
struct FileFacts {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_us = 0;  ///< mtime, microseconds since the epoch

  [[nodiscard]] bool same_file(const FileFacts& other) const {
    return device == other.device && inode == other.inode;
  }
};

/// The facts of a regular file, symbolic links followed. Errors: kNotFound, kUnavailable
/// (permission, I/O), kInvalidInput if it is not a regular file.
[[nodiscard]] Result<FileFacts> file_facts(const std::filesystem::path& path);

/// A regular file open for reading. Owns its descriptor.
class InputFile {
 public:
  /// Never blocks on a pipe or device: those are refused. Errors as file_facts().
  [[nodiscard]] static Result<InputFile> open(const std::filesystem::path& path);
  ~InputFile();
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&& other) noexcept;
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] Result<FileFacts> facts() const;

  /// Reads on from the file's position; 0 at its end.
  [[nodiscard]] Result<std::size_t> read(std::span<char> out);
  [[nodiscard]] Result<void> seek(std::int64_t offset);

  /// SHA-256 of the first `length` bytes, or of all if there are fewer. Leaves the position alone.
  [[nodiscard]] Result<Digest> hash_head(std::int64_t length) const;
  /// The first bytes, at most out.size(). Leaves the position alone.
  [[nodiscard]] Result<std::size_t> peek(std::span<char> out) const;

 private:
  InputFile(std::filesystem::path path, int descriptor);
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace tidewaiter
