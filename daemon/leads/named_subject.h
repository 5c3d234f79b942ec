#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tidewaiter {

/// The subject that a value of a type is: of `ipv4-addr`, `ipv6-addr` and `ip-addr` (either) the
/// address in its canonical form, or a network by its first address, that of one address as the
/// address; of `email-addr` with the domain in lower case; of `domain-name` in lower case; of every
/// other type as it is. Nothing where it cannot be one: empty, longer than 1,024 bytes, with a
/// control character, or no address. Pure.
[[nodiscard]] std::optional<std::string> named_subject(std::string_view type,
                                                       const std::string& value);

}  // namespace tidewaiter
