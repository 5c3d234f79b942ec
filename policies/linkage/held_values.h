#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/linkage/block_vector.h"
#include "policies/linkage/evidence_period.h"
#include "policies/linkage/linkage.h"
#include "policies/linkage/number_index.h"
#include "policies/linkage/packed_texts.h"
#include "policies/linkage/times_said.h"
#include "policies/model/text_hash.h"

namespace tidewaiter {

using AccountNumber = std::uint32_t;
using ValueNumber = std::uint32_t;
/// That one account holds one value.
using HoldingNumber = std::uint32_t;

/// Which accounts hold which values: a graph of two sorts of nodes, all by number in the order in
/// which they came. Texts are kept once, one behind the other. A value is one of a *kind*: the
/// link that it is evidence for, or is not, the period of it in which it is used, and the source
/// where only that makes it unique.
///
/// Memory: an account or a value costs 16 bytes, its text (packed_texts.h) and its place in an
/// index (7 to 10); a holding 24 bytes, more where its account holds more than a few values (11 to
/// 14 of nine, for the list of them, and 4 to 8 of many), and a place where many hold its value,
/// too. Nothing is one allocation for each of many. What is no longer held leaves its holding for
/// another, and of a link with a window its value and its period (free_unheld); accounts, texts,
/// and values that are the same at all times stay. Costs: all is constant but for walks, which
/// visit what they visit. Not thread-safe: one thread at a time.
class HeldValues {
 public:
  static constexpr std::uint32_t kNone = NumberIndex::kNone;

  /// What values are that are compared with each other.
  struct Kind {
    std::uint32_t link = 0;  ///< place among the links of the linkage
    bool excepted = false;   ///< it is on the link's list of exceptions
    EvidencePeriod period;   ///< in which it is used
    std::string source;      ///< empty unless only its source makes a value unique
    auto operator<=>(const Kind&) const = default;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(link, excepted, period.rung, period.index, source);
    }
  };

  /// How many accounts there may be: AccountGroups needs the other bit.
  static constexpr std::uint32_t kMostAccounts = 0x7FFF'FFFF;

  /// Throws std::length_error, as of lack of memory, where there is no number for one more; so do
  /// value(), add() and the texts of both.
  AccountNumber account(std::string_view source, std::string_view name);
  /// kNone, if there is none.
  [[nodiscard]] AccountNumber find_account(std::string_view source, std::string_view name) const;
  std::uint32_t kind_number(const Kind& kind);
  /// kNone, if there is no such value.
  [[nodiscard]] ValueNumber find_value(const Kind& kind, std::string_view text) const;
  /// `kind` is the number of one. `alike` is a value of the same text, which then is kept once;
  /// kNone: none is at hand.
  ValueNumber value(std::uint32_t kind, std::string_view text, ValueNumber alike = kNone);
  /// kNone, if the account does not hold the value now.
  [[nodiscard]] HoldingNumber find(AccountNumber account, ValueNumber value) const;

  /// Says once more that the account holds `value`. Calls `before_first()` if nothing says so yet,
  /// before it is one of the holders.
  template <class BeforeFirst>
  HoldingNumber add(AccountNumber account, ValueNumber value, const BeforeFirst& before_first) {
    HoldingNumber holding = find(account, value);
    if (holding == kNone) {
      before_first();
      holding = hold(account, value);
    }
    holdings_[holding].said.add();
    return holding;
  }
  /// Takes one saying back; with the last one the holding is gone, and its number free for another.
  void remove(HoldingNumber holding);
  /// How often it has been said (times_said.h), > 0.
  [[nodiscard]] std::uint32_t times(HoldingNumber holding) const {
    return holdings_[holding].said.times();
  }
  [[nodiscard]] AccountNumber holder(HoldingNumber holding) const {
    return holdings_[holding].account;
  }
  [[nodiscard]] ValueNumber held(HoldingNumber holding) const { return holdings_[holding].value; }

  /// Makes room for others of the values of periods that nobody holds any more, and of periods that
  /// no value is of. Their numbers are those of others from then on. Costs the values that have
  /// lost their last holder since it was called last.
  void free_unheld();

  [[nodiscard]] std::size_t accounts() const { return accounts_.size(); }
  /// Numbers of values are less; one that is free is that of a value without holders.
  [[nodiscard]] std::size_t values() const { return values_.size(); }
  /// Numbers of kinds are less.
  [[nodiscard]] std::size_t kinds() const { return kinds_.size(); }
  /// How many accounts hold the value now.
  [[nodiscard]] std::uint32_t holders(ValueNumber value) const { return values_[value].holders; }
  /// How many values the account holds now.
  [[nodiscard]] std::uint32_t held_by(AccountNumber account) const {
    return accounts_[account].values;
  }
  /// Both valid until the next kind comes.
  [[nodiscard]] const Kind& kind_of(std::uint32_t number) const { return kinds_[number]; }
  [[nodiscard]] const Kind& kind(ValueNumber value) const { return kinds_[values_[value].kind]; }
  /// Valid until the next account or value comes.
  [[nodiscard]] std::string_view text(ValueNumber value) const {
    return texts_.at(values_[value].text);
  }
  [[nodiscard]] LinkedAccount name(AccountNumber account) const;
  /// The order of LinkedAccount.
  [[nodiscard]] bool less(AccountNumber a, AccountNumber b) const;

