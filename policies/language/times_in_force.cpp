#include "policies/language/times_in_force.h"

#include <algorithm>

#include "policies/language/value_list.h"

namespace tidewaiter {
namespace {

void add(std::vector<Interval>& out, const std::vector<Interval>& in_force) {
  if (in_force.empty()) {
    out.push_back(kAlways);
  } else {
    out.insert(out.end(), in_force.begin(), in_force.end());
  }
}

}  // namespace

std::vector<Interval> times_in_force(const Policy& policy) {
  std::vector<Interval> own;
  add(own, policy.in_force);
  std::vector<Interval> bases;
  for (const Basis& basis : policy.basis) add(bases, basis.in_force);
  if (policy.basis.empty()) bases.push_back(kAlways);
  bases = joined_intervals(std::move(bases));
  return common_parts(joined_intervals(std::move(own)), bases);
}

bool is_in_force(const Basis& basis, const Interval& during) {
  return basis.in_force.empty() ||
         std::ranges::any_of(basis.in_force, [&during](const Interval& interval) {
           return overlap(interval, during);
         });
}

bool is_in_force(const Policy& policy, UtcTime time) {
  const auto holds = [time](const std::vector<Interval>& in_force) {
    return in_force.empty() || is_within(in_force, time);
  };
  return holds(policy.in_force) &&
         (policy.basis.empty() || std::ranges::any_of(policy.basis, [&](const Basis& basis) {
            return holds(basis.in_force);
          }));
}

}  // namespace tidewaiter
