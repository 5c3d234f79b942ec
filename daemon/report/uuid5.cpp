#include "daemon/report/uuid5.h"

#include <bit>
#include <utility>
#include <vector>

namespace tidewaiter {
namespace {

constexpr std::size_t kBlock = 64;
constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kRounds = 80;

using Sha1State = std::array<std::uint32_t, 5>;

struct Sha1Round {
  std::uint32_t mixed;
  std::uint32_t constant;
};

Sha1Round round_of(std::size_t t, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if (t < 20) return {(b & c) | (~b & d), 0x5a827999};
  if (t < 40) return {b ^ c ^ d, 0x6ed9eba1};
  if (t < 60) return {(b & c) | (b & d) | (c & d), 0x8f1bbcdc};
  return {b ^ c ^ d, 0xca62c1d6};
}

/// One block of FIPS 180-4, section 6.1.2.
void take_block(Sha1State& state, const std::uint8_t* bytes) {
  std::array<std::uint32_t, kRounds> words{};
  for (std::size_t t = 0; t < 16; ++t) {
    for (std::size_t i = 0; i < 4; ++i) words[t] = (words[t] << 8U) | bytes[t * 4 + i];
  }
  for (std::size_t t = 16; t < kRounds; ++t) {
    words[t] = std::rotl(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);
  }
  auto [a, b, c, d, e] = state;
  for (std::size_t t = 0; t < kRounds; ++t) {
    const Sha1Round round = round_of(t, b, c, d);
    const std::uint32_t next = std::rotl(a, 5) + round.mixed + e + round.constant + words[t];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

Sha1State sha1(std::vector<std::uint8_t> bytes) {
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  bytes.push_back(0x80);
  while (bytes.size() % kBlock != kBlock - kLengthBytes) bytes.push_back(0);
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(bits >> (8 * (kLengthBytes - 1 - i))));
  }
  Sha1State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  for (std::size_t at = 0; at < bytes.size(); at += kBlock) take_block(state, bytes.data() + at);
  return state;
}

}  // namespace

std::string uuid5(const UuidBytes& space, std::string_view name) {
  static constexpr std::string_view kLowerHex = "0123456789abcdef";
  std::vector<std::uint8_t> bytes(space.begin(), space.end());
  bytes.insert(bytes.end(), name.begin(), name.end());
  const Sha1State state = sha1(std::move(bytes));
  std::string text;
  for (std::size_t i = 0; i < space.size(); ++i) {
    auto byte = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
    if (i == 6) byte = static_cast<std::uint8_t>((byte & 0x0fU) | 0x50U);  // the version
    if (i == 8) byte = static_cast<std::uint8_t>((byte & 0x3fU) | 0x80U);  // the variant
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kLowerHex[byte >> 4U];
    text += kLowerHex[byte & 0x0fU];
  }
  return text;
}

}  // namespace tidewaiter
