#include "policies/linkage/act_runs.h"

#include <algorithm>

namespace tidewaiter {

bool ActRuns::add(std::uint32_t slot) {
  const auto after = std::ranges::upper_bound(runs_, slot, {}, &Run::first);
  const bool meets_before = after != runs_.begin() && (after - 1)->last + 1 == slot;
  const bool meets_after = after != runs_.end() && slot + 1 == after->first;
  if (meets_before && meets_after) {
    (after - 1)->last = after->last;
    runs_.erase(after);
    return true;
  }
  if (meets_before) {
    (after - 1)->last = slot;
  } else if (meets_after) {
    after->first = slot;
  } else {
    runs_.insert(after, {slot, slot});
  }
  return false;
}

bool ActRuns::remove(std::uint32_t slot) {
  const auto own = std::ranges::upper_bound(runs_, slot, {}, &Run::first) - 1;
  const Run whole = *own;
  if (whole.first == whole.last) {
    runs_.erase(own);
  } else if (slot == whole.first) {
    ++own->first;
  } else if (slot == whole.last) {
    --own->last;
  } else {
    own->last = slot - 1;
    runs_.insert(own + 1, {slot + 1, whole.last});
    return true;
  }
  return false;
}

const ActRuns::Run* ActRuns::run_of(std::uint32_t slot) const {
  const auto after = std::ranges::upper_bound(runs_, slot, {}, &Run::first);
  if (after == runs_.begin() || (after - 1)->last < slot) return nullptr;
  return &*(after - 1);
}

std::optional<ActRuns::Run> ActRuns::common(const ActRuns& a, const ActRuns& b,
                                            std::uint32_t slot) {
  const Run* const one = a.run_of(slot);
  const Run* const other = b.run_of(slot);
  if (one == nullptr || other == nullptr) return std::nullopt;
  return Run{std::max(one->first, other->first), std::min(one->last, other->last)};
}

bool ActRuns::meet_twice(const ActRuns& a, const ActRuns& b) {
  bool have_met = false;
  auto one = a.runs_.begin();
  auto other = b.runs_.begin();
  while (one != a.runs_.end() && other != b.runs_.end()) {
    const bool meet = std::max(one->first, other->first) <= std::min(one->last, other->last);
    if (meet && have_met) return true;
    have_met = have_met || meet;
    ++(one->last < other->last ? one : other);
  }
  return false;
}

}  // namespace tidewaiter
