#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tidewaiter {

/// Says whether an address lies in the public internet: none of the blocks that the IANA
/// special-purpose registries (RFC 6890 and its successors) keep for one host, one network,
/// documentation or tests, nor multicast. An IPv6 address that carries an IPv4 one (mapped, NAT64,
/// 6to4) is judged by that. `bytes`: 4 or 16, in network order; any other length is not public.
[[nodiscard]] bool is_public_address(std::span<const std::byte> bytes);

/// The same for a URL's host where it is written as an address ("10.0.0.1", "[::1]"), or is
/// "localhost" or below it. A name is public as far as one can tell without asking.
[[nodiscard]] bool may_be_public_host(std::string_view host);

/// "10.0.0.1", "fe80::1"; empty for other lengths.
[[nodiscard]] std::string address_text(std::span<const std::byte> bytes);

}  // namespace tidewaiter
