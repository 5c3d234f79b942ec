#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// A SHA-256 value (FIPS 180-4).
struct Digest {
  std::array<std::byte, 32> bytes{};
  auto operator<=>(const Digest&) const = default;
};

/// Hashes a stream of bytes. One thread at a time. `finish` may be called once.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& update(std::span<const std::byte> bytes);
  Sha256& update(std::string_view bytes);
  /// Adds the length as 8 bytes, big-endian, then the bytes: so that neighbouring parts of a
  /// compound cannot be confused.
  Sha256& update_framed(std::string_view bytes);
  [[nodiscard]] Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

[[nodiscard]] Digest sha256(std::span<const std::byte> bytes);
[[nodiscard]] Digest sha256(std::string_view bytes);

/// Lower-case hexadecimal, 64 characters.
[[nodiscard]] std::string to_hex(const Digest& digest);
/// Errors: kInvalidInput unless exactly 64 hexadecimal digits.
[[nodiscard]] Result<Digest> digest_from_hex(std::string_view text);

/// View of a text's bytes, for hashing and storage. Valid as long as `text`.
[[nodiscard]] inline std::span<const std::byte> as_byte_span(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace tidewaiter

template <>
struct std::hash<tidewaiter::Digest> {
  std::size_t operator()(const tidewaiter::Digest& digest) const noexcept {
    std::size_t value = 0;
    for (std::size_t i = 0; i < sizeof(value); ++i) {
      value = (value << 8U) | std::to_integer<std::size_t>(digest.bytes[i]);
    }
    return value;
  }
};
