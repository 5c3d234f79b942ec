#include "tests/bench/linkage_quality.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

namespace tidewaiter::bench {
namespace {

double pairs(std::int64_t accounts) {
  return static_cast<double>(accounts) * static_cast<double>(accounts - 1) / 2;
}

/// How many accounts of each ring; 0 stands for honest ones.
using Rings = std::map<std::uint32_t, std::int64_t>;

std::unordered_map<std::string, Rings> rings_by_cluster(const Linker& linker,
                                                        const LinkedPopulation& population) {
  std::unordered_map<std::string, Rings> clusters;
  for (std::size_t i = 0; i < population.accounts().size(); ++i) {
    const LinkedAccount account{LinkedPopulation::kSource, LinkedPopulation::name(i)};
    ++clusters[linker.cluster_of(account).name][population.accounts()[i].ring];
  }
  return clusters;
}

}  // namespace

LinkageQuality quality_of(const Linker& linker, const LinkedPopulation& population) {
  LinkageQuality quality;
  std::vector<std::int64_t> most(population.ring_sizes().size() + 1);  // of a ring in one cluster
  for (const auto& [name, rings] : rings_by_cluster(linker, population)) {
    std::int64_t size = 0;
    std::int64_t greatest = 0;
    for (const auto& [ring, accounts] : rings) {
      size += accounts;
      if (ring == 0) continue;
      greatest = std::max(greatest, accounts);
      quality.rightly_joined += pairs(accounts);
      if (accounts >= 2) most[ring] = std::max(most[ring], accounts);
    }
    quality.joined_pairs += pairs(size);
    if (size < LinkageQuality::kLeastRing) continue;
    quality.suspected += size;
    quality.rightly += greatest;
  }
  for (std::size_t i = 0; i < population.ring_sizes().size(); ++i) {
    const std::uint32_t size = population.ring_sizes()[i];
    quality.in_rings += size;
    quality.found += most[i + 1];
    quality.pairs_in_rings += pairs(size);
    quality.by_size[size].first += most[i + 1];
    quality.by_size[size].second += size;
  }
  return quality;
}

}  // namespace tidewaiter::bench
