// What the accounts of one cluster have in common, and since when.

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "policies/linkage/evidence_weight.h"
#include "policies/linkage/linker.h"
#include "policies/linkage/united_periods.h"

namespace tidewaiter {

SharedValue Linker::shared_value(ValueNumber value,
                                 const std::vector<AccountNumber>& accounts) const {
  const HeldValues::Kind& kind = held_.kind(value);
  const Link& link = linkage_.links[kind.link];
  SharedValue shared;
  shared.value = common_value(value);
  shared.value.holders = held_.holders(value);
  shared.at_most = link.at_most;
  if (kind.excepted) {
    shared.standing = EvidenceStanding::kExcepted;
    shared.list = link.except->list;
  } else if (weight(value) == 0) {
    shared.standing = EvidenceStanding::kTooCommon;
  }
  shared.value.accounts.reserve(accounts.size());
  for (const AccountNumber account : accounts) {
    shared.value.accounts.push_back(held_.name(account));
  }
  std::ranges::sort(shared.value.accounts);
  for (const AccountNumber account : accounts) {
    const auto cut = cuts_.find({account, at_all_times(value)});
    if (cut != cuts_.end()) shared.cut.push_back({held_.name(account), cut->second});
  }
  std::ranges::sort(shared.cut, {}, &CutHolding::account);
  return shared;
}

std::vector<UtcTime> Linker::times_of(ValueNumber value, const std::vector<LinkedAccount>& accounts,
                                      const FirstStatements& first) const {
  std::vector<UtcTime> times;
  times.reserve(accounts.size());
  for (const LinkedAccount& account : accounts) {
    const AccountNumber holder = held_.find_account(account.source, account.name);
    times.push_back(first.at(held_.find(holder, value)));
  }
  return times;
}

std::vector<JoinedPair> Linker::joined_within(GroupNumber group) const {
  std::map<std::pair<LinkedAccount, LinkedAccount>, std::vector<std::string>> pairs;
  for (const auto& [id, ruled] : rulings_) {
    for (const auto& [one, other] : ruled.joined) {
      if (groups_.of(one) != group) continue;
      std::pair pair(held_.name(one), held_.name(other));
      if (pair.second < pair.first) std::swap(pair.first, pair.second);
      pairs[std::move(pair)].push_back(id);
    }
  }
  std::vector<JoinedPair> joined;
  joined.reserve(pairs.size());
  for (const auto& [pair, ids] : pairs) joined.push_back({pair.first, pair.second, ids});
  return joined;
}

ClusterEvidence Linker::evidence_around(const LinkedAccount& account) const {
  const AccountNumber known = held_.find_account(account.source, account.name);
  if (known == HeldValues::kNone) return {account, {account}, {}, {}, {}};
  ClusterEvidence cluster;
  const GroupNumber group = groups_.of(known);
  cluster.name = held_.name(groups_.least(group));
  std::map<ValueNumber, std::vector<AccountNumber>> holders;
  groups_.each_member(group, [&](AccountNumber member) {
    cluster.accounts.push_back(held_.name(member));
    held_.each_value(member, [&](ValueNumber value) { holders[value].push_back(member); });
  });
  std::ranges::sort(cluster.accounts);
  std::erase_if(holders, [](const auto& value) { return value.second.size() < 2; });
  FirstStatements first;
  for (const auto& [value, accounts] : holders) {
    for (const AccountNumber holder : accounts) first[held_.find(holder, value)] = {};
  }
  facts_.tell_first(first);
  cluster.values.reserve(holders.size());
  for (const auto& [value, accounts] : holders) {
    SharedValue& shared = cluster.values.emplace_back(shared_value(value, accounts));
    shared.since = times_of(value, shared.value.accounts, first);
  }
  unite_periods(cluster.values);
  cluster.in_step = steps_within(group);
  cluster.joined = joined_within(group);
  std::ranges::sort(cluster.values, [](const SharedValue& a, const SharedValue& b) {
    const auto key = [](const SharedValue& shared) {
      return std::tuple(shared.standing, field(shared.value.field).name,
                        std::string_view(shared.value.source), std::string_view(shared.value.text));
    };
    return key(a) < key(b);
  });
  return cluster;
}

}  // namespace tidewaiter
