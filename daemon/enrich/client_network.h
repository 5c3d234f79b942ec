#pragma once

#include <optional>

#include "policies/language/ip_network.h"

namespace tidewaiter {

/// The address of a client, as far as an address in a log is one: nothing for those that mean
/// nobody outside, which a gateway behind a load balancer or a tunnel writes: private, shared,
/// loopback, link-local, multicast and reserved ones, 6to4 and Teredo (RFC 6890; those for
/// documentation and measurements count as others, for no balancer has them). An address that NAT64
/// has made of an IPv4 one (64:ff9b::/96, RFC 6052) is that.
[[nodiscard]] std::optional<IpAddress> client_address(const IpAddress& written);

/// The /24 of an IPv4 address, the /48 of any other.
[[nodiscard]] IpNetwork client_network(const IpAddress& address);

}  // namespace tidewaiter
