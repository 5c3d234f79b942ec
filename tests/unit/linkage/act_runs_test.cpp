#include "policies/linkage/act_runs.h"

#include <cstdint>
#include <iostream>
#include <optional>
#include <set>

#include <gtest/gtest.h>

#include "tests/property/random.h"

namespace tidewaiter {
namespace {

using Slots = std::set<std::uint32_t>;

/// The run of the slots that both sets have around one of them.
std::optional<ActRuns::Run> run_around(const Slots& a, const Slots& b, std::uint32_t slot) {
  const auto both = [&](std::uint32_t one) { return a.contains(one) && b.contains(one); };
  if (!both(slot)) return std::nullopt;
  ActRuns::Run run{slot, slot};
  while (run.first > 0 && both(run.first - 1)) --run.first;
  while (both(run.last + 1)) ++run.last;
  return run;
}

TEST(ActRuns, AreThoseOfTheSlots) {
  constexpr std::uint64_t kSeed = 20261130;
  constexpr std::uint32_t kSlots = 24;
  std::cout << "seed " << kSeed << "\n";
  Random random(kSeed);
  ActRuns runs[2];
  Slots slots[2];
  for (int turn = 0; turn < 20'000; ++turn) {
    const auto whose = static_cast<std::size_t>(random.number(0, 1));
    const auto slot = static_cast<std::uint32_t>(random.number(0, kSlots - 1));
    Slots& own = slots[whose];
    const bool is_between = slot > 0 && own.contains(slot - 1) && own.contains(slot + 1);
    if (own.insert(slot).second) {
      ASSERT_EQ(runs[whose].add(slot), is_between) << turn;
    } else {
      own.erase(slot);
      ASSERT_EQ(runs[whose].remove(slot), is_between) << turn;
    }
    std::set<std::uint32_t> firsts;
    for (std::uint32_t at = 0; at < kSlots; ++at) {
      const auto want = run_around(slots[0], slots[1], at);
      ASSERT_EQ(ActRuns::common(runs[0], runs[1], at), want) << turn << ", slot " << at;
      if (want) firsts.insert(want->first);
    }
    ASSERT_EQ(ActRuns::meet_twice(runs[0], runs[1]), firsts.size() > 1) << turn;
  }
}

}  // namespace
}  // namespace tidewaiter
