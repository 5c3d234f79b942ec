#include "policies/language/ip_network.h"

#include <algorithm>
#include <charconv>
#include <string>

#include <arpa/inet.h>

namespace tidewaiter {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::size_t kMaxText = INET6_ADDRSTRLEN;

/// The bits of byte `index` that a prefix of `prefix` bits covers.
std::uint8_t mask_of(int prefix, int index) {
  const int bits = std::clamp(prefix - 8 * index, 0, 8);
  return static_cast<std::uint8_t>(0xFF00U >> static_cast<unsigned>(bits));
}

}  // namespace

bool is_ipv4(const IpAddress& address) {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  if (text.empty() || text.size() >= kMaxText || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string terminated(text);
  IpAddress address;
  if (text.find(':') != std::string_view::npos) {
    if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) != 1) return std::nullopt;
    return address;
  }
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin());
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data() + kMappedPrefix.size()) != 1) {
    return std::nullopt;
  }
  return address;
}

std::optional<IpNetwork> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<IpAddress> base = parse_ip(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  int prefix = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (!base || error != std::errc() || end != digits.data() + digits.size() || prefix < 0) {
    return std::nullopt;
  }
  const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  if (prefix > (v4 ? 32 : 128)) return std::nullopt;
  return IpNetwork{*base, v4 ? prefix + kMappedBits : prefix};
}

bool is_exact(const IpNetwork& network) {
  return network_of(network.base, network.prefix).base == network.base;
}

IpNetwork network_of(const IpAddress& address, int prefix) {
  IpNetwork network{address, prefix};
  for (int i = 0; i < 16; ++i) {
    network.base.bytes[static_cast<std::size_t>(i)] &= mask_of(prefix, i);
  }
  return network;
}

bool contains(const IpNetwork& network, const IpAddress& address) {
  // An IPv6 prefix shorter than the mapped one would otherwise take in all of IPv4: "::/0" is
  // about IPv6 addresses only.
  if (is_ipv4(address) && network.prefix < kMappedBits) return false;
  for (int i = 0; i < 16; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const std::uint8_t mask = mask_of(network.prefix, i);
    if ((network.base.bytes[index] & mask) != (address.bytes[index] & mask)) return false;
  }
  return true;
}

std::string network_text(const IpNetwork& network) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool ipv4 = network.prefix >= kMappedBits && is_ipv4(network.base);
  const std::uint8_t* const bytes = network.base.bytes.data() + (ipv4 ? 12 : 0);
  ::inet_ntop(ipv4 ? AF_INET : AF_INET6, bytes, text.data(), text.size());
  return std::string(text.data()) + "/" +
         std::to_string(ipv4 ? network.prefix - kMappedBits : network.prefix);
}

}  // namespace tidewaiter
