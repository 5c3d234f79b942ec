#include "policies/linkage/united_periods.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace tidewaiter {
namespace {

using NamedValue = std::tuple<FieldId, std::string, std::string>;

NamedValue named(const CommonValue& value) { return {value.field, value.source, value.text}; }

/// How many hold it, what it weighs and when are of the same periods: the heaviest.
void add_period(CommonValue& whole, const CommonValue& part) {
  if (part.weight > whole.weight) {
    whole.during = part.during;
    whole.holders = part.holders;
    whole.weight = part.weight;
  } else if (part.weight == whole.weight) {
    whole.during->from = std::min(whole.during->from, part.during->from);
    whole.during->to = std::max(whole.during->to, part.during->to);
    whole.holders = std::max(whole.holders, part.holders);
  }
}

/// Puts what `part` has and `whole` has not into it; both are in order.
template <class T, class Key>
void add_sorted(std::vector<T>& whole, const std::vector<T>& part, const Key& key) {
  for (const T& one : part) {
    const auto place = std::ranges::lower_bound(whole, key(one), {}, key);
    if (place == whole.end() || key(*place) != key(one)) whole.insert(place, one);
  }
}

/// Each account with the least time of either; both are in the order of the accounts.
void add_accounts(SharedValue& whole, const SharedValue& part) {
  for (std::size_t i = 0; i < part.value.accounts.size(); ++i) {
    std::vector<LinkedAccount>& accounts = whole.value.accounts;
    const auto place = std::ranges::lower_bound(accounts, part.value.accounts[i]);
    const auto since = whole.since.begin() + (place - accounts.begin());
    if (place != accounts.end() && *place == part.value.accounts[i]) {
      *since = std::min(*since, part.since[i]);
    } else {
      whole.since.insert(since, part.since[i]);
      accounts.insert(place, part.value.accounts[i]);
    }
  }
}

void add_shared(SharedValue& whole, const SharedValue& part) {
  const bool weighs = part.standing == EvidenceStanding::kWeighs;
  if (part.standing != whole.standing) {
    if (weighs) whole = part;
    return;
  }
  add_period(whole.value, part.value);
  add_accounts(whole, part);
  add_sorted(whole.cut, part.cut, [](const CutHolding& cut) { return cut.account; });
}

/// `value_of(one)` is the value that it is about; `add(whole, part)` makes one of two.
template <class T, class ValueOf, class Add>
void unite(std::vector<T>& all, const ValueOf& value_of, const Add& add) {
  std::map<NamedValue, std::size_t> places;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const CommonValue& value = value_of(all[i]);
    if (value.during) {
      const auto [place, fresh] = places.try_emplace(named(value), kept);
      if (!fresh) {
        add(all[place->second], all[i]);
        continue;
      }
    }
    if (kept != i) all[kept] = std::move(all[i]);
    ++kept;
  }
  all.resize(kept);
}

}  // namespace

void unite_periods(std::vector<CommonValue>& values) {
  unite(
      values, [](const CommonValue& value) -> const CommonValue& { return value; },
      [](CommonValue& whole, const CommonValue& part) {
        add_period(whole, part);
        add_sorted(whole.accounts, part.accounts, [](const LinkedAccount& one) { return one; });
      });
}

void unite_periods(std::vector<SharedValue>& values) {
  unite(
      values, [](const SharedValue& shared) -> const CommonValue& { return shared.value; },
      add_shared);
}

}  // namespace tidewaiter
