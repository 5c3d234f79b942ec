#pragma once

#include <cstdint>
#include <memory>

namespace tidewaiter {

/// What the first byte says of a subject that is kept in one piece of memory.
enum class RestingFlag : std::uint8_t {
  kActive = 1,  ///< it stands among those that await the watermark
  kIdle = 2,    ///< … and among those with windows to forget
  kQuiet = 4,   ///< it has no windows, and is one of QuietSubjects
};

using RestingBytes = std::unique_ptr<std::uint8_t[]>;

[[nodiscard]] inline bool has_flag(std::uint8_t first, RestingFlag flag) {
  return (first & static_cast<unsigned>(flag)) != 0;
}
/// False where there are no bytes.
[[nodiscard]] inline bool has_flag(const RestingBytes& bytes, RestingFlag flag) {
  return bytes != nullptr && has_flag(bytes[0], flag);
}
/// REQUIRES: there are bytes.
inline void set_flag(RestingBytes& bytes, RestingFlag flag, bool value) {
  const auto bit = static_cast<unsigned>(flag);
  bytes[0] = static_cast<std::uint8_t>(value ? bytes[0] | bit : bytes[0] & ~bit);
}

}  // namespace tidewaiter
