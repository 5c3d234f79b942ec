#include "policies/linkage/held_values.h"

#include <functional>
#include <tuple>

#include "policies/linkage/free_number.h"
#include "policies/linkage/number_hash.h"

namespace tidewaiter {
namespace {

std::uint64_t text_hash(std::string_view text, std::uint32_t group) {
  return spread_bits(std::hash<std::string_view>{}(text) + group * 0x9E3779B97F4A7C15);
}

std::uint64_t pair_hash(AccountNumber account, ValueNumber value) {
  return spread_bits((std::uint64_t{account} << 32 | value) + 0x9E3779B97F4A7C15);
}

}  // namespace

std::uint64_t HeldValues::account_hash(AccountNumber account) const {
  return text_hash(name_text(accounts_[account]), accounts_[account].source);
}

std::uint64_t HeldValues::value_hash(ValueNumber value) const {
  return text_hash(text(value), values_[value].kind);
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
  const auto [place, fresh] =
      kind_numbers_.try_emplace(kind, static_cast<std::uint32_t>(kinds_.size()));
  if (fresh) kinds_.push_back(kind);
  return place->second;
}

AccountNumber HeldValues::account(std::string_view source, std::string_view name) {
  const std::uint32_t group = source_number(source);
  const std::uint64_t hash = text_hash(name, group);
  const AccountNumber known = find_account(hash, group, name);
  if (known != kNone) return known;
  const auto next = static_cast<AccountNumber>(accounts_.size());
  accounts_.push_back({texts_.size(), static_cast<std::uint32_t>(name.size()), group, kNone, 0});
  texts_ += name;
  account_index_.add(hash, next, [&](const auto& put) {
    for (AccountNumber one = 0; one < next; ++one) put(account_hash(one), one);
  });
  return next;
}

AccountNumber HeldValues::find_account(std::string_view source, std::string_view name) const {
  const auto group = source_numbers_.find(source);
  if (group == source_numbers_.end()) return kNone;
  return find_account(text_hash(name, group->second), group->second, name);
}

ValueNumber HeldValues::find_value(std::uint64_t hash, std::uint32_t kind,
                                   std::string_view text) const {
  return value_index_.find(
      hash, [&](ValueNumber one) { return values_[one].kind == kind && this->text(one) == text; });
}

ValueNumber HeldValues::find_value(const Kind& kind, std::string_view text) const {
  const auto number = kind_numbers_.find(kind);
  if (number == kind_numbers_.end()) return kNone;
  return find_value(text_hash(text, number->second), number->second, text);
}

ValueNumber HeldValues::value(std::uint32_t kind, std::string_view text, ValueNumber alike) {
  const std::uint64_t hash = text_hash(text, kind);
  const ValueNumber known = find_value(hash, kind, text);
  if (known != kNone) return known;
  const auto next = static_cast<ValueNumber>(values_.size());
  const std::uint64_t offset = alike == kNone ? texts_.size() : values_[alike].offset;
  if (alike == kNone) texts_ += text;
  values_.push_back({offset, static_cast<std::uint32_t>(text.size()), kind, 0, kNone});
  value_index_.add(hash, next, [&](const auto& put) {
    for (ValueNumber one = 0; one < next; ++one) put(value_hash(one), one);
  });
  return next;
}

HoldingNumber HeldValues::find(AccountNumber account, ValueNumber value) const {
  return holding_index_.find(pair_hash(account, value), [&](HoldingNumber one) {
    return holdings_[one].account == account && holdings_[one].value == value;
  });
}

HoldingNumber HeldValues::hold(AccountNumber account, ValueNumber value) {
  const HoldingNumber holding = free_number(holdings_, free_);
  holding_index_.add(pair_hash(account, value), holding, [this](const auto& put) {
    for (HoldingNumber one = 0; one < holdings_.size(); ++one) {
      if (holdings_[one].times > 0) put(holding_hash(one), one);
    }
  });
  holdings_[holding] = {account, value, 0, kNone, kNone, kNone, kNone};
  enlist(holding);
  return holding;
}

void HeldValues::remove(HoldingNumber holding) {
  if (--holdings_[holding].times > 0) return;
  holding_index_.remove(holding_hash(holding), holding,
                        [this](HoldingNumber one) { return holding_hash(one); });
  delist(holding);
  free_.push_back(holding);
}

void HeldValues::enlist(HoldingNumber holding) {
  Holding& own = holdings_[holding];
  HeldValue& value = values_[own.value];
  Account& account = accounts_[own.account];
  own.next_holder = value.first;
  own.next_value = account.first;
  if (value.first != kNone) holdings_[value.first].last_holder = holding;
  if (account.first != kNone) holdings_[account.first].last_value = holding;
  value.first = holding;
  account.first = holding;
  ++value.holders;
  ++account.values;
}

void HeldValues::delist(HoldingNumber holding) {
  const Holding& own = holdings_[holding];
  HeldValue& value = values_[own.value];
  Account& account = accounts_[own.account];
  (own.last_holder == kNone ? value.first : holdings_[own.last_holder].next_holder) =
      own.next_holder;
  (own.last_value == kNone ? account.first : holdings_[own.last_value].next_value) = own.next_value;
  if (own.next_holder != kNone) holdings_[own.next_holder].last_holder = own.last_holder;
  if (own.next_value != kNone) holdings_[own.next_value].last_value = own.last_value;
  --value.holders;
  --account.values;
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
