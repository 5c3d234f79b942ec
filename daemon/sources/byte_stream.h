#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "daemon/sources/input_file.h"
#include "daemon/sources/pull_watch.h"
#include "policies/model/error.h"

namespace tidewaiter {

enum class Compression : std::uint8_t { kNone, kGzip, kZstd };

[[nodiscard]] std::string_view compression_name(Compression compression);  // "plain", "gzip", …

/// Tells by the first bytes: 1f 8b is gzip (RFC 1952); 28 b5 2f fd, or a skippable frame
/// (5x 2a 4d 18), is Zstandard (RFC 8878).
[[nodiscard]] Compression detect_compression(std::string_view head);

/// A file's content, decompressed. Members and frames may follow one another. One thread.
/// Memory: a Zstandard window of at most 128 MiB (window log 27); a larger one is refused.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// Gives at least one byte, or 0 at the end.
  /// Errors: kInvalidInput if the compressed data is damaged or ends within a frame; everything
  /// before that place has been given. kUnavailable if the file cannot be read, or on a stop.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> out) = 0;

  /// Passes over `count` bytes of content. Errors: as read(); kUnavailable beyond the end, for
  /// then somebody has changed the file since the bytes were counted.
  [[nodiscard]] virtual Result<void> skip(std::int64_t count) = 0;

  /// How many bytes of the file itself have been used.
  [[nodiscard]] virtual std::int64_t file_bytes() const = 0;

  [[nodiscard]] virtual Compression compression() const = 0;
};

/// Starts at the file's beginning. Asks `watch` before each block of the file; it outlives the
/// stream.
[[nodiscard]] Result<std::unique_ptr<ByteStream>> open_byte_stream(InputFile file,
                                                                   const PullWatch& watch);

}  // namespace tidewaiter
