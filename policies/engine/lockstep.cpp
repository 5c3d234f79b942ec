#include "policies/engine/lockstep.h"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <vector>

#include "policies/model/whole_division.h"

namespace tidewaiter {
namespace {

/// By what is done and when, so that those who did it stand together.
struct Action {
  std::int64_t slot = 0;
  std::int64_t key = 0;
  std::int64_t who = 0;
  auto operator<=>(const Action&) const = default;
};

std::vector<Action> actions_of(const Measure& measure, std::span<const Sample> samples) {
  std::vector<Action> actions;
  actions.reserve(samples.size());
  for (const Sample& sample : samples) {
    actions.push_back({floor_divide(sample.time, measure.slot.us),
                       measure.argument ? sample.key : 0, sample.group});
  }
  std::ranges::sort(actions);
  actions.erase(std::unique(actions.begin(), actions.end()), actions.end());
  return actions;
}

std::size_t count_who(const std::vector<Action>& actions) {
  std::vector<std::int64_t> all;
  all.reserve(actions.size());
  for (const Action& action : actions) all.push_back(action.who);
  std::ranges::sort(all);
  return static_cast<std::size_t>(std::unique(all.begin(), all.end()) - all.begin());
}

/// Pairs that did the same: c (c − 1) / 2 over what c of them did.
Int128 pairs_together(const std::vector<Action>& actions) {
  Int128 pairs = 0;
  Int128 before = 0;  // who did the same as the one in hand, and come before it
  for (std::size_t i = 1; i < actions.size(); ++i) {
    const bool same = std::tie(actions[i].slot, actions[i].key) ==
                      std::tie(actions[i - 1].slot, actions[i - 1].key);
    before = same ? before + 1 : 0;
    pairs += before;
  }
  return pairs;
}

}  // namespace

Value lockstep_of(const Measure& measure, std::span<const Sample> samples) {
  const std::vector<Action> actions = actions_of(measure, samples);
  const std::size_t who = count_who(actions);
  if (who < 2) return {};
  // |A ∪ B| = |A| + |B| − |A ∩ B|, and each |A| is part of as many pairs as there are others.
  const Int128 common = pairs_together(actions);
  const Int128 either = static_cast<Int128>(who - 1) * static_cast<Int128>(actions.size()) - common;
  return static_cast<double>(common) / static_cast<double>(either);
}

}  // namespace tidewaiter
