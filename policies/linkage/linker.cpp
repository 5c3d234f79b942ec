#include "policies/linkage/linker.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>
#include <variant>

namespace tidewaiter {
namespace {

FieldId account_field() {
  static const FieldId id = *find_field("account");
  return id;
}

/// The texts that a record has for a field; a list has one for each of its elements.
std::vector<std::string> texts_of(const Record& record, FieldId id) {
  const Value value = field_value(record, id);
  if (is_null(value)) return {};
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return *list;
  return {format_value(value, field(id).type)};
}

}  // namespace

Linker::Linker(Linkage linkage, UtcTime dropped_before)
    : linkage_(std::move(linkage)), dropped_before_(dropped_before) {
  assert(std::ranges::all_of(linkage_.links, [](const Link& link) { return link.at_most >= 2; }));
}

std::vector<ClusterMove> Linker::take(const LogEntry& entry) {
  if (const auto* record = std::get_if<Record>(&entry.body)) {
    // The new version first: what both state never goes away in between.
    state(*record);
    if (entry.replaces) take_back(entry.replaces->record);
  } else if (const auto* dropped = std::get_if<RecordsDropped>(&std::get<Control>(entry.body))) {
    drop(dropped->before);
  }
  return regroup();
}

LinkedAccount Linker::cluster_of(const LinkedAccount& account) const {
  const auto known = account_numbers_.find(account);
  return known == account_numbers_.end() ? account
                                         : accounts_[accounts_[known->second].cluster].name;
}

std::vector<Linker::Fact> Linker::facts_of(const Record& record) {
  std::vector<Fact> facts;
  const Value* const name = find_value(record, account_field());
  if (name == nullptr) return facts;
  for (const Link& link : linkage_.links) {
    for (std::string& text : texts_of(record, link.field)) {
      if (text.empty()) continue;
      std::string source = field(link.field).id_of_source ? record.source : std::string();
      facts.push_back({number_of({record.source, std::get<std::string>(*name)}),
                       number_of(link, std::move(source), std::move(text))});
    }
  }
  return facts;
}

Linker::AccountNumber Linker::number_of(LinkedAccount name) {
  const auto next = static_cast<AccountNumber>(accounts_.size());
  const auto [place, fresh] = account_numbers_.try_emplace(std::move(name), next);
  if (fresh) accounts_.push_back({place->first, next, {}, {next}});
  return place->second;
}

Linker::ValueNumber Linker::number_of(const Link& link, std::string source, std::string text) {
  const auto next = static_cast<ValueNumber>(values_.size());
  const auto [place, fresh] =
      value_numbers_.try_emplace({link.field, std::move(source), std::move(text)}, next);
  if (fresh) values_.push_back({link.at_most, {}});
  return place->second;
}

void Linker::state(const Record& record) {
  if (record.time < dropped_before_) return;
  const std::vector<Fact> facts = facts_of(record);
  if (facts.empty()) return;
  auto& stated = facts_[record.time];
  stated.insert(stated.end(), facts.begin(), facts.end());
  for (const Fact& fact : facts) add(fact);
}

void Linker::take_back(const Record& record) {
  const auto stated = facts_.find(record.time);
  if (stated == facts_.end()) return;  // dropped, or it had none
  for (const Fact& fact : facts_of(record)) {
    const auto place = std::ranges::find(stated->second, fact);
    if (place == stated->second.end()) continue;
    stated->second.erase(place);
    remove(fact);
  }
  if (stated->second.empty()) facts_.erase(stated);
}

void Linker::drop(UtcTime before) {
  dropped_before_ = std::max(dropped_before_, before);
  const auto kept = facts_.lower_bound(dropped_before_);
  for (auto stated = facts_.begin(); stated != kept; ++stated) {
    for (const Fact& fact : stated->second) remove(fact);
  }
  facts_.erase(facts_.begin(), kept);
}

void Linker::add(const Fact& fact) {
  SharedValue& value = values_[fact.value];
  if (value.holders[fact.account]++ > 0) return;
  accounts_[fact.account].values.insert(fact.value);
  note_holders(value);
}

void Linker::remove(const Fact& fact) {
  SharedValue& value = values_[fact.value];
  const auto holder = value.holders.find(fact.account);
  if (--holder->second > 0) return;
  note_holders(value);
  value.holders.erase(holder);
  accounts_[fact.account].values.erase(fact.value);
}

void Linker::note_holders(const SharedValue& value) {
  // Called while the account in question is among the holders: with one more than `at_most` the
  // value did or will link the others. Beyond that it links nobody either way.
  if (value.holders.size() < 2) return;
  if (value.holders.size() > static_cast<std::uint64_t>(value.at_most) + 1) return;
  for (const auto& [account, facts] : value.holders) disturbed_.insert(account);
}

std::vector<Linker::AccountNumber> Linker::reached_from(AccountNumber start) const {
  std::vector<AccountNumber> reached{start};
  std::set<AccountNumber> seen{start};
  std::set<ValueNumber> followed;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for (const ValueNumber number : accounts_[reached[i]].values) {
      const SharedValue& value = values_[number];
      if (!value.links() || !followed.insert(number).second) continue;
      for (const auto& [account, facts] : value.holders) {
        if (seen.insert(account).second) reached.push_back(account);
      }
    }
  }
  return reached;
}

std::vector<ClusterMove> Linker::regroup() {
  // A new cluster is made of whole old ones and of parts of them: no other account is touched.
  std::map<AccountNumber, AccountNumber> before;  // account → its old cluster
  for (const AccountNumber account : std::exchange(disturbed_, {})) {
    const AccountNumber cluster = accounts_[account].cluster;
    for (const AccountNumber member : std::exchange(accounts_[cluster].members, {})) {
      before.emplace(member, cluster);
    }
  }
  std::vector<ClusterMove> moves;
  std::set<AccountNumber> grouped;
  for (const auto& [start, old] : before) {
    if (grouped.contains(start)) continue;
    std::vector<AccountNumber> members = reached_from(start);
    const AccountNumber name = *std::ranges::min_element(
        members, {},
        [this](AccountNumber member) -> const LinkedAccount& { return accounts_[member].name; });
    for (const AccountNumber member : members) {
      grouped.insert(member);
      const AccountNumber from = before.at(member);
      accounts_[member].cluster = name;
      if (from == name) continue;
      moves.push_back({accounts_[member].name, accounts_[from].name, accounts_[name].name});
    }
    accounts_[name].members = std::move(members);
  }
  std::ranges::sort(moves);
  return moves;
}

}  // namespace tidewaiter
