#include "policies/linkage/linker.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

#include "policies/linkage/part_search.h"

namespace tidewaiter {
namespace {

FieldId account_field() {
  static const FieldId id = *find_field("account");
  return id;
}

/// Visits the texts that a record has for a field; a list has one for each of its elements.
template <class Visit>
void each_text(const Record& record, FieldId id, const Visit& visit) {
  const Value* const value = find_value(record, id);
  if (value == nullptr) return;
  if (const auto* list = std::get_if<std::vector<std::string>>(value)) {
    for (const std::string& text : *list) visit(text);
  } else if (const auto* text = std::get_if<std::string>(value)) {
    visit(*text);
  } else {
    visit(format_value(*value, field(id).type));
  }
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
  const AccountNumber known = held_.find_account(account.source, account.name);
  if (known == HeldValues::kNone) return account;
  return held_.name(groups_.least(groups_.of(known)));
}

std::int64_t Linker::size_around(const LinkedAccount& account) const {
  const AccountNumber known = held_.find_account(account.source, account.name);
  return known == HeldValues::kNone ? 1 : groups_.size(groups_.of(known));
}

bool Linker::links(ValueNumber value) const {
  const std::int64_t holders = held_.holders(value);
  return holders >= 2 && holders <= linkage_.links[held_.kind(value).link].at_most;
}

CommonValue Linker::common_value(ValueNumber value) const {
  const HeldValues::Kind& kind = held_.kind(value);
  CommonValue common{
      linkage_.links[kind.link].field, kind.source, std::string(held_.text(value)), {}};
  common.accounts.reserve(held_.holders(value));
  held_.each_holder(value,
                    [&](AccountNumber account) { common.accounts.push_back(held_.name(account)); });
  std::ranges::sort(common.accounts);
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

std::vector<AccountCluster> Linker::clusters() const {
  std::unordered_map<GroupNumber, std::size_t> places;
  std::vector<AccountCluster> all;
  for (const ValueNumber value : values_in_order([&](ValueNumber one) { return links(one); })) {
    const GroupNumber group = groups_.of(held_.newest_holders(value).first);
    const auto [place, fresh] = places.try_emplace(group, all.size());
    if (fresh) {
      AccountCluster& cluster = all.emplace_back();
      cluster.name = held_.name(groups_.least(group));
      groups_.each_member(
          group, [&](AccountNumber member) { cluster.accounts.push_back(held_.name(member)); });
      std::ranges::sort(cluster.accounts);
    }
    all[place->second].links.push_back(common_value(value));
  }
  std::ranges::sort(all, [](const AccountCluster& a, const AccountCluster& b) {
    return a.accounts.size() != b.accounts.size() ? a.accounts.size() > b.accounts.size()
                                                  : a.name < b.name;
  });
  return all;
}

std::vector<CommonValue> Linker::too_common() const {
  std::vector<CommonValue> all;
  for (const ValueNumber value :
       values_in_order([&](ValueNumber one) { return held_.holders(one) >= 2 && !links(one); })) {
    all.push_back(common_value(value));
  }
  std::ranges::stable_sort(all, [](const CommonValue& a, const CommonValue& b) {
    return a.accounts.size() > b.accounts.size();
  });
  return all;
}

template <class Fact>
void Linker::each_fact(const Record& record, const Fact& fact) {
  const Value* const name = find_value(record, account_field());
  if (name == nullptr) return;
  AccountNumber account = HeldValues::kNone;
  for (std::uint32_t i = 0; i < linkage_.links.size(); ++i) {
    const FieldId id = linkage_.links[i].field;
    each_text(record, id, [&](const std::string& text) {
      if (text.empty()) return;
      if (account == HeldValues::kNone) {
        account = held_.account(record.source, std::get<std::string>(*name));
        groups_.extend(held_.accounts());
      }
      fact(account, held_.value(kinds_of(record.source)[i], text));
    });
  }
}

const std::vector<std::uint32_t>& Linker::kinds_of(const std::string& source) {
  if (kinds_.size() == linkage_.links.size() && source == kinds_source_) return kinds_;
  kinds_source_ = source;
  kinds_.clear();
  for (std::uint32_t i = 0; i < linkage_.links.size(); ++i) {
    const bool is_of_source = field(linkage_.links[i].field).id_of_source;
    kinds_.push_back(held_.kind_number({i, is_of_source ? source : std::string()}));
  }
  return kinds_;
}

void Linker::state(const Record& record) {
  if (record.time < dropped_before_) return;
  stated_.clear();
  each_fact(record, [this](AccountNumber account, ValueNumber value) { add(account, value); });
  facts_.state(record.time, stated_);
}

void Linker::take_back(const Record& record) {
  if (record.time < dropped_before_) return;
  stated_.clear();
  each_fact(record, [this](AccountNumber account, ValueNumber value) {
    const HoldingNumber holding = held_.find(account, value);
    if (holding != HeldValues::kNone) stated_.push_back(holding);
  });
  facts_.take_back(record.time, stated_);
  for (const HoldingNumber holding : stated_) remove(holding);
}

void Linker::drop(UtcTime before) {
  dropped_before_ = std::max(dropped_before_, before);
  for (const HoldingNumber holding : facts_.drop(dropped_before_)) remove(holding);
}

void Linker::add(AccountNumber account, ValueNumber value) {
  stated_.push_back(held_.add(account, value, [&] {
    const std::int64_t most = linkage_.links[held_.kind(value).link].at_most;
    if (held_.holders(value) == most) note_loss(value);  // one too many
    gained_.push_back(value);
  }));
}

void Linker::remove(HoldingNumber holding) {
  const ValueNumber value = held_.held(holding);
  const bool is_last = held_.times(holding) == 1;
  const bool linked = links(value);
  if (is_last && linked) note_loss(value);
  held_.remove(holding);
  if (is_last && !linked && links(value)) restored_.push_back(value);
}

void Linker::note_loss(ValueNumber value) {
  // All of them: which of them keep a link is known after the whole entry.
  held_.each_holder(value, [this](AccountNumber account) { parted_.push_back(account); });
}

void Linker::split(GroupNumber group, const std::vector<AccountNumber>& parted) {
  std::unordered_set<ValueNumber> followed;
  const PartSearch::Linked linked = [&](AccountNumber account, const auto& visit) {
    held_.each_value(account, [&](ValueNumber value) {
      if (!links(value) || !followed.insert(value).second) return;
      held_.each_holder(value, [&](AccountNumber other) {
        if (groups_.of(other) == group) visit(other);  // a new link joins others later
      });
    });
  };
  const std::vector<std::vector<AccountNumber>> parts = PartSearch(parted, linked).parts();
  if (!parts.empty()) groups_.part(group, parts, held_);
}

void Linker::split_parted() {
  if (parted_.empty()) return;
  std::vector<std::pair<GroupNumber, AccountNumber>> parted;
  parted.reserve(parted_.size());
  for (const AccountNumber account : parted_) parted.emplace_back(groups_.of(account), account);
  parted_.clear();
  std::ranges::sort(parted);
  parted.erase(std::unique(parted.begin(), parted.end()), parted.end());
  for (auto first = parted.begin(); first != parted.end();) {
    std::vector<AccountNumber> accounts;
    const GroupNumber group = first->first;
    for (; first != parted.end() && first->first == group; ++first) {
      accounts.push_back(first->second);
    }
    if (accounts.size() > 1) split(group, accounts);
  }
}

void Linker::join_holders(ValueNumber value) {
  const AccountNumber first = held_.newest_holders(value).first;
  held_.each_holder(value, [&](AccountNumber account) { groups_.join(first, account, held_); });
}

std::vector<ClusterMove> Linker::regroup() {
  // What is lost first: then every cluster is linked within itself, and new links join whole ones.
  split_parted();
  for (const ValueNumber value : gained_) {
    if (!links(value)) continue;
    // The others were linked before, or there is one other.
    const auto [newest, other] = held_.newest_holders(value);
    groups_.join(newest, other, held_);
  }
  gained_.clear();
  for (const ValueNumber value : restored_) {
    if (links(value)) join_holders(value);
  }
  restored_.clear();
  return groups_.take_moves(held_);
}

}  // namespace tidewaiter
