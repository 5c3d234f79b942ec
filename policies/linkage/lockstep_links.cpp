// What the linker has of acts: which accounts act in step, and what joins them by it.

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

#include "policies/linkage/evidence_weight.h"
#include "policies/linkage/linker.h"
#include "policies/linkage/stated_texts.h"

namespace tidewaiter {

template <class Act>
void Linker::each_act(const Record& record, const Act& act) {
  if (lockstep_.empty() || record.kind != RecordKind::kUsage) return;
  const Value* const name = find_value(record, account_field());
  if (name == nullptr) return;
  for (std::size_t place = 0; place < lockstep_.size(); ++place) {
    const LockstepLink& link = linkage_.lockstep[place];
    // A sum over more than a slot does not say in which slots something was done.
    if (record.duration > link.slot) continue;
    const auto take = [&](std::string_view source, std::string_view target) {
      const AccountNumber account = held_.account(record.source, std::get<std::string>(*name));
      groups_.extend(held_.accounts());
      act(lockstep_[place], account, source, target);
    };
    if (!link.target) {
      take({}, {});
      continue;
    }
    const bool is_of_source = field(*link.target).id_of_source;
    each_text(record, *link.target, [&](const std::string& text) {
      if (!text.empty()) take(is_of_source ? std::string_view(record.source) : "", text);
    });
  }
}

bool Linker::is_stated(AccountNumber account) const {
  return held_.held_by(account) > 0 ||
         std::ranges::any_of(lockstep_, [account](const Lockstep& lockstep) {
           return lockstep.acts.acts_of(account) > 0;
         });
}

void Linker::state_acts(const Record& record) {
  for (Lockstep& lockstep : lockstep_) lockstep.stated.clear();
  each_act(record, [&](Lockstep& lockstep, AccountNumber account, std::string_view source,
                       std::string_view target) {
    if (!is_stated(account)) bare_.push_back(account);
    lockstep.stated.push_back(lockstep.acts.add(account, record.time, source, target));
  });
  for (Lockstep& lockstep : lockstep_) lockstep.facts.state(record.time, lockstep.stated);
}

void Linker::take_back_acts(const Record& record) {
  for (Lockstep& lockstep : lockstep_) lockstep.stated.clear();
  each_act(record, [&](Lockstep& lockstep, AccountNumber account, std::string_view source,
                       std::string_view target) {
    const CoActions::ActNumber act = lockstep.acts.find(account, record.time, source, target);
    if (act != CoActions::kNone) lockstep.stated.push_back(act);
  });
  for (Lockstep& lockstep : lockstep_) {
    lockstep.facts.take_back(record.time, lockstep.stated);
    for (const CoActions::ActNumber act : lockstep.stated) remove_act(lockstep, act);
  }
}

void Linker::drop_acts() {
  for (Lockstep& lockstep : lockstep_) {
    for (const CoActions::ActNumber act : lockstep.facts.drop(dropped_before_)) {
      remove_act(lockstep, act);
    }
  }
}

void Linker::remove_act(Lockstep& lockstep, CoActions::ActNumber act) {
  const AccountNumber actor = lockstep.acts.actor(act);
  lockstep.acts.remove(act);
  if (!is_stated(actor)) bare_.push_back(actor);
}

std::int64_t Linker::step_weight(std::size_t place) const {
  return linkage_.threshold == 0 ? 1 : linkage_.lockstep[place].weight * kSharesOfWeight;
}

void Linker::take_steps() {
  for (std::size_t place = 0; place < lockstep_.size(); ++place) {
    for (const CoActions::Change& change : lockstep_[place].acts.take_changes()) {
      if (change.in_step) {
        stepped_.emplace_back(place, Pair(change.one, change.other));
      } else {
        parted_.insert(parted_.end(), {change.one, change.other});
      }
    }
  }
}

void Linker::join_in_step() {
  for (const auto& [place, pair] : stepped_) {
    const auto& [one, other] = pair;
    if (groups_.of(one) == groups_.of(other)) continue;
    const bool joins = step_weight(place) >= needed_ ? lockstep_[place].acts.are_in_step(one, other)
                                                     : joint_weight(one, other) >= needed_;
    if (joins) groups_.join(one, other, held_);
  }
  stepped_.clear();
}

InStep Linker::in_step(std::size_t place, AccountNumber a, AccountNumber b) const {
  const LockstepLink& link = linkage_.lockstep[place];
  const CoActions::Together together = lockstep_[place].acts.best(a, b);
  return {link.target,     link.slot,       together.during,
          together.common, together.either, static_cast<double>(link.weight)};
}

std::vector<InStep> Linker::steps_between(AccountNumber a, AccountNumber b) const {
  std::vector<InStep> steps;
  for (std::size_t place = 0; place < lockstep_.size(); ++place) {
    if (lockstep_[place].acts.are_in_step(a, b)) steps.push_back(in_step(place, a, b));
  }
  return steps;
}

std::vector<InStep> Linker::in_step(const LinkedAccount& a, const LinkedAccount& b) const {
  const AccountNumber one = held_.find_account(a.source, a.name);
  const AccountNumber other = held_.find_account(b.source, b.name);
  if (one == HeldValues::kNone || other == HeldValues::kNone) return {};
  return steps_between(one, other);
}

std::vector<PairInStep> Linker::steps_within(GroupNumber group) const {
  std::vector<std::pair<std::size_t, PairInStep>> pairs;
  groups_.each_member(group, [&](AccountNumber member) {
    each_in_step(member, [&](std::size_t place, AccountNumber other) {
      if (groups_.of(other) != group || !held_.less(member, other)) return;
      pairs.emplace_back(
          place, PairInStep{held_.name(member), held_.name(other), in_step(place, member, other)});
    });
  });
  std::ranges::sort(pairs, {}, [](const auto& pair) {
    return std::tie(pair.first, pair.second.first, pair.second.second);
  });
  std::vector<PairInStep> steps;
  steps.reserve(pairs.size());
  for (auto& [place, pair] : pairs) steps.push_back(std::move(pair));
  return steps;
}

std::vector<CoActions::Counts> Linker::lockstep_counts() const {
  std::vector<CoActions::Counts> all;
  all.reserve(lockstep_.size());
  for (const Lockstep& lockstep : lockstep_) all.push_back(lockstep.acts.counts());
  return all;
}

}  // namespace tidewaiter
