// The way of evidence between two accounts: a search by breadth, told backwards.

#include <algorithm>
#include <deque>
#include <string_view>
#include <tuple>

#include "policies/linkage/linker.h"

namespace tidewaiter {

std::unordered_map<AccountNumber, std::uint32_t> Linker::steps_from(AccountNumber account,
                                                                    AccountNumber to) const {
  std::unordered_map<AccountNumber, std::uint32_t> steps{{account, 0}};
  std::unordered_set<ValueNumber> followed;
  std::deque<AccountNumber> open{account};
  while (!open.empty() && !steps.contains(to)) {
    const AccountNumber next = open.front();
    open.pop_front();
    const std::uint32_t further = steps.at(next) + 1;
    each_linked(next, followed, [&](AccountNumber other) {
      if (steps.try_emplace(other, further).second) open.push_back(other);
    });
  }
  return steps;
}

std::vector<CommonValue> Linker::common_values(AccountNumber a, AccountNumber b,
                                               bool that_count) const {
  std::vector<CommonValue> common;
  if (held_.held_by(a) > held_.held_by(b)) std::swap(a, b);
  held_.each_value(a, [&](ValueNumber value) {
    if (held_.find(b, value) == HeldValues::kNone) return;
    if (that_count && (weight(value) == 0 || is_cut(a, value) || is_cut(b, value))) return;
    CommonValue& one = common.emplace_back(common_value(value));
    one.accounts = {held_.name(a), held_.name(b)};
    std::ranges::sort(one.accounts);
    one.holders = held_.holders(value);
  });
  const auto value_of = [](const CommonValue& one) {
    return std::tuple(field(one.field).name, std::string_view(one.source),
                      std::string_view(one.text));
  };
  std::ranges::sort(common, [&](const CommonValue& one, const CommonValue& other) {
    return std::tuple(value_of(one), other.weight, one.during) <
           std::tuple(value_of(other), one.weight, other.during);
  });
  // Of several periods that which counts: the heaviest, and the first of those that weigh as much.
  const auto same = [&](const CommonValue& one, const CommonValue& other) {
    return one.during && other.during && value_of(one) == value_of(other);
  };
  common.erase(std::unique(common.begin(), common.end(), same), common.end());
  return common;
}

std::vector<CommonValue> Linker::in_common(const LinkedAccount& a, const LinkedAccount& b) const {
  const AccountNumber one = held_.find_account(a.source, a.name);
  const AccountNumber other = held_.find_account(b.source, b.name);
  if (one == HeldValues::kNone || other == HeldValues::kNone || one == other) return {};
  return common_values(one, other, false);
}

std::vector<CommonValue> Linker::evidence_between(const LinkedAccount& a,
                                                  const LinkedAccount& b) const {
  const AccountNumber one = held_.find_account(a.source, a.name);
  const AccountNumber other = held_.find_account(b.source, b.name);
  if (one == HeldValues::kNone || other == HeldValues::kNone || one == other) return {};
  return common_values(one, other, true);
}

std::vector<EvidenceStep> Linker::path(const LinkedAccount& from, const LinkedAccount& to) const {
  AccountNumber at = held_.find_account(from.source, from.name);
  const AccountNumber end = held_.find_account(to.source, to.name);
  if (at == HeldValues::kNone || end == HeldValues::kNone || at == end) return {};
  if (groups_.of(at) != groups_.of(end)) return {};
  const auto steps = steps_from(end, at);
  std::vector<EvidenceStep> way;
  while (at != end) {
    const std::uint32_t wanted = steps.at(at) - 1;
    AccountNumber next = HeldValues::kNone;
    std::unordered_set<ValueNumber> followed;
    each_linked(at, followed, [&](AccountNumber other) {
      const auto known = steps.find(other);
      if (known == steps.end() || known->second != wanted) return;
      if (next == HeldValues::kNone || held_.less(other, next)) next = other;
    });
    EvidenceStep& step = way.emplace_back();
    step.from = held_.name(at);
    step.to = held_.name(next);
    step.values = common_values(at, next, true);
    step.in_step = steps_between(at, next);
    step.rulings = rulings_joining(at, next);
    at = next;
  }
  return way;
}

}  // namespace tidewaiter
