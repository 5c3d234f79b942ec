// What people have ruled on links, as the linker follows it.

#include <algorithm>

#include "policies/linkage/linker.h"

namespace tidewaiter {

AccountNumber Linker::ruled_account(const RuledAccount& account) {
  const AccountNumber number = held_.account(account.source, account.name);
  groups_.extend(held_.accounts());
  return number;
}

std::vector<ValueNumber> Linker::ruled_values(const std::string& source, const RuledValue& value) {
  std::vector<ValueNumber> values;
  for (std::uint32_t i = 0; i < linkage_.links.size(); ++i) {
    // What stands in a list of exceptions is another value, and weighs nothing anyway.
    if (linkage_.links[i].field != value.field) continue;
    values.push_back(held_.value(kinds_of(source)[i * 2], value.text));
  }
  return values;
}

void Linker::take(const LinkRuled& ruled) {
  if (ruled.lifts()) return lift(ruled.ruling);
  if (!ruled_.insert(ruled.ruling).second) return;
  if (ruled.accounts.size() == 1) return cut(ruled);
  join(ruled);
}

void Linker::note_cut(AccountNumber account, ValueNumber value) {
  const bool counts = held_.find(account, value) != HeldValues::kNone && weight(value) > 0;
  if (counts && !is_cut(account, value)) note_loss(value);
}

void Linker::cut(const LinkRuled& ruled) {
  Ruled& known = rulings_[ruled.ruling];
  const AccountNumber account = ruled_account(ruled.accounts.front());
  for (const RuledValue& named : ruled.values) {
    for (const ValueNumber value : ruled_values(ruled.accounts.front().source, named)) {
      if (std::ranges::find(known.cut, Holding(account, value)) != known.cut.end()) continue;
      known.cut.emplace_back(account, value);
      each_held_in_time(account, value, [&](ValueNumber held) { note_cut(account, held); });
    }
  }
  // After all losses are noted: each was judged by what was joined before.
  for (const Holding& holding : known.cut) {
    std::vector<std::string>& ids = cuts_[holding];
    ids.insert(std::ranges::lower_bound(ids, ruled.ruling), ruled.ruling);
  }
}

void Linker::join(const LinkRuled& ruled) {
  const AccountNumber one = ruled_account(ruled.accounts.front());
  const AccountNumber other = ruled_account(ruled.accounts.back());
  if (one == other) return;
  rulings_[ruled.ruling].joined.emplace_back(one, other);
  joins_[one].push_back(other);
  joins_[other].push_back(one);
  joined_.emplace_back(one, other);
}

void Linker::lift(const std::string& ruling) {
  const auto found = rulings_.find(ruling);
  if (found == rulings_.end()) return;
  const Ruled known = std::move(found->second);
  rulings_.erase(found);
  for (const Holding& holding : known.cut) {
    std::vector<std::string>& ids = cuts_[holding];
    std::erase(ids, ruling);
    if (!ids.empty()) continue;
    cuts_.erase(holding);
    each_held_in_time(holding.first, holding.second,
                      [this](ValueNumber held) { restored_.push_back(held); });
  }
  for (const auto& [one, other] : known.joined) {
    for (const auto& [from, to] : {Pair(one, other), Pair(other, one)}) {
      std::vector<AccountNumber>& others = joins_[from];
      others.erase(std::ranges::find(others, to));
      if (others.empty()) joins_.erase(from);
      parted_.push_back(from);
    }
  }
}

std::vector<std::string> Linker::rulings_joining(AccountNumber a, AccountNumber b) const {
  std::vector<std::string> ids;
  for (const auto& [id, ruled] : rulings_) {
    const bool joins = std::ranges::any_of(
        ruled.joined, [&](const Pair& pair) { return pair == Pair(a, b) || pair == Pair(b, a); });
    if (joins) ids.push_back(id);
  }
  return ids;
}

std::vector<std::string> Linker::cuts_of(const LinkedAccount& account,
                                         const RuledValue& value) const {
  std::vector<std::string> ids;
  const AccountNumber known = held_.find_account(account.source, account.name);
  if (known == HeldValues::kNone) return ids;
  const auto first = cuts_.lower_bound({known, 0});
  for (auto cut = first; cut != cuts_.end() && cut->first.first == known; ++cut) {
    const ValueNumber number = cut->first.second;
    const bool same = linkage_.links[held_.kind(number).link].field == value.field &&
                      held_.text(number) == value.text;
    if (same) ids.insert(ids.end(), cut->second.begin(), cut->second.end());
  }
  return ids;
}

}  // namespace tidewaiter
