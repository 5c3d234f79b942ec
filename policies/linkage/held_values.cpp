#include "policies/linkage/held_values.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "policies/linkage/free_number.h"
#include "policies/linkage/number_hash.h"

namespace tidewaiter {
namespace {

std::uint64_t pair_hash(AccountNumber account, ValueNumber value) {
  return spread_bits((std::uint64_t{account} << 32 | value) + 0x9E3779B97F4A7C15);
}

}  // namespace

std::uint64_t HeldValues::account_hash(AccountNumber account) const {
  return hash_(name_text(accounts_[account]), accounts_[account].source);
}

std::uint64_t HeldValues::value_hash(ValueNumber value) const {
  return hash_(text(value), values_[value].kind);
}

std::uint64_t HeldValues::holding_hash(HoldingNumber holding) const {
  return pair_hash(holdings_[holding].account, holdings_[holding].value);
}

AccountNumber HeldValues::find_account(std::uint64_t hash, std::uint32_t source,
                                       std::string_view name) const {
  return account_index_.find(hash, [&](AccountNumber one) {
    return accounts_[one].source == source && name_text(accounts_[one]) == name;
  });
}

std::uint32_t HeldValues::source_number(std::string_view source) {
  const auto known = source_numbers_.find(source);
  if (known != source_numbers_.end()) return known->second;
  const auto next = static_cast<std::uint32_t>(sources_.size());
  sources_.emplace_back(source);
  source_numbers_.emplace(source, next);
  return next;
}

std::uint32_t HeldValues::kind_number(const Kind& kind) {
  const auto known = kind_numbers_.find(kind);
  if (known != kind_numbers_.end()) return known->second;
  const std::uint32_t fresh = free_number(kinds_, free_kinds_);
  kinds_[fresh] = kind;
  values_of_kind_.resize(kinds_.size());
  kind_numbers_.emplace(kind, fresh);
  return fresh;
}

AccountNumber HeldValues::account(std::string_view source, std::string_view name) {
  const std::uint32_t group = source_number(source);
  const std::uint64_t hash = hash_(name, group);
  const AccountNumber known = find_account(hash, group, name);
  if (known != kNone) return known;
  const auto next = static_cast<AccountNumber>(accounts_.size());
  if (next == kMostAccounts) throw std::length_error("linkage has room for no more accounts");
  accounts_.push_back({texts_.add(name), group, kNone, 0});
  account_index_.add(hash, next, [&](const auto& put) {
    for (AccountNumber one = 0; one < next; ++one) put(account_hash(one), one);
  });
  return next;
}

AccountNumber HeldValues::find_account(std::string_view source, std::string_view name) const {
  const auto group = source_numbers_.find(source);
  if (group == source_numbers_.end()) return kNone;
  return find_account(hash_(name, group->second), group->second, name);
}

ValueNumber HeldValues::find_value(std::uint64_t hash, std::uint32_t kind,
                                   std::string_view text) const {
  return value_index_.find(
      hash, [&](ValueNumber one) { return values_[one].kind == kind && this->text(one) == text; });
}

ValueNumber HeldValues::find_value(const Kind& kind, std::string_view text) const {
  const auto number = kind_numbers_.find(kind);
  if (number == kind_numbers_.end()) return kNone;
  return find_value(hash_(text, number->second), number->second, text);
}

ValueNumber HeldValues::value(std::uint32_t kind, std::string_view text, ValueNumber alike) {
  const std::uint64_t hash = hash_(text, kind);
  const ValueNumber known = find_value(hash, kind, text);
  if (known != kNone) return known;
  const PackedTexts::Place place = alike == kNone ? texts_.add(text) : values_[alike].text;
  const ValueNumber fresh = free_number(values_, free_values_);
  values_[fresh] = {kNone, kind, 0, kNone};
  value_index_.add(hash, fresh, [this](const auto& put) {
    for (ValueNumber one = 0; one < values_.size(); ++one) {
      if (values_[one].text != kNone) put(value_hash(one), one);
    }
  });
  values_[fresh].text = place;
  ++values_of_kind_[kind];
  return fresh;
}

void HeldValues::free_unheld() {
  for (const ValueNumber number : unheld_) {
    HeldValue& value = values_[number];
    if (value.text == kNone || value.holders > 0) continue;
    value_index_.remove(value_hash(number), number,
                        [this](ValueNumber one) { return value_hash(one); });
    value.text = kNone;
    free_values_.push_back(number);
    if (--values_of_kind_[value.kind] > 0) continue;
    kind_numbers_.erase(kinds_[value.kind]);
    free_kinds_.push_back(value.kind);
  }
  unheld_.clear();
}

HoldingNumber HeldValues::find(AccountNumber account, ValueNumber value) const {
  const Account& own = accounts_[account];
  const HeldValue& held = values_[value];
  if (std::min(own.values, held.holders) > kFew) return find_indexed(account, value);
  HoldingNumber at = kNone;
  if (own.values <= held.holders) {
    at = own.first;
    while (at != kNone && holdings_[at].value != value) at = holdings_[at].next_value;
  } else {
    at = held.first;
    while (at != kNone && holdings_[at].account != account) at = holdings_[at].next_holder;
  }
  return at;
}

HoldingNumber HeldValues::find_indexed(AccountNumber account, ValueNumber value) const {
  return holding_index_.find(pair_hash(account, value), [&](HoldingNumber one) {
    return holdings_[one].account == account && holdings_[one].value == value;
  });
}

HoldingNumber HeldValues::hold(AccountNumber account, ValueNumber value) {
  const HoldingNumber holding = free_number(holdings_, free_);
  holdings_[holding] = {account, value, {}, kNone, kNone, kNone};
  add_holder(holding);
  add_value(holding);
  index_around(holding);
  return holding;
}

void HeldValues::remove(HoldingNumber holding) {
  Holding& own = holdings_[holding];
  own.said.take_back();
  if (own.said.times() > 0) return;
  if (own.said.is_marked()) {
    holding_index_.remove(holding_hash(holding), holding,
                          [this](HoldingNumber one) { return holding_hash(one); });
    own.said.unmark();
  }
  remove_holder(holding);
  remove_value(holding);
  free_.push_back(holding);
}

void HeldValues::index(HoldingNumber holding) {
  Holding& own = holdings_[holding];
  const bool is_of_many = accounts_[own.account].values > kFew && values_[own.value].holders > kFew;
  if (!is_of_many || own.said.is_marked()) return;
  holding_index_.add(holding_hash(holding), holding, [this](const auto& put) {
    for (HoldingNumber one = 0; one < holdings_.size(); ++one) {
      if (holdings_[one].said.is_marked()) put(holding_hash(one), one);
    }
  });
  own.said.mark();
}

void HeldValues::index_around(HoldingNumber holding) {
  const Holding& own = holdings_[holding];
  if (accounts_[own.account].values == kFew + 1) {
    each_holding(own.account, [this](HoldingNumber one) { index(one); });
  }
  if (values_[own.value].holders == kFew + 1) {
    for (HoldingNumber at = values_[own.value].first; at != kNone; at = holdings_[at].next_holder) {
      index(at);
    }
  }
  index(holding);
}

void HeldValues::add_holder(HoldingNumber holding) {
  Holding& own = holdings_[holding];
  HeldValue& value = values_[own.value];
  own.next_holder = value.first;
  if (value.first != kNone) holdings_[value.first].last_holder = holding;
  value.first = holding;
  ++value.holders;
}

void HeldValues::remove_holder(HoldingNumber holding) {
  const Holding& own = holdings_[holding];
  HeldValue& value = values_[own.value];
  (own.last_holder == kNone ? value.first : holdings_[own.last_holder].next_holder) =
      own.next_holder;
  if (own.next_holder != kNone) holdings_[own.next_holder].last_holder = own.last_holder;
  if (--value.holders == 0 && kinds_[value.kind].period.rung > 0) unheld_.push_back(own.value);
}

void HeldValues::add_value(HoldingNumber holding) {
  Holding& own = holdings_[holding];
  Account& account = accounts_[own.account];
  if (account.values == kFew) make_list(account);
  if (++account.values <= kFew) {
    own.next_value = account.first;
    account.first = holding;
    return;
  }
  std::vector<HoldingNumber>& list = lists_[account.first];
  own.next_value = static_cast<std::uint32_t>(list.size());
  list.push_back(holding);
}

void HeldValues::remove_value(HoldingNumber holding) {
  const Holding& own = holdings_[holding];
  Account& account = accounts_[own.account];
  if (account.values > kFew) {
    std::vector<HoldingNumber>& list = lists_[account.first];
    list[own.next_value] = list.back();
    holdings_[list.back()].next_value = own.next_value;
    list.pop_back();
    if (--account.values == kFew) make_chain(account);
    return;
  }
  HoldingNumber* at = &account.first;
  while (*at != holding) at = &holdings_[*at].next_value;
  *at = own.next_value;
  --account.values;
}

void HeldValues::make_list(Account& account) {
  const std::uint32_t number = free_number(lists_, free_lists_);
  std::vector<HoldingNumber>& list = lists_[number];
  for (HoldingNumber at = account.first; at != kNone;) {
    const HoldingNumber next = holdings_[at].next_value;
    holdings_[at].next_value = static_cast<std::uint32_t>(list.size());
    list.push_back(at);
    at = next;
  }
  account.first = number;
}

void HeldValues::make_chain(Account& account) {
  const std::uint32_t number = account.first;
  account.first = kNone;
  for (const HoldingNumber holding : lists_[number]) {
    holdings_[holding].next_value = account.first;
    account.first = holding;
  }
  lists_[number] = {};
  free_lists_.push_back(number);
}

LinkedAccount HeldValues::name(AccountNumber account) const {
  return {sources_[accounts_[account].source], std::string(name_text(accounts_[account]))};
}

bool HeldValues::less(AccountNumber a, AccountNumber b) const {
  const Account& one = accounts_[a];
  const Account& other = accounts_[b];
  const int names = name_text(one).compare(name_text(other));
  return names != 0 ? names < 0 : sources_[one.source] < sources_[other.source];
}

std::pair<AccountNumber, AccountNumber> HeldValues::newest_holders(ValueNumber value) const {
  const Holding& newest = holdings_[values_[value].first];
  const bool alone = newest.next_holder == kNone;
  return {newest.account, alone ? newest.account : holdings_[newest.next_holder].account};
}

}  // namespace tidewaiter
