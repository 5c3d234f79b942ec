#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace tidewaiter {

/// Places by keys that several may share, in one piece of memory. Add all, seal, look up: sealed,
/// it is safe from any thread.
class PlaceTable {
 public:
  void add(std::size_t key, std::uint32_t place) { entries_.emplace_back(key, place); }
  /// Puts the entries in order, each once.
  void seal() {
    std::ranges::sort(entries_);
    entries_.erase(std::unique(entries_.begin(), entries_.end()), entries_.end());
    entries_.shrink_to_fit();
  }

  using Entry = std::pair<std::size_t, std::uint32_t>;
  /// The entries of a key, by place.
  [[nodiscard]] std::span<const Entry> of(std::size_t key) const {
    const auto first = std::lower_bound(entries_.begin(), entries_.end(), Entry{key, 0});
    auto last = first;
    while (last != entries_.end() && last->first == key) ++last;
    return {first, last};
  }

 private:
  std::vector<Entry> entries_;
};

}  // namespace tidewaiter
