// Who holds what, against lists of all holdings: accounts and values of few and of many holdings,
// so that chains become lists and go into the index, and back.

#include "policies/linkage/held_values.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/property/random.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kAccounts = 24;
constexpr std::int64_t kValues = 24;

/// What is held by definition: for each value its holders, the newest first, and how often that has
/// been said.
class ListedHoldings {
 public:
  void add(AccountNumber account, ValueNumber value) {
    if (times_[{account, value}]++ > 0) return;
    holders_[value].insert(holders_[value].begin(), account);
  }
  void remove(AccountNumber account, ValueNumber value) {
    if (--times_[{account, value}] == 0) std::erase(holders_[value], account);
  }
  [[nodiscard]] std::uint32_t times(AccountNumber account, ValueNumber value) {
    return times_[{account, value}];
  }
  [[nodiscard]] const std::vector<AccountNumber>& holders(ValueNumber value) {
    return holders_[value];
  }
  [[nodiscard]] std::vector<ValueNumber> values(AccountNumber account) {
    std::vector<ValueNumber> all;
    for (const auto& [holding, times] : times_) {
      if (holding.first == account && times > 0) all.push_back(holding.second);
    }
    return all;
  }

 private:
  std::map<std::pair<AccountNumber, ValueNumber>, std::uint32_t> times_;
  std::map<ValueNumber, std::vector<AccountNumber>> holders_;
};

void expect_same(const HeldValues& held, ListedHoldings& listed) {
  for (AccountNumber account = 0; account < held.accounts(); ++account) {
    std::vector<ValueNumber> values;
    held.each_value(account, [&](ValueNumber value) { values.push_back(value); });
    std::ranges::sort(values);
    ASSERT_EQ(values, listed.values(account));
    ASSERT_EQ(held.held_by(account), values.size());
    for (ValueNumber value = 0; value < held.values(); ++value) {
      const HoldingNumber holding = held.find(account, value);
      const std::uint32_t times = listed.times(account, value);
      ASSERT_EQ(holding == HeldValues::kNone, times == 0) << account << ", " << value;
      if (times == 0) continue;
      ASSERT_EQ(held.holder(holding), account);
      ASSERT_EQ(held.held(holding), value);
      ASSERT_EQ(held.times(holding), times);
    }
  }
  for (ValueNumber value = 0; value < held.values(); ++value) {
    std::vector<AccountNumber> holders;
    held.each_holder(value, [&](AccountNumber account) { holders.push_back(account); });
    ASSERT_EQ(holders, listed.holders(value));
    ASSERT_EQ(held.holders(value), holders.size());
    if (holders.empty()) continue;
    const std::pair expected(holders.front(), holders[holders.size() > 1 ? 1 : 0]);
    ASSERT_EQ(held.newest_holders(value), expected);
  }
}

void check_holdings(std::uint64_t seed) {
  Random random(seed);
  HeldValues held;
  ListedHoldings listed;
  const std::uint32_t kind = held.kind_number({});
  int adds = 0;  // per cent of what happens now: what is held grows and falls
  for (int i = 0; i < 3'000; ++i) {
    if (i % 300 == 0) adds = i / 300 % 2 == 0 ? 85 : 25;
    // The lesser ones come more often: accounts and values of few and of many holdings.
    const std::int64_t one = random.number(0, random.number(1, kAccounts - 1));
    const std::int64_t other = random.number(0, random.number(1, kValues - 1));
    const AccountNumber account = held.account("s", "a" + std::to_string(one));
    const ValueNumber value = held.value(kind, "v" + std::to_string(other));
    const HoldingNumber holding = held.find(account, value);
    if (random.chance(adds)) {
      bool was_first = false;
      held.add(account, value, [&] { was_first = true; });
      ASSERT_EQ(was_first, listed.times(account, value) == 0);
      listed.add(account, value);
    } else if (holding != HeldValues::kNone) {
      held.remove(holding);
      listed.remove(account, value);
    }
    if (i % 20 != 0) continue;
    ASSERT_NO_FATAL_FAILURE(expect_same(held, listed)) << i;
  }
}

TEST(HeldValues, AreThoseOfTheLists) {
  constexpr std::uint64_t kSeeds = 20;
  std::cout << "seeds 1 to " << kSeeds << "\n";
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    ASSERT_NO_FATAL_FAILURE(check_holdings(seed)) << "seed " << seed;
  }
}

TEST(HeldValues, PeriodsThatAreOverMakeRoom) {
  HeldValues held;
  const std::uint32_t whole = held.kind_number({});
  const AccountNumber account = held.account("s", "a");
  for (std::int64_t period = 0; period < 200; ++period) {
    std::vector<HoldingNumber> holdings;
    for (int i = 0; i < 30; ++i) {
      const std::string text = "v" + std::to_string(i);
      const std::uint32_t kind = held.kind_number({0, false, {1, period}, ""});
      const ValueNumber value = held.value(kind, text, held.value(whole, text));
      holdings.push_back(held.add(account, value, [] {}));
      ASSERT_EQ(held.text(value), text);
    }
    // One that is held again in the same breath stays.
    const ValueNumber kept = held.held(holdings.front());
    for (const HoldingNumber holding : holdings) held.remove(holding);
    const HoldingNumber again = held.add(account, kept, [] {});
    held.free_unheld();
    ASSERT_EQ(held.find_value({0, false, {1, period}, ""}, "v0"), kept);
    ASSERT_EQ(held.find_value({0, false, {1, period}, ""}, "v1"), HeldValues::kNone);
    held.remove(again);
    held.free_unheld();
    ASSERT_EQ(held.find_value({0, false, {1, period}, ""}, "v0"), HeldValues::kNone);
    ASSERT_EQ(held.values(), 60U) << period;
    ASSERT_EQ(held.kinds(), 2U) << period;
  }
  EXPECT_EQ(held.text(held.find_value({}, "v7")), "v7");
}

TEST(HeldValues, AValueOfOneTextInTwoKindsIsTwoValues) {
  HeldValues held;
  const std::uint32_t first = held.kind_number({0, false, {}, ""});
  const std::uint32_t second = held.kind_number({1, false, {}, ""});
  const ValueNumber one = held.value(first, "d-7");
  const ValueNumber other = held.value(second, "d-7", one);
  EXPECT_NE(one, other);
  EXPECT_EQ(held.text(one), "d-7");
  EXPECT_EQ(held.text(other), "d-7");
  EXPECT_EQ(held.find_value({1, false, {}, ""}, "d-7"), other);
  EXPECT_EQ(held.find_value({1, false, {}, ""}, "d-8"), HeldValues::kNone);
}

}  // namespace
}  // namespace tidewaiter
