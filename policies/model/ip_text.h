#pragma once

#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// The canonical text of an IPv4 or IPv6 address (RFC 5952: lower case, the longest run of zero
/// groups shortened), in which ip fields are held. An IPv4-mapped address (`::ffff:192.0.2.1`,
/// RFC 4291 §2.5.5.2) is its IPv4 address, so that one address has one text. Errors:
/// kInvalidInput; zones and prefix lengths are no part of an address.
[[nodiscard]] Result<std::string> canonical_ip(std::string_view text);

/// Whether the text is an IPv4 address: four decimal numbers up to 255 without leading zeros, which
/// is its canonical form.
[[nodiscard]] bool is_ipv4(std::string_view text);

}  // namespace tidewaiter
