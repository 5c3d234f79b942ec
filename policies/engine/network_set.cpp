#include "policies/engine/network_set.h"

#include <algorithm>
#include <cstddef>

namespace tidewaiter {

NetworkSet::NetworkSet(std::span<const IpNetwork> networks) {
  for (const IpNetwork& network : networks) {
    add(all_, network);
    // "::/0" is about IPv6 addresses only.
    if (network.prefix >= kMappedBits) add(mapped_, network);
  }
  join(all_);
  join(mapped_);
}

void NetworkSet::add(std::vector<Range>& ranges, const IpNetwork& network) {
  Range range{network.base, network.base};
  for (std::size_t i = 0; i < 16; ++i) {
    const int counted = std::clamp(network.prefix - 8 * static_cast<int>(i), 0, 8);
    const auto open = static_cast<std::uint8_t>(0xFFU >> static_cast<unsigned>(counted));
    range.first.bytes[i] = static_cast<std::uint8_t>(range.first.bytes[i] & ~open);
    range.last.bytes[i] = static_cast<std::uint8_t>(range.last.bytes[i] | open);
  }
  ranges.push_back(range);
}

/// Makes one range of those that overlap.
void NetworkSet::join(std::vector<Range>& ranges) {
  std::ranges::sort(ranges, {}, [](const Range& range) { return range.first.bytes; });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].first.bytes <= ranges[kept].last.bytes) {
      ranges[kept].last.bytes = std::max(ranges[kept].last.bytes, ranges[i].last.bytes);
    } else {
      ranges[++kept] = ranges[i];
    }
  }
  if (!ranges.empty()) ranges.resize(kept + 1);
}

bool NetworkSet::lies_in(const std::vector<Range>& ranges, const IpAddress& address) {
  const auto after = std::ranges::upper_bound(ranges, address.bytes, {},
                                              [](const Range& range) { return range.first.bytes; });
  return after != ranges.begin() && address.bytes <= std::prev(after)->last.bytes;
}

bool NetworkSet::contains(const IpAddress& address) const {
  return lies_in(is_ipv4(address) ? mapped_ : all_, address);
}

void NetworkSet::add_borders(bool v4, std::vector<IpAddress>& borders) const {
  for (const Range& range : v4 ? mapped_ : all_) {
    borders.push_back(range.first);
    IpAddress after = range.last;
    // Of the last address there is none after it: then 0, from where on nothing begins.
    for (std::size_t i = after.bytes.size(); i-- > 0;) {
      if (++after.bytes[i] != 0) break;
    }
    borders.push_back(after);
  }
}

}  // namespace tidewaiter
