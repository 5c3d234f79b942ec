// The clusters that there are, and the values that link nobody, for people.

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "policies/linkage/evidence_weight.h"
#include "policies/linkage/linker.h"
#include "policies/linkage/united_periods.h"

namespace tidewaiter {

CommonValue Linker::common_value(ValueNumber value) const {
  const HeldValues::Kind& kind = held_.kind(value);
  CommonValue common;
  common.field = linkage_.links[kind.link].field;
  common.source = kind.source;
  common.text = held_.text(value);
  if (kind.period.rung > 0) {
    common.during = period_interval(linkage_.links[kind.link], kind.period);
  }
  if (linkage_.threshold > 0) {
    common.holders = held_.holders(value);
    common.weight = static_cast<double>(weight(value)) / static_cast<double>(kSharesOfWeight);
  }
  return common;
}

template <class Chosen>
std::vector<ValueNumber> Linker::values_in_order(const Chosen& chosen) const {
  std::vector<ValueNumber> values;
  for (ValueNumber value = 0; value < held_.values(); ++value) {
    if (chosen(value)) values.push_back(value);
  }
  const auto key = [this](ValueNumber value) {
    const HeldValues::Kind& kind = held_.kind(value);
    return std::tuple(field(linkage_.links[kind.link].field).name, std::string_view(kind.source),
                      held_.text(value));
  };
  std::ranges::sort(values, std::ranges::less{}, key);
  return values;
}

void Linker::add_links(const std::vector<ValueNumber>& values,
                       std::vector<AccountCluster>& clusters) const {
  std::unordered_map<GroupNumber, std::size_t> places;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    const LinkedAccount& name = clusters[i].name;
    places.emplace(groups_.of(held_.find_account(name.source, name.name)), i);
  }
  for (const ValueNumber value : values) {
    std::map<std::size_t, std::vector<LinkedAccount>> holders;  // by cluster
    each_uncut_holder(value, [&](AccountNumber account) {
      const auto place = places.find(groups_.of(account));
      if (place != places.end()) holders[place->second].push_back(held_.name(account));
    });
    for (auto& [place, accounts] : holders) {
      if (accounts.size() < 2) continue;
      CommonValue& common = clusters[place].links.emplace_back(common_value(value));
      common.accounts = std::move(accounts);
      std::ranges::sort(common.accounts);
    }
  }
  for (AccountCluster& cluster : clusters) unite_periods(cluster.links);
}

std::vector<AccountCluster> Linker::clusters() const {
  std::vector<AccountCluster> all;
  for (AccountNumber account = 0; account < held_.accounts(); ++account) {
    const GroupNumber group = groups_.of(account);
    if (groups_.least(group) != account || groups_.size(group) < 2) continue;
    AccountCluster& cluster = all.emplace_back();
    cluster.name = held_.name(account);
    cluster.accounts.reserve(groups_.size(group));
    groups_.each_member(
        group, [&](AccountNumber member) { cluster.accounts.push_back(held_.name(member)); });
    std::ranges::sort(cluster.accounts);
    cluster.in_step = steps_within(group);
  }
  std::ranges::sort(all, [](const AccountCluster& a, const AccountCluster& b) {
    return a.accounts.size() != b.accounts.size() ? a.accounts.size() > b.accounts.size()
                                                  : a.name < b.name;
  });
  add_links(values_in_order([this](ValueNumber value) { return weight(value) > 0; }), all);
  return all;
}

std::vector<CommonValue> Linker::most_held(std::vector<ValueNumber> values) const {
  std::ranges::stable_sort(values, std::ranges::greater{},
                           [this](ValueNumber value) { return held_.holders(value); });
  std::vector<CommonValue> all;
  all.reserve(values.size());
  for (const ValueNumber value : values) {
    CommonValue& common = all.emplace_back(common_value(value));
    held_.each_holder(
        value, [&](AccountNumber account) { common.accounts.push_back(held_.name(account)); });
    std::ranges::sort(common.accounts);
  }
  unite_periods(all);
  // In several periods more accounts may have had it than in the one that came first.
  std::ranges::stable_sort(all, std::ranges::greater{},
                           [](const CommonValue& common) { return common.accounts.size(); });
  return all;
}

std::vector<CommonValue> Linker::too_common() const {
  std::vector<ValueNumber> values = values_in_order([this](ValueNumber value) {
    return !held_.kind(value).excepted && held_.holders(value) >= 2 && weight(value) == 0;
  });
  // In a short period, or another part of the year, few may have what many have in one.
  const auto named = [this](ValueNumber value) {
    const HeldValues::Kind& kind = held_.kind(value);
    return std::tuple(linkage_.links[kind.link].field, std::string_view(kind.source),
                      held_.text(value));
  };
  std::set<std::tuple<FieldId, std::string_view, std::string_view>> linking_nobody;
  for (const ValueNumber value : values) linking_nobody.insert(named(value));
  for (ValueNumber value = 0; !values.empty() && value < held_.values(); ++value) {
    if (weight(value) > 0) linking_nobody.erase(named(value));
  }
  std::erase_if(values, [&](ValueNumber value) { return !linking_nobody.contains(named(value)); });
  return most_held(std::move(values));
}

std::vector<CommonValue> Linker::excepted() const {
  return most_held(values_in_order([this](ValueNumber value) {
    return held_.kind(value).excepted && held_.holders(value) >= 2;
  }));
}

}  // namespace tidewaiter
