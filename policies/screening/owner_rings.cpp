#include "policies/screening/owner_rings.h"

#include <utility>

namespace tidewaiter {
namespace {

using OwnedBy = std::vector<std::vector<std::size_t>>;

constexpr std::size_t kNoRing = static_cast<std::size_t>(-1);

/// Parties that can be reached from `from` and were not before, behind those of `order`: each after
/// all that were first met through it.
void add_reached(const OwnedBy& owned, std::size_t from, std::vector<bool>& met,
                 std::vector<std::size_t>& order) {
  if (met[from]) return;
  met[from] = true;
  std::vector<std::pair<std::size_t, std::size_t>> way{{from, 0}};  // a party, its next share
  while (!way.empty()) {
    const std::size_t party = way.back().first;
    const std::size_t share = way.back().second++;
    if (share == owned[party].size()) {
      order.push_back(party);
      way.pop_back();
    } else if (const std::size_t next = owned[party][share]; !met[next]) {
      met[next] = true;
      way.emplace_back(next, 0);
    }
  }
}

OwnedBy reversed(const OwnedBy& owned) {
  OwnedBy owners(owned.size());
  for (std::size_t party = 0; party < owned.size(); ++party) {
    for (const std::size_t one : owned[party]) owners[one].push_back(party);
  }
  return owners;
}

}  // namespace

std::vector<std::size_t> owner_rings(const std::vector<std::vector<std::size_t>>& owned) {
  std::vector<bool> met(owned.size());
  std::vector<std::size_t> order;
  for (std::size_t party = 0; party < owned.size(); ++party) add_reached(owned, party, met, order);
  const OwnedBy owners = reversed(owned);
  std::vector<std::size_t> rings(owned.size(), kNoRing);
  met.assign(owned.size(), false);
  for (; !order.empty(); order.pop_back()) {
    std::vector<std::size_t> ring;
    add_reached(owners, order.back(), met, ring);
    for (const std::size_t party : ring) rings[party] = order.back();
  }
  return rings;
}

}  // namespace tidewaiter
