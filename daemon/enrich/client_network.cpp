#include "daemon/enrich/client_network.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace tidewaiter {
namespace {

constexpr std::string_view kNat64 = "64:ff9b::/96";

/// Of nobody outside.
constexpr auto kInside = std::to_array<std::string_view>(
    {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
     "192.0.0.0/24", "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128",
     "100::/64", "2001::/32", "2002::/16", "64:ff9b:1::/48", "fc00::/7", "fe80::/10", "ff00::/8"});

std::vector<IpNetwork> networks_inside() {
  std::vector<IpNetwork> networks;
  networks.reserve(kInside.size());
  for (const std::string_view text : kInside) networks.push_back(parse_network(text).value());
  return networks;
}

}  // namespace

std::optional<IpAddress> client_address(const IpAddress& written) {
  static const IpNetwork nat64 = parse_network(kNat64).value();
  static const std::vector<IpNetwork> inside = networks_inside();
  IpAddress address = written;
  if (contains(nat64, written)) {
    address = parse_ip("0.0.0.0").value();
    std::copy(written.bytes.begin() + 12, written.bytes.end(), address.bytes.begin() + 12);
  }
  const bool is_inside = std::ranges::any_of(
      inside, [&address](const IpNetwork& network) { return contains(network, address); });
  return is_inside ? std::nullopt : std::optional(address);
}

IpNetwork client_network(const IpAddress& address) {
  constexpr int kIpv4Bits = kMappedBits + 24;
  constexpr int kIpv6Bits = 48;
  return network_of(address, is_ipv4(address) ? kIpv4Bits : kIpv6Bits);
}

}  // namespace tidewaiter
