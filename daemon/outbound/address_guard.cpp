#include "daemon/outbound/address_guard.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace tidewaiter {
namespace {

using V6 = std::array<std::uint8_t, 16>;

struct Block4 {
  std::uint32_t network;
  unsigned bits;
};

// https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast above them.
constexpr auto kSpecial4 = std::to_array<Block4>({
    {0x00000000, 8},   // this network
    {0x0A000000, 8},   // private use
    {0x64400000, 10},  // shared address space of carriers
    {0x7F000000, 8},   // loopback
    {0xA9FE0000, 16},  // link local: also the metadata services of clouds
    {0xAC100000, 12},  // private use
    {0xC0000000, 24},  // protocol assignments
    {0xC0000200, 24},  // documentation
    {0xC0586300, 24},  // 6to4 relays, no more in use
    {0xC0A80000, 16},  // private use
    {0xC6120000, 15},  // benchmarks
    {0xC6336400, 24},  // documentation
    {0xCB007100, 24},  // documentation
    {0xE0000000, 4},   // multicast
    {0xF0000000, 4},   // reserved, broadcast
});

bool is_public4(std::uint32_t address) {
  return std::ranges::none_of(kSpecial4, [address](const Block4& block) {
    return ((address ^ block.network) >> (32U - block.bits)) == 0;
  });
}

std::uint32_t read4(const V6& bytes, std::size_t at) {
  return (std::uint32_t{bytes[at]} << 24U) | (std::uint32_t{bytes[at + 1]} << 16U) |
         (std::uint32_t{bytes[at + 2]} << 8U) | bytes[at + 3];
}

bool starts_with(const V6& bytes, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

bool is_public6(const V6& bytes) {
  if (starts_with(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF})) {
    return is_public4(read4(bytes, 12));
  }
  if (starts_with(bytes, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) {
    return is_public4(read4(bytes, 12));
  }
  if (starts_with(bytes, {0x20, 0x02})) return is_public4(read4(bytes, 2));
  // Global unicast is 2000::/3; all else is special, multicast or not assigned.
  if ((bytes[0] & 0xE0U) != 0x20) return false;
  if (starts_with(bytes, {0x20, 0x01}) && bytes[2] < 0x02) return false;  // 2001::/23
  if (starts_with(bytes, {0x20, 0x01, 0x0D, 0xB8})) return false;         // documentation
  return !(starts_with(bytes, {0x3F, 0xFF}) && bytes[2] < 0x10);          // 3fff::/20, the same
}

}  // namespace

bool is_public_address(std::span<const std::byte> bytes) {
  V6 copy{};
  if (bytes.size() != 4 && bytes.size() != copy.size()) return false;
  std::ranges::transform(bytes, copy.begin(),
                         [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  return bytes.size() == 4 ? is_public4(read4(copy, 0)) : is_public6(copy);
}

bool may_be_public_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.ends_with('.')) host.remove_suffix(1);
  std::string name(host);
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (name == "localhost" || name.ends_with(".localhost")) return false;
  std::array<std::byte, 16> bytes{};
  if (::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1) {
    return is_public_address(std::span(bytes).first(4));
  }
  if (::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1) return is_public_address(bytes);
  return true;
}

std::string address_text(std::span<const std::byte> bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes.size() != 4 && bytes.size() != 16) return {};
  const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
  if (::inet_ntop(family, bytes.data(), text.data(), text.size()) == nullptr) return {};
  return text.data();
}

}  // namespace tidewaiter
