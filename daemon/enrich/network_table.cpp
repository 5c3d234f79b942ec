#include "daemon/enrich/network_table.h"

#include <algorithm>
#include <utility>

namespace tidewaiter {
namespace {

/// Where IPv4 addresses stand among the 16 bytes: ::ffff:0:0/96.
constexpr std::uint64_t kIpv4 = std::uint64_t{0xFFFF} << 32U;

std::uint64_t eight_bytes(const IpAddress& address, std::size_t first) {
  std::uint64_t value = 0;
  for (std::size_t i = first; i < first + 8; ++i) value = value << 8U | address.bytes[i];
  return value;
}

/// A number whose last `count` bits are ones.
std::uint64_t ones(int count) {
  if (count <= 0) return 0;
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << static_cast<unsigned>(count)) - 1;
}

}  // namespace

NetworkTable::Key NetworkTable::key_of(const IpAddress& address) {
  return {eight_bytes(address, 0), eight_bytes(address, 8)};
}

NetworkTable::Key NetworkTable::last_of(Key first, int prefix) {
  return {first.high | ones(64 - prefix), first.low | ones(128 - prefix)};
}

NetworkTable::NetworkTable(const std::vector<NumberedNetwork>& networks) {
  struct Span {
    Key first;
    Key last;
    int prefix = 0;
    std::uint32_t number = 0;
  };
  std::vector<Span> spans;
  spans.reserve(networks.size());
  for (const NumberedNetwork& one : networks) {
    Key first = key_of(one.network.base);
    first.high &= ~ones(64 - one.network.prefix);
    first.low &= ~ones(128 - one.network.prefix);
    spans.push_back({first, last_of(first, one.network.prefix), one.network.prefix, one.number});
  }
  // A network stands in front of those that it holds, and the later of two equal ones behind.
  std::ranges::stable_sort(spans, [](const Span& a, const Span& b) {
    return a.first != b.first ? a.first < b.first : a.prefix < b.prefix;
  });
  changes_.push_back({{}, kNothing});
  std::vector<Span> open;  // each holds the next
  const auto close_before = [&](const Key* next) {
    while (!open.empty() && (next == nullptr || open.back().last < *next)) {
      const Key last = open.back().last;
      open.pop_back();
      if (last == Key{~std::uint64_t{0}, ~std::uint64_t{0}}) continue;  // nothing is behind it
      const Key behind{last.high + (last.low == ~std::uint64_t{0} ? 1U : 0U), last.low + 1};
      add(behind, open.empty() ? kNothing : open.back().number);
    }
  };
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const bool is_repeated = i + 1 < spans.size() && spans[i + 1].first == spans[i].first &&
                             spans[i + 1].prefix == spans[i].prefix;
    if (is_repeated) continue;
    ++size_;
    close_before(&spans[i].first);
    add(spans[i].first, spans[i].number);
    open.push_back(spans[i]);
  }
  close_before(nullptr);
  changes_.shrink_to_fit();
  index_ipv4();
}

/// What is said of one address last stands: a network begins where another ends.
void NetworkTable::add(Key from, std::uint32_t number) {
  if (changes_.back().from == from) {
    changes_.back().number = number;
  } else {
    changes_.push_back({from, number});
  }
}

void NetworkTable::index_ipv4() {
  ipv4_.reserve(kFirstBits + 1);
  for (std::uint64_t bits = 0; bits <= kFirstBits; ++bits) {
    const Key first{0, kIpv4 + (bits << 16U)};
    const auto behind = std::ranges::upper_bound(changes_, first, {}, &Change::from);
    ipv4_.push_back(static_cast<std::uint32_t>(behind - changes_.begin()) - 1);
  }
}

std::optional<std::uint32_t> NetworkTable::find(const IpAddress& address) const {
  const Key key = key_of(address);
  auto first = changes_.begin();
  auto last = changes_.end();
  if (key.high == 0 && key.low >> 32U == 0xFFFF) {
    const std::size_t bits = key.low >> 16U & 0xFFFFU;
    first += ipv4_[bits];
    last = changes_.begin() + ipv4_[bits + 1] + 1;
  }
  const auto behind = std::upper_bound(
      first, last, key, [](const Key& wanted, const Change& one) { return wanted < one.from; });
  const std::uint32_t number = std::prev(behind)->number;
  return number == kNothing ? std::nullopt : std::optional(number);
}

}  // namespace tidewaiter
