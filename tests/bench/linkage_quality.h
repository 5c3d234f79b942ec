#pragma once

#include <cstdint>
#include <map>

#include "policies/linkage/linker.h"
#include "tests/bench/linked_population.h"

namespace tidewaiter::bench {

/// How well the clusters that a linker found are the planted rings.
struct LinkageQuality {
  // Of accounts. A cluster stands for the ring that most of its accounts are of.
  std::int64_t suspected = 0;  ///< accounts in clusters of at least kLeastRing
  std::int64_t rightly = 0;    ///< of these, accounts of the ring that their cluster stands for
  std::int64_t in_rings = 0;   ///< accounts of rings
  std::int64_t found = 0;      ///< of these, accounts in the cluster with most of their ring
  // Of pairs, in clusters of any size.
  double joined_pairs = 0;
  double rightly_joined = 0;
  double pairs_in_rings = 0;
  std::map<std::uint32_t, std::pair<std::int64_t, std::int64_t>> by_size;  ///< found, all

  static constexpr std::int64_t kLeastRing = 5;
  [[nodiscard]] double precision() const { return ratio(rightly, suspected); }
  [[nodiscard]] double recall() const { return ratio(found, in_rings); }
  [[nodiscard]] double pair_precision() const { return rightly_joined / joined_pairs; }
  [[nodiscard]] double pair_recall() const { return rightly_joined / pairs_in_rings; }

 private:
  static double ratio(std::int64_t part, std::int64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  }
};

[[nodiscard]] LinkageQuality quality_of(const Linker& linker, const LinkedPopulation& population);

}  // namespace tidewaiter::bench
