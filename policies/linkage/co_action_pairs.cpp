// Whom acts bring together: what each two that are compared have in common, and who is in step.

#include <algorithm>
#include <optional>
#include <utility>

#include "policies/linkage/co_actions.h"
#include "policies/linkage/free_number.h"
#include "policies/linkage/number_hash.h"

namespace tidewaiter {
namespace {

std::uint64_t pair_of_profiles_hash(std::uint32_t lesser, std::uint32_t greater) {
  return spread_bits((std::uint64_t{lesser} << 32 | greater) + 0x9E3779B97F4A7C15);
}

/// Takes a number out of those of `of`, and these with the last one.
void take_out(std::map<std::uint32_t, std::vector<std::uint32_t>>& all, std::uint32_t of,
              std::uint32_t number) {
  const auto numbers = all.find(of);
  if (numbers == all.end()) return;
  std::erase(numbers->second, number);
  if (numbers->second.empty()) all.erase(numbers);
}

}  // namespace

void CoActions::touch(ProfileNumber profile) {
  if (std::exchange(profiles_[profile].is_touched, true)) return;
  touched_.push_back(profile);
}

template <class Visit>
void CoActions::each_counted(ProfileNumber profile, const Visit& visit) const {
  for (ActNumber act = profiles_[profile].first; act != kNone; act = acts_[act].next_act) {
    visit(act);
  }
}

void CoActions::set_counted(ActNumber act, bool counts) {
  const ProfileNumber number = acts_[act].profile;
  Profile& profile = profiles_[number];
  touch(number);
  const auto each = [&](int by) { each_counted(number, [&](ActNumber one) { compare(one, by); }); };
  const bool was_compared = is_compared(profile);
  if (was_compared && !counts && profile.counted == at_least_) each(-1);
  acts_[act].is_counted = counts;
  if (counts) {
    list_counted(act);
  } else {
    unlist_counted(act);
  }
  const bool is_now = is_compared(profile);
  if (!was_compared && is_now) each(1);
  if (was_compared && is_now) compare(act, counts ? 1 : -1);
}

void CoActions::list_counted(ActNumber act) {
  Profile& profile = profiles_[acts_[act].profile];
  acts_[act].next_act = profile.first;
  acts_[act].last_act = kNone;
  if (profile.first != kNone) acts_[profile.first].last_act = act;
  profile.first = act;
  ++profile.counted;
}

void CoActions::unlist_counted(ActNumber act) {
  const Act& own = acts_[act];
  Profile& profile = profiles_[own.profile];
  (own.last_act == kNone ? profile.first : acts_[own.last_act].next_act) = own.next_act;
  if (own.next_act != kNone) acts_[own.next_act].last_act = own.last_act;
  --profile.counted;
}

void CoActions::compare(ActNumber act, int by) {
  const ProfileNumber profile = acts_[act].profile;
  const ActNumber first = moments_[acts_[act].moment].first;
  for (ActNumber one = first; one != kNone; one = acts_[one].next_actor) {
    if (one == act || !acts_[one].is_counted) continue;
    const ProfileNumber other = acts_[one].profile;
    if (is_compared(profiles_[other])) add_common(profile, other, by);
  }
}

CoActions::PairNumber CoActions::find_pair(ProfileNumber a, ProfileNumber b) const {
  const ProfileNumber lesser = std::min(a, b);
  const ProfileNumber greater = std::max(a, b);
  return pair_index_.find(pair_of_profiles_hash(lesser, greater), [&](PairNumber one) {
    return pairs_[one].lesser == lesser && pairs_[one].greater == greater;
  });
}

CoActions::PairNumber CoActions::new_pair(ProfileNumber lesser, ProfileNumber greater) {
  const PairNumber pair = free_number(pairs_, free_pairs_);
  pair_index_.add(pair_of_profiles_hash(lesser, greater), pair, [this](const auto& put) {
    for (PairNumber one = 0; one < pairs_.size(); ++one) {
      if (pairs_[one].common == 0) continue;
      put(pair_of_profiles_hash(pairs_[one].lesser, pairs_[one].greater), one);
    }
  });
  pairs_[pair] = {lesser, greater, 0};
  ++counts_.pairs;
  return pair;
}

void CoActions::free_pair(PairNumber pair) {
  pair_index_.remove(pair_of_profiles_hash(pairs_[pair].lesser, pairs_[pair].greater), pair,
                     [this](PairNumber one) {
                       return pair_of_profiles_hash(pairs_[one].lesser, pairs_[one].greater);
                     });
  free_pairs_.push_back(pair);
  --counts_.pairs;
}

void CoActions::add_common(ProfileNumber a, ProfileNumber b, int by) {
  PairNumber pair = find_pair(a, b);
  if (pair == kNone) pair = new_pair(std::min(a, b), std::max(a, b));
  std::uint32_t& common = pairs_[pair].common;
  if (by < 0 && common == at_least_) set_near(a, b, false);
  common += by < 0 ? -1U : 1U;
  if (by > 0 && common == at_least_) set_near(a, b, true);
  if (common == 0) free_pair(pair);
}

void CoActions::set_near(ProfileNumber a, ProfileNumber b, bool near) {
  for (const auto& [one, other] : {std::pair(a, b), std::pair(b, a)}) {
    if (near) {
      near_[one].push_back(other);
    } else {
      take_out(near_, one, other);
    }
  }
  touch(a);
  touch(b);
}

CoActions::Together CoActions::together(ProfileNumber a, ProfileNumber b) const {
  const PairNumber pair = find_pair(a, b);
  const std::int64_t common = pair == kNone ? 0 : pairs_[pair].common;
  const std::int64_t each = std::int64_t{profiles_[a].counted} + std::int64_t{profiles_[b].counted};
  const UtcTime from{profiles_[a].stretch * link_.over.us};
  return {{from, from + link_.over}, common, each - common};
}

bool CoActions::keep_step(ProfileNumber a, ProfileNumber b) const {
  if (profiles_[a].counted > at_most_acts_ || profiles_[b].counted > at_most_acts_) return false;
  const Together both = together(a, b);
  return both.common >= link_.at_least && both.common * 100 >= link_.percent * both.either &&
         (link_.target || meet_twice(a, b));
}

bool CoActions::meet_twice(ProfileNumber a, ProfileNumber b) const {
  if (!ActRuns::meet_twice(runs_[a], runs_[b])) return false;
  if (counts_.crowded == 0) return true;
  // What is too common may be all that there is of a run.
  if (profiles_[a].counted > profiles_[b].counted) std::swap(a, b);
  std::optional<ActRuns::Run> met;
  for (ActNumber act = profiles_[a].first; act != kNone; act = acts_[act].next_act) {
    const std::uint32_t slot = slot_in_stretch(act);
    if (met && met->first <= slot && slot <= met->last) continue;
    const std::optional<ActRuns::Run> run = ActRuns::common(runs_[a], runs_[b], slot);
    if (run && met) return true;
    met = run ? run : met;
  }
  return false;
}

std::vector<CoActions::Change> CoActions::take_changes() {
  std::vector<Change> changes;
  for (const ProfileNumber profile : touched_) {
    profiles_[profile].is_touched = false;
    review(profile, changes);
  }
  for (const ProfileNumber profile : touched_) {
    if (profiles_[profile].acts == 0) free_profile(profile);
  }
  touched_.clear();
  return changes;
}

void CoActions::review(ProfileNumber profile, std::vector<Change>& changes) {
  if (const auto before = steps_.find(profile); before != steps_.end()) {
    for (const ProfileNumber other : Profiles(before->second)) {
      if (!keep_step(profile, other)) set_step(profile, other, false, changes);
    }
  }
  const auto near = near_.find(profile);
  if (near == near_.end()) return;
  for (const ProfileNumber other : near->second) {
    if (!keep_step(profile, other)) continue;
    const auto known = steps_.find(profile);
    const bool is_new =
        known == steps_.end() || std::ranges::find(known->second, other) == known->second.end();
    if (is_new) set_step(profile, other, true, changes);
  }
}

void CoActions::set_step(ProfileNumber a, ProfileNumber b, bool in_step,
                         std::vector<Change>& changes) {
  for (const auto& [one, other] : {std::pair(a, b), std::pair(b, a)}) {
    if (in_step) {
      steps_[one].push_back(other);
    } else {
      take_out(steps_, one, other);
    }
  }
  const AccountNumber one = profiles_[a].account;
  const AccountNumber other = profiles_[b].account;
  const std::int64_t stretch = profiles_[a].stretch;
  const bool is_told = note_stretch(one, other, stretch, in_step);
  (void)note_stretch(other, one, stretch, in_step);
  if (is_told) changes.push_back({one, other, in_step});
}

bool CoActions::note_stretch(AccountNumber a, AccountNumber b, std::int64_t stretch, bool in_step) {
  Others& others = in_step_[a];
  std::vector<std::int64_t>& stretches = others[b];
  if (in_step) {
    stretches.push_back(stretch);
    return stretches.size() == 1;
  }
  std::erase(stretches, stretch);
  if (!stretches.empty()) return false;
  others.erase(b);
  if (others.empty()) in_step_.erase(a);
  return true;
}

bool CoActions::are_in_step(AccountNumber a, AccountNumber b) const {
  const auto* const others = in_step_with(a);
  return others != nullptr && others->contains(b);
}

const CoActions::Others* CoActions::in_step_with(AccountNumber account) const {
  const auto others = in_step_.find(account);
  return others == in_step_.end() ? nullptr : &others->second;
}

CoActions::Together CoActions::best(AccountNumber a, AccountNumber b) const {
  Together best;
  for (const std::int64_t stretch : in_step_.at(a).at(b)) {
    const Together one = together(find_profile(a, stretch), find_profile(b, stretch));
    const std::int64_t by = one.common * best.either - best.common * one.either;
    const bool is_better =
        best.either == 0 || by > 0 || (by == 0 && one.during.from < best.during.from);
    if (is_better) best = one;
  }
  return best;
}

CoActions::Counts CoActions::counts() const { return counts_; }

}  // namespace tidewaiter
