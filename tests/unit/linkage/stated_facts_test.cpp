// What is written of statements, against a list of them.

#include "policies/linkage/stated_facts.h"

#include <algorithm>
#include <iostream>
#include <limits>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/property/random.h"

namespace tidewaiter {
namespace {

using Stated = std::multiset<std::pair<UtcTime, HoldingNumber>>;

/// Times near each other, far apart, and the first and the last there are.
UtcTime random_time(Random& random) {
  if (random.chance(2)) return UtcTime{std::numeric_limits<std::int64_t>::min()};
  if (random.chance(2)) return UtcTime{std::numeric_limits<std::int64_t>::max()};
  return UtcTime{random.number(-20, 20) * (random.chance(50) ? kDay.us : 1)};
}

void expect_first_time(const StatedFacts& facts, const Stated& stated, HoldingNumber holding) {
  constexpr UtcTime kNever{1};
  FirstStatements first{{holding, kNever}};
  facts.tell_first(first);
  UtcTime expected = kNever;
  for (auto one = stated.rbegin(); one != stated.rend(); ++one) {
    if (one->second == holding) expected = one->first;
  }
  ASSERT_EQ(first.at(holding), expected);
}

void drop_both(StatedFacts& facts, Stated& stated, UtcTime before) {
  std::vector<HoldingNumber> dropped = facts.drop(before);
  std::vector<HoldingNumber> expected;
  while (!stated.empty() && stated.begin()->first < before) {
    expected.push_back(stated.begin()->second);
    stated.erase(stated.begin());
  }
  std::ranges::sort(dropped);
  std::ranges::sort(expected);
  ASSERT_EQ(dropped, expected);
}

void check_statements(std::uint64_t seed) {
  Random random(seed);
  StatedFacts facts;
  Stated stated;
  HoldingNumber fresh = 0;
  for (int i = 0; i < 2'000; ++i) {
    if (random.chance(1)) {
      ASSERT_NO_FATAL_FAILURE(drop_both(facts, stated, random_time(random)));
    } else if (random.chance(60) || stated.empty()) {
      const UtcTime time = random_time(random);
      std::vector<HoldingNumber> holdings;
      for (std::int64_t left = random.number(0, 3); left > 0; --left) {
        const bool is_new = random.chance(50) || fresh == 0;
        holdings.push_back(is_new ? fresh++
                                  : static_cast<HoldingNumber>(random.number(0, fresh - 1)));
        stated.emplace(time, holdings.back());
      }
      facts.state(time, holdings);
    } else {
      auto one = stated.begin();
      std::advance(one, random.number(0, static_cast<std::int64_t>(stated.size()) - 1));
      facts.take_back(one->first, std::vector<HoldingNumber>{one->second});
      stated.erase(one);
    }
    if (i % 50 == 0 && fresh > 0) {
      const auto asked = static_cast<HoldingNumber>(random.number(0, fresh - 1));
      ASSERT_NO_FATAL_FAILURE(expect_first_time(facts, stated, asked)) << i;
    }
  }
  ASSERT_NO_FATAL_FAILURE(
      drop_both(facts, stated, UtcTime{std::numeric_limits<std::int64_t>::max()}));
}

TEST(StatedFacts, AreThoseOfTheList) {
  constexpr std::uint64_t kSeeds = 30;
  std::cout << "seeds 1 to " << kSeeds << "\n";
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    ASSERT_NO_FATAL_FAILURE(check_statements(seed)) << "seed " << seed;
  }
}

TEST(StatedFacts, AreWrittenOnceATime) {
  // A record each minute or hour that says two new things: 4 or 5 bytes for the time, as twice its
  // difference in microseconds takes 27 or 33 bits, and 1 each for the number of things and both.
  for (const auto& [apart, bytes] : {std::pair(kMinute, 7U), std::pair(kHour, 8U)}) {
    StatedFacts facts;
    UtcTime time{0};
    for (HoldingNumber fact = 0; fact < 2'000; fact += 2) {
      time = time + apart;
      facts.state(time, std::vector<HoldingNumber>{fact, fact + 1});
    }
    // Of the first holding, 0, it is 1 less than of those that follow.
    const std::size_t whole = facts.bytes();
    EXPECT_EQ(whole, 1'000U * bytes);
    EXPECT_TRUE(facts.drop(UtcTime{0}).empty());
    EXPECT_EQ(facts.bytes(), whole);
    // Half of it goes: what is left begins with a greater difference.
    EXPECT_EQ(facts.drop(UtcTime{501 * apart.us}).size(), 1'000U);
    EXPECT_LE(facts.bytes(), whole / 2 + 10);
    // Said and taken back until all is written anew.
    const std::size_t half = facts.bytes();
    for (int i = 0; i < 2'000; ++i) {
      facts.state(time, std::vector<HoldingNumber>{5});
      facts.take_back(time, std::vector<HoldingNumber>{5});
    }
    EXPECT_TRUE(facts.drop(UtcTime{0}).empty());
    EXPECT_EQ(facts.bytes(), half);
  }
}

}  // namespace
}  // namespace tidewaiter
