#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/linkage/evidence_period.h"
#include "policies/linkage/linkage.h"
#include "policies/linkage/number_index.h"

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
/// Memory: an account or a value costs 24 bytes, its text and its place in an index (7 to 13); a
/// holding 28 bytes and a place. What is no longer held leaves its holding for another; accounts,
/// values and kinds stay: of a link with a window a kind for each period in which there was a use
/// (and each source that makes values unique), and a value for each text used in it. Costs: all is
/// constant but for walks, which visit what they visit. Not thread-safe: one thread at a time.
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
    ++holdings_[holding].times;
    return holding;
  }
  /// Takes one saying back; with the last one the holding is gone, and its number free for another.
  void remove(HoldingNumber holding);
  /// How often it has been said, > 0.
  [[nodiscard]] std::uint32_t times(HoldingNumber holding) const {
    return holdings_[holding].times;
  }
  [[nodiscard]] AccountNumber holder(HoldingNumber holding) const {
    return holdings_[holding].account;
  }
  [[nodiscard]] ValueNumber held(HoldingNumber holding) const { return holdings_[holding].value; }

  [[nodiscard]] std::size_t accounts() const { return accounts_.size(); }
  [[nodiscard]] std::size_t values() const { return values_.size(); }
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
    return {texts_.data() + values_[value].offset, values_[value].length};
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
  /// Calls `visit(ValueNumber)` for each value that the account holds.
  template <class Visit>
  void each_value(AccountNumber account, const Visit& visit) const {
    for (HoldingNumber at = accounts_[account].first; at != kNone; at = holdings_[at].next_value) {
      visit(holdings_[at].value);
    }
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(texts_, sources_, source_numbers_, kinds_, kind_numbers_, accounts_, values_, holdings_,
            free_, account_index_, value_index_, holding_index_);
  }

 private:
  struct Account {
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
    std::uint32_t source = 0;
    HoldingNumber first = kNone;
    std::uint32_t values = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(offset, length, source, first, values);
    }
  };
  struct HeldValue {
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
    std::uint32_t kind = 0;
    std::uint32_t holders = 0;
    HoldingNumber first = kNone;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(offset, length, kind, holders, first);
    }
  };
  /// On two lists: that of the value's holders, and that of the account's values.
  struct Holding {
    AccountNumber account = 0;
    ValueNumber value = 0;
    std::uint32_t times = 0;  ///< 0: the number is free
    HoldingNumber next_holder = kNone;
    HoldingNumber last_holder = kNone;
    HoldingNumber next_value = kNone;
    HoldingNumber last_value = kNone;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(account, value, times, next_holder, last_holder, next_value, last_value);
    }
  };

  [[nodiscard]] std::string_view name_text(const Account& account) const {
    return {texts_.data() + account.offset, account.length};
  }
  [[nodiscard]] std::uint64_t account_hash(AccountNumber account) const;
  [[nodiscard]] std::uint64_t value_hash(ValueNumber value) const;
  [[nodiscard]] std::uint64_t holding_hash(HoldingNumber holding) const;
  [[nodiscard]] AccountNumber find_account(std::uint64_t hash, std::uint32_t source,
                                           std::string_view name) const;
  [[nodiscard]] ValueNumber find_value(std::uint64_t hash, std::uint32_t kind,
                                       std::string_view text) const;
  std::uint32_t source_number(std::string_view source);
  HoldingNumber hold(AccountNumber account, ValueNumber value);
  void enlist(HoldingNumber holding);
  void delist(HoldingNumber holding);

  std::string texts_;
  std::vector<std::string> sources_;
  std::map<std::string, std::uint32_t, std::less<>> source_numbers_;
  std::vector<Kind> kinds_;
  std::map<Kind, std::uint32_t> kind_numbers_;
  std::vector<Account> accounts_;
  std::vector<HeldValue> values_;
  std::vector<Holding> holdings_;
  std::vector<HoldingNumber> free_;
  NumberIndex account_index_;
  NumberIndex value_index_;
  NumberIndex holding_index_;
};

}  // namespace tidewaiter
