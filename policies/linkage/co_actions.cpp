#include "policies/linkage/co_actions.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <limits>

#include "policies/linkage/free_number.h"
#include "policies/linkage/number_hash.h"
#include "policies/model/whole_division.h"

namespace tidewaiter {
namespace {

std::uint64_t hash_of_two(std::int64_t one, std::uint32_t other) {
  return spread_bits(spread_bits(static_cast<std::uint64_t>(one)) + other);
}

std::uint64_t hash_of_target(std::string_view source, std::string_view text) {
  const std::hash<std::string_view> hash;
  return spread_bits(spread_bits(hash(source)) + hash(text));
}

/// In a stretch of which all acts have one target, who acts in more than half of it is no sign.
std::uint32_t most_acts(const LockstepLink& link) {
  if (link.target) return std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(link.over.us / link.slot.us / 2);
}

}  // namespace

CoActions::CoActions(const LockstepLink& link)
    : link_(link),
      at_least_(static_cast<std::uint32_t>(link.at_least)),
      at_most_acts_(most_acts(link)) {
  assert(link.slot.us > 0 && link.over.us % link.slot.us == 0);
  assert(link.at_least >= 2 && link.at_most >= 2);
}

std::int64_t CoActions::slot_of(UtcTime time) const { return floor_divide(time.us, link_.slot.us); }

std::int64_t CoActions::stretch_of(std::int64_t slot) const {
  return floor_divide(slot, link_.over.us / link_.slot.us);
}

CoActions::TargetNumber CoActions::find_target(std::string_view source,
                                               std::string_view text) const {
  return target_index_.find(hash_of_target(source, text), [&](TargetNumber one) {
    return targets_[one].text == text && targets_[one].source == source;
  });
}

CoActions::TargetNumber CoActions::target(std::string_view source, std::string_view text) {
  const TargetNumber known = find_target(source, text);
  if (known != kNone) return known;
  const TargetNumber fresh = free_number(targets_, free_targets_);
  targets_[fresh] = {std::string(source), std::string(text), 0};
  target_index_.add(hash_of_target(source, text), fresh, [this](const auto& put) {
    for (TargetNumber one = 0; one < targets_.size(); ++one) {
      if (targets_[one].moments == 0) continue;
      put(hash_of_target(targets_[one].source, targets_[one].text), one);
    }
  });
  return fresh;
}

void CoActions::free_target(TargetNumber target) {
  const auto hash_of = [this](TargetNumber one) {
    return hash_of_target(targets_[one].source, targets_[one].text);
  };
  target_index_.remove(hash_of(target), target, hash_of);
  targets_[target] = {};
  free_targets_.push_back(target);
}

CoActions::MomentNumber CoActions::find_moment(std::int64_t slot, TargetNumber target) const {
  return moment_index_.find(hash_of_two(slot, target), [&](MomentNumber one) {
    return moments_[one].slot == slot && moments_[one].target == target;
  });
}

CoActions::MomentNumber CoActions::moment(std::int64_t slot, TargetNumber target) {
  const MomentNumber known = find_moment(slot, target);
  if (known != kNone) return known;
  const MomentNumber fresh = free_number(moments_, free_moments_);
  moments_[fresh] = {slot, target, 0, kNone};
  moment_index_.add(hash_of_two(slot, target), fresh, [this](const auto& put) {
    for (MomentNumber one = 0; one < moments_.size(); ++one) {
      if (moments_[one].actors == 0) continue;
      put(hash_of_two(moments_[one].slot, moments_[one].target), one);
    }
  });
  ++targets_[target].moments;
  return fresh;
}

void CoActions::free_moment(MomentNumber moment) {
  const auto hash_of = [this](MomentNumber one) {
    return hash_of_two(moments_[one].slot, moments_[one].target);
  };
  moment_index_.remove(hash_of(moment), moment, hash_of);
  free_moments_.push_back(moment);
  const TargetNumber target = moments_[moment].target;
  if (--targets_[target].moments == 0) free_target(target);
}

CoActions::ProfileNumber CoActions::find_profile(AccountNumber account,
                                                 std::int64_t stretch) const {
  return profile_index_.find(hash_of_two(stretch, account), [&](ProfileNumber one) {
    return profiles_[one].account == account && profiles_[one].stretch == stretch;
  });
}

CoActions::ProfileNumber CoActions::profile(AccountNumber account, std::int64_t stretch) {
  const ProfileNumber known = find_profile(account, stretch);
  if (known != kNone) return known;
  const ProfileNumber fresh = free_number(profiles_, free_profiles_);
  profile_index_.add(hash_of_two(stretch, account), fresh, [&](const auto& put) {
    for (ProfileNumber one = 0; one < profiles_.size(); ++one) {
      if (one == fresh || profiles_[one].account == kNone) continue;
      put(hash_of_two(profiles_[one].stretch, profiles_[one].account), one);
    }
  });
  profiles_[fresh] = {stretch, account, 0, 0, kNone, false};
  if (!link_.target) runs_.resize(profiles_.size());
  return fresh;
}

void CoActions::free_profile(ProfileNumber profile) {
  const auto hash_of = [this](ProfileNumber one) {
    return hash_of_two(profiles_[one].stretch, profiles_[one].account);
  };
  profile_index_.remove(hash_of(profile), profile, hash_of);
  profiles_[profile].account = kNone;
  if (!link_.target) runs_[profile] = {};  // that have no slot, but room
  free_profiles_.push_back(profile);
}

CoActions::ActNumber CoActions::find_act(ProfileNumber profile, MomentNumber moment) const {
  return act_index_.find(hash_of_two(profile, moment), [&](ActNumber one) {
    return acts_[one].profile == profile && acts_[one].moment == moment;
  });
}

CoActions::ActNumber CoActions::find(AccountNumber account, UtcTime time, std::string_view source,
                                     std::string_view target) const {
  const TargetNumber known = find_target(source, target);
  if (known == kNone) return kNone;
  const std::int64_t slot = slot_of(time);
  const MomentNumber moment = find_moment(slot, known);
  const ProfileNumber profile = find_profile(account, stretch_of(slot));
  if (moment == kNone || profile == kNone) return kNone;
  return find_act(profile, moment);
}

CoActions::ActNumber CoActions::new_act(ProfileNumber profile, MomentNumber moment) {
  const ActNumber act = free_number(acts_, free_acts_);
  act_index_.add(hash_of_two(profile, moment), act, [this](const auto& put) {
    for (ActNumber one = 0; one < acts_.size(); ++one) {
      if (acts_[one].said.times() > 0) put(hash_of_two(acts_[one].profile, acts_[one].moment), one);
    }
  });
  acts_[act] = Act{profile, moment, TimesSaid(1), false, kNone, kNone, kNone, kNone};
  enlist(act);
  return act;
}

CoActions::ActNumber CoActions::add(AccountNumber account, UtcTime time, std::string_view source,
                                    std::string_view target) {
  const std::int64_t slot = slot_of(time);
  const MomentNumber moment = this->moment(slot, this->target(source, target));
  const ProfileNumber profile = this->profile(account, stretch_of(slot));
  const ActNumber known = find_act(profile, moment);
  if (known != kNone) {
    acts_[known].said.add();
    return known;
  }
  const ActNumber act = new_act(profile, moment);
  if (moments_[moment].actors == link_.at_most + 1) {
    ++counts_.crowded;
    recount_all(moment);
  }
  add_to_runs(act);
  recount(act);
  return act;
}

void CoActions::remove(ActNumber act) {
  if (acts_[act].said.times() > 1) return acts_[act].said.take_back();
  if (acts_[act].is_counted) set_counted(act, false);
  const MomentNumber moment = acts_[act].moment;
  take_out_of_runs(act);
  act_index_.remove(hash_of_two(acts_[act].profile, moment), act, [this](ActNumber one) {
    return hash_of_two(acts_[one].profile, acts_[one].moment);
  });
  delist(act);
  acts_[act].said.take_back();
  free_acts_.push_back(act);
  if (moments_[moment].actors == 0) free_moment(moment);
  if (moments_[moment].actors != link_.at_most) return;
  --counts_.crowded;
  recount_all(moment);
}

std::uint32_t CoActions::slot_in_stretch(ActNumber act) const {
  const std::int64_t slots = link_.over.us / link_.slot.us;
  const Act& own = acts_[act];
  return static_cast<std::uint32_t>(moments_[own.moment].slot -
                                    profiles_[own.profile].stretch * slots);
}

void CoActions::add_to_runs(ActNumber act) {
  if (link_.target) return;
  const ProfileNumber profile = acts_[act].profile;
  // What too many do makes one run of two as well, and no count changes with it.
  if (runs_[profile].add(slot_in_stretch(act))) touch(profile);
}

void CoActions::take_out_of_runs(ActNumber act) {
  if (link_.target) return;
  const ProfileNumber profile = acts_[act].profile;
  if (runs_[profile].remove(slot_in_stretch(act))) touch(profile);
}

void CoActions::recount(ActNumber act) {
  const Act& own = acts_[act];
  const bool counts = moments_[own.moment].actors <= link_.at_most;
  if (counts != own.is_counted) set_counted(act, counts);
}

void CoActions::recount_all(MomentNumber moment) {
  for (ActNumber one = moments_[moment].first; one != kNone; one = acts_[one].next_actor) {
    recount(one);
  }
}

void CoActions::enlist(ActNumber act) {
  Act& own = acts_[act];
  Moment& moment = moments_[own.moment];
  Profile& profile = profiles_[own.profile];
  own.next_actor = moment.first;
  if (moment.first != kNone) acts_[moment.first].last_actor = act;
  moment.first = act;
  if (++moment.actors == 1) ++counts_.slots;
  ++counts_.acts;
  ++profile.acts;
  if (acts_by_account_.size() <= profile.account) acts_by_account_.resize(profile.account + 1);
  ++acts_by_account_[profile.account];
}

void CoActions::delist(ActNumber act) {
  const Act& own = acts_[act];
  Moment& moment = moments_[own.moment];
  Profile& profile = profiles_[own.profile];
  (own.last_actor == kNone ? moment.first : acts_[own.last_actor].next_actor) = own.next_actor;
  if (own.next_actor != kNone) acts_[own.next_actor].last_actor = own.last_actor;
  if (--moment.actors == 0) --counts_.slots;
  --counts_.acts;
  // One of no acts goes when the changes are taken: it may be in step with others until then.
  if (--profile.acts == 0) touch(own.profile);
  --acts_by_account_[profile.account];
}

}  // namespace tidewaiter