  /// Calls `visit(AccountNumber)` for each holder, the one that came last first.
  template <class Visit>
  void each_holder(ValueNumber value, const Visit& visit) const {
    for (HoldingNumber at = values_[value].first; at != kNone; at = holdings_[at].next_holder) {
      visit(holdings_[at].account);
    }
  }
  /// The holder that came last, and the one before it; of fewer than two the same one twice.
  /// REQUIRES: there is one.
  [[nodiscard]] std::pair<AccountNumber, AccountNumber> newest_holders(ValueNumber value) const;
  /// Calls `visit(ValueNumber)` for each value that the account holds, in no order.
  template <class Visit>
  void each_value(AccountNumber account, const Visit& visit) const {
    each_holding(account, [&](HoldingNumber holding) { visit(holdings_[holding].value); });
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(hash_, texts_, sources_, source_numbers_, kinds_, kind_numbers_, values_of_kind_,
            free_kinds_, accounts_, values_, free_values_, unheld_, holdings_, free_, lists_,
            free_lists_, account_index_, value_index_, holding_index_);
  }

 private:
  /// So many holdings are walked over to find one; of more there are lists and an index.
  static constexpr std::uint32_t kFew = 8;

  struct Account {
    PackedTexts::Place name = 0;
    std::uint32_t source = 0;
    /// Of its holdings; where these are more than a few, the number of the list of them.
    std::uint32_t first = kNone;
    std::uint32_t values = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(name, source, first, values);
    }
  };
  struct HeldValue {
    PackedTexts::Place text = 0;  ///< kNone: the number is free
    std::uint32_t kind = 0;
    std::uint32_t holders = 0;
    HoldingNumber first = kNone;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(text, kind, holders, first);
    }
  };
  /// In the chain of the value's holders, both ways, and in that of the account's values.
  struct Holding {
    AccountNumber account = 0;
    ValueNumber value = 0;
    TimesSaid said;  ///< never, if the number is free; with a mark, if the index has it
    HoldingNumber next_holder = kNone;
    HoldingNumber last_holder = kNone;
    /// Of the account; where it holds more than a few, the place in its list.
    std::uint32_t next_value = kNone;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(account, value, said, next_holder, last_holder, next_value);
    }
  };

  /// Calls `visit(HoldingNumber)` for each holding of the account.
  template <class Visit>
  void each_holding(AccountNumber account, const Visit& visit) const {
    const Account& own = accounts_[account];
    if (own.values > kFew) {
      for (const HoldingNumber holding : lists_[own.first]) visit(holding);
      return;
    }
    for (HoldingNumber at = own.first; at != kNone; at = holdings_[at].next_value) visit(at);
  }
  [[nodiscard]] std::string_view name_text(const Account& account) const {
    return texts_.at(account.name);
  }
  [[nodiscard]] std::uint64_t account_hash(AccountNumber account) const;
  [[nodiscard]] std::uint64_t value_hash(ValueNumber value) const;
  [[nodiscard]] std::uint64_t holding_hash(HoldingNumber holding) const;
  [[nodiscard]] AccountNumber find_account(std::uint64_t hash, std::uint32_t source,
                                           std::string_view name) const;
  [[nodiscard]] ValueNumber find_value(std::uint64_t hash, std::uint32_t kind,
                                       std::string_view text) const;
  std::uint32_t source_number(std::string_view source);
  [[nodiscard]] HoldingNumber find_indexed(AccountNumber account, ValueNumber value) const;
  HoldingNumber hold(AccountNumber account, ValueNumber value);
  void add_holder(HoldingNumber holding);
  void remove_holder(HoldingNumber holding);
  void add_value(HoldingNumber holding);
  void remove_value(HoldingNumber holding);
  /// Makes a list of an account's chain of holdings, and a chain of its list.
  void make_list(Account& account);
  void make_chain(Account& account);
  /// Puts what the holding has made many into the index.
  void index_around(HoldingNumber holding);
  void index(HoldingNumber holding);

  TextHash hash_;  ///< of names and values, which are for others to choose
  PackedTexts texts_;
  std::vector<std::string> sources_;
  std::map<std::string, std::uint32_t, std::less<>> source_numbers_;
  std::vector<Kind> kinds_;
  std::map<Kind, std::uint32_t> kind_numbers_;
  std::vector<std::uint32_t> values_of_kind_;  ///< how many there are
  std::vector<std::uint32_t> free_kinds_;
  BlockVector<Account> accounts_;
  BlockVector<HeldValue> values_;
  std::vector<ValueNumber> free_values_;
  std::vector<ValueNumber> unheld_;  ///< of periods, that lost their last holder; some twice
  BlockVector<Holding> holdings_;
  std::vector<HoldingNumber> free_;
  std::vector<std::vector<HoldingNumber>> lists_;  ///< of accounts that hold more than a few values
  std::vector<std::uint32_t> free_lists_;
  NumberIndex account_index_;
  NumberIndex value_index_;
  /// Of holdings whose account holds more than a few values, and whose value more than a few hold.
  /// It may have others that were so once; each has a mark.
  NumberIndex holding_index_;
};

}  // namespace tidewaiter
