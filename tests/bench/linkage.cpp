// The linker over a generated population (tests/bench/linked_population.h): how fast it takes
// facts, what memory it needs for an account, and that its clusters are those which a union-find
// over all facts at once finds. Then how well the linkage that weighs
// (docs/examples/linkage/weighted.yaml) finds the planted rings, beside other rules and with people
// who are more careful.
//
//   bench_linkage [ACCOUNTS [SEED]]      a million accounts and seed 7, if absent
//
// The status is 1 where an answer is wrong; no time, memory or share is judged.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <numeric>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <malloc.h>
#include <time.h>
#include <unistd.h>

#include "policies/language/load.h"
#include "policies/linkage/linker.h"
#include "tests/bench/linkage_quality.h"
#include "tests/bench/linked_population.h"
#include "tests/bench/resident_bytes.h"

namespace tidewaiter::bench {
namespace {

constexpr std::size_t kBatch = 4'096;  // accounts

Linkage four_links() {
  return {{{*find_field("payment.fingerprints"), 250},
           {*find_field("devices"), 25},
           {*find_field("client.address"), 5},
           {*find_field("prompt.template"), 20}}};
}

/// What it cost to link a population.
struct LinkingCost {
  double seconds = 0;      ///< in the linker alone
  double cpu_seconds = 0;  ///< of these, on a processor: others may have wanted it, too
  std::int64_t facts = 0;
  std::int64_t bytes = 0;
};

double cpu_seconds_now() {
  timespec now{};
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

LinkingCost link_all(const LinkedPopulation& population, Linker& linker) {
  LinkingCost cost;
  (void)malloc_trim(0);  // what an earlier linker left is no part of this one
  const std::int64_t before = resident_bytes();
  std::vector<LogEntry> log;
  const std::size_t all = population.accounts().size();
  for (std::size_t first = 0; first < all; first += kBatch) {
    log.clear();
    const std::size_t end = std::min(all, first + kBatch);
    for (std::size_t i = first; i < end; ++i) population.append_records(i, log);
    const double cpu_start = cpu_seconds_now();
    const auto start = std::chrono::steady_clock::now();
    for (const LogEntry& entry : log) (void)linker.take(entry);
    cost.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    cost.cpu_seconds += cpu_seconds_now() - cpu_start;
    cost.facts += static_cast<std::int64_t>(end - first) * 4;
  }
  cost.bytes = resident_bytes() - before;
  return cost;
}

/// When the record says so that states the account's facts of a link: cards and devices are of the
/// first record, addresses and templates of the second (LinkedPopulation::append_records).
UtcTime time_of_fact(std::uint32_t account, std::size_t link) {
  const std::int64_t minutes = std::int64_t{account} * 2 + (link < 2 ? 1 : 2);
  return UtcTime{minutes * kMinute.us};
}

/// The accounts' clusters by definition, each by its least account: a union-find over values that
/// few enough hold, in each half window and the next where the link has one. Names sort as numbers
/// do. REQUIRES: no link fades, and any value joins.
std::vector<std::uint32_t> by_union_find(const LinkedPopulation& population,
                                         const Linkage& linkage) {
  const auto& accounts = population.accounts();
  std::vector<std::uint32_t> parent(accounts.size());
  std::iota(parent.begin(), parent.end(), 0U);
  const auto root = [&](std::uint32_t one) {
    while (parent[one] != one) one = parent[one] = parent[parent[one]];
    return one;
  };
  const std::uint32_t LinkedPopulation::Account::*const members[] = {
      &LinkedPopulation::Account::card, &LinkedPopulation::Account::device,
      &LinkedPopulation::Account::address, &LinkedPopulation::Account::prompts};
  for (std::size_t link = 0; link < linkage.links.size(); ++link) {
    // By value and by the half of the window with which a period begins; without one, by value.
    std::map<std::pair<std::uint32_t, std::int64_t>, std::vector<std::uint32_t>> holders;
    const std::int64_t half = linkage.links[link].window.us / 2;
    for (std::uint32_t i = 0; i < accounts.size(); ++i) {
      const std::uint32_t value = accounts[i].*members[link];
      const std::int64_t at = half == 0 ? 0 : time_of_fact(i, link).us / half;
      holders[{value, at}].push_back(i);
      if (half > 0) holders[{value, at - 1}].push_back(i);
    }
    for (const auto& [value, held_by] : holders) {
      if (static_cast<std::int64_t>(held_by.size()) > linkage.links[link].at_most) continue;
      for (const std::uint32_t one : held_by) {
        const std::uint32_t a = root(held_by.front());
        const std::uint32_t b = root(one);
        parent[std::max(a, b)] = std::min(a, b);
      }
    }
  }
  for (std::uint32_t i = 0; i < parent.size(); ++i) parent[i] = root(i);
  return parent;
}

/// How many accounts the linker puts elsewhere.
std::int64_t differences(const Linker& linker, const std::vector<std::uint32_t>& expected) {
  std::int64_t wrong = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const LinkedAccount cluster =
        linker.cluster_of({LinkedPopulation::kSource, LinkedPopulation::name(i)});
    wrong += cluster.name == LinkedPopulation::name(expected[i]) ? 0 : 1;
  }
  return wrong;
}

/// Speed, memory and answers; false if one is wrong.
bool measure_speed(const LinkedPopulation& population, std::uint64_t seed) {
  const Linkage linkage = four_links();
  Linker linker(linkage);
  const LinkingCost cost = link_all(population, linker);
  const auto all = static_cast<std::int64_t>(population.accounts().size());
  std::printf("seed %llu: %lld accounts, %lld facts in %.2f s: %.0f facts a second (%.2f s CPU)\n",
              static_cast<unsigned long long>(seed), static_cast<long long>(all),
              static_cast<long long>(cost.facts), cost.seconds,
              static_cast<double>(cost.facts) / cost.seconds, cost.cpu_seconds);
  std::printf("memory: %lld bytes an account, texts included\n",
              static_cast<long long>(cost.bytes / all));
  const std::int64_t wrong = differences(linker, by_union_find(population, linkage));
  std::printf("accounts in another cluster than by definition: %lld\n\n",
              static_cast<long long>(wrong));
  return wrong == 0;
}

/// What time costs: the same links, of which each value counts in periods. False if an answer is
/// wrong: without a half-life any common value joins, and the definition is at hand; with one, it
/// is for tests/property/linkage_property_test.cpp.
bool measure_in_time(const LinkedPopulation& population, const char* title, Duration window,
                     Duration half_life) {
  Linkage linkage = four_links();
  if (half_life.us > 0) linkage.threshold = 1;
  for (Link& link : linkage.links) {
    link.window = window;
    link.half_life = half_life;
    link.weight = linkage.threshold * 32;
  }
  Linker linker(linkage);
  const LinkingCost cost = link_all(population, linker);
  const auto all = static_cast<std::int64_t>(population.accounts().size());
  std::printf("%s: %.0f facts a second (%.2f s CPU), %lld bytes an account\n", title,
              static_cast<double>(cost.facts) / cost.seconds, cost.cpu_seconds,
              static_cast<long long>(cost.bytes / all));
  if (half_life.us > 0) return true;
  const std::int64_t wrong = differences(linker, by_union_find(population, linkage));
  std::printf("accounts in another cluster than by definition: %lld\n",
              static_cast<long long>(wrong));
  return wrong == 0;
}

std::optional<Linkage> weighted_linkage() {
  const std::string path = TIDEWAITER_SOURCE_DIR "/docs/examples/linkage/weighted.yaml";
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  const std::vector<PolicyText> texts{{path, text.str()}};
  const LoadOutcome loaded = load_policies(texts, UtcTime{0});
  if (loaded.documents.linkages.empty()) return std::nullopt;
  return loaded.documents.linkages.front().linkage;
}

/// A linkage of cards and devices, each of which joins alone.
Linkage cards_or_devices(std::int64_t at_most) {
  return {{{*find_field("payment.fingerprints"), 250}, {*find_field("devices"), at_most}}};
}

LinkageQuality measure(const char* rule, const LinkedPopulation& population,
                       const Linkage& linkage) {
  Linker linker(linkage);
  const LinkingCost cost = link_all(population, linker);
  LinkageQuality quality = quality_of(linker, population);
  std::printf("| %-40s | %.3f | %.3f | %.3f | %.3f |", rule, quality.precision(), quality.recall(),
              quality.pair_precision(), quality.pair_recall());
  for (const auto& [size, found] : quality.by_size) {
    std::printf(" %u: %.2f", size,
                static_cast<double>(found.first) / static_cast<double>(found.second));
  }
  std::printf(" | %.1f s |\n", cost.seconds);
  std::fflush(stdout);
  return quality;
}

int run(std::int64_t accounts, std::uint64_t seed) {
  const std::optional<Linkage> weighted = weighted_linkage();
  if (!weighted) {
    std::fprintf(stderr, "docs/examples/linkage/weighted.yaml has no linkage\n");
    return 1;
  }
  const LinkedPopulation population(accounts, seed, {});
  bool right = measure_speed(population, seed);
  right = measure_in_time(population, "each within 14d", Duration{14 * kDay.us}, {}) && right;
  right = measure_in_time(population, "each within 28d, fading by 7d", Duration{28 * kDay.us},
                          Duration{7 * kDay.us}) &&
          right;
  std::printf("\n");
  std::printf(
      "| %-40s | %s |\n|---|---|---|---|---|---|---|\n", "linkage",
      "precision | recall | of pairs: precision | recall | recall by size of ring | linking");
  measure("weighted", population, *weighted);
  measure("cards to 250 or devices to 25", population, cards_or_devices(25));
  measure("cards to 250 or devices to 500", population, cards_or_devices(500));
  const LinkedPopulation careful(accounts, seed, {70, 60, 30, 60});
  measure("weighted, people more careful", careful, *weighted);
  const LinkedPopulation wary(accounts, seed, {40, 30, 15, 40});
  measure("weighted, people wary", wary, *weighted);
  return right ? 0 : 1;
}

}  // namespace
}  // namespace tidewaiter::bench

int main(int argc, char** argv) {
  const std::int64_t accounts = argc > 1 ? std::strtoll(argv[1], nullptr, 10) : 1'000'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 7;
  return tidewaiter::bench::run(accounts, seed);
}
