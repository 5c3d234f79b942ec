#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace tidewaiter {

/// The base protocol of the Language Server Protocol 3.17: a message is header lines ended by CR
/// LF, one of them `Content-Length`, an empty line, and so many bytes.
struct IncomingMessage {
  enum class Outcome : std::uint8_t {
    kBody,      ///< `body` is whole
    kTooLarge,  ///< its bytes were passed over; the next message can be read
    kBroken,    ///< no header: where the next message begins cannot be known
    kEnd,       ///< the stream has ended, or ended within a message
  };
  Outcome outcome = Outcome::kEnd;
  std::string body;
};

/// A policy file has at most 1 MiB; escaped as JSON it may have six times that.
inline constexpr std::size_t kLargestMessage = std::size_t{8} << 20U;
inline constexpr std::size_t kLargestHeader = 4096;

/// Reads the next message. Memory is bounded by kLargestMessage, whatever a header claims.
[[nodiscard]] IncomingMessage read_message(std::istream& in);

void write_message(std::ostream& out, std::string_view body);

}  // namespace tidewaiter
