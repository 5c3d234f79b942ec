#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// The address that a `Link` header (RFC 8288) gives for the relation `next`; nothing if it has
/// none. `header`: all of its lines, joined by commas.
[[nodiscard]] std::optional<std::string> next_link(std::string_view header);

/// That address as seen from `url`, if it leads to the same scheme, host and port: a path from the
/// root, a query, or a whole address. Errors: kInvalidInput for any other.
[[nodiscard]] Result<std::string> same_host_link(std::string_view url, std::string_view link);

}  // namespace tidewaiter
