#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidewaiter {

/// An address as 16 bytes. An IPv4 address stands as its IPv4-mapped IPv6 address (RFC 4291,
/// 2.5.5.2), so that `::ffff:192.0.2.1` and `192.0.2.1` are one address.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  bool operator==(const IpAddress&) const = default;
};

/// Bits of an IPv4-mapped address that are the same in all of them.
inline constexpr int kMappedBits = 96;

[[nodiscard]] bool is_ipv4(const IpAddress& address);

struct IpNetwork {
  IpAddress base;
  int prefix = 128;  ///< bits of the 16 bytes that count
};

/// Reads "192.0.2.1" or "2001:db8::1" (no zone, no brackets).
[[nodiscard]] std::optional<IpAddress> parse_ip(std::string_view text);

/// Reads "10.0.0.0/8" or "2001:db8::/32". Nothing unless the prefix is there and in range.
[[nodiscard]] std::optional<IpNetwork> parse_network(std::string_view text);

/// Says whether all bits of the base beyond the prefix are zero.
[[nodiscard]] bool is_exact(const IpNetwork& network);

/// The network of so many bits that an address lies in.
[[nodiscard]] IpNetwork network_of(const IpAddress& address, int prefix);

[[nodiscard]] bool contains(const IpNetwork& network, const IpAddress& address);

/// "192.0.2.0/24", "2001:db8::/32"; a single address has its whole length.
[[nodiscard]] std::string network_text(const IpNetwork& network);

}  // namespace tidewaiter
