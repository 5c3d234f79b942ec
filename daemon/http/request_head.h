#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidewaiter {

/// A request's header fields as they were sent, and how its body is delimited (RFC 9112, 6).
struct RequestHead {
  std::vector<std::pair<std::string, std::string>> fields;  ///< in order, with outer blanks removed
  std::optional<std::size_t> length;  ///< of the body; absent: it comes in chunks

  /// Whether something follows the head.
  [[nodiscard]] bool has_body() const { return length.value_or(1) > 0; }
};

/// Reads a head from its request line to its empty line. Nothing where two readers could see two
/// requests in it: a line that is no field, a length that is none or comes twice, a length beside
/// chunks, another transfer encoding than chunks.
[[nodiscard]] std::optional<RequestHead> read_request_head(std::string_view text);

}  // namespace tidewaiter
