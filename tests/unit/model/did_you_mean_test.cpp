#include "policies/model/did_you_mean.h"

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(DidYouMean, KnowsNearWords) {
  const std::vector<std::string_view> words = {"select", "severity", "kind", "title"};
  EXPECT_EQ(did_you_mean("selct", words), "select");
  EXPECT_EQ(did_you_mean("sleect", words), "select");
  EXPECT_EQ(did_you_mean("severtiy", words), "severity");
  EXPECT_EQ(did_you_mean("kidn", words), "kind") << "a swap is one step";
  EXPECT_EQ(did_you_mean("knd", words), "kind");
  EXPECT_EQ(did_you_mean("nd", words), std::nullopt) << "short words: one step only";
  EXPECT_EQ(did_you_mean("window", words), std::nullopt);
}

TEST(DidYouMean, KnowsWordsInTheOtherCase) {
  const std::vector<std::string_view> words = {"hugh", "high", "policy"};
  EXPECT_EQ(did_you_mean("HIGH", words), "high");
  EXPECT_EQ(only_near("HIGH", words), "high") << "nothing is as near as the same letters";
  EXPECT_EQ(did_you_mean("Policy", words), "policy");
  EXPECT_EQ(only_near("High", std::vector<std::string_view>{"high", "HIGH"}), std::nullopt);
}

TEST(MisspellingOf, IsOneSlipInAWord) {
  const std::vector<std::string_view> words = {"max",   "min", "region", "model",
                                               "count", "lt",  "re"};
  EXPECT_EQ(misspelling_of("regoin", words), "region") << "neighbours swapped";
  EXPECT_EQ(misspelling_of("modl", words), std::nullopt) << "four letters";
  EXPECT_EQ(misspelling_of("modell", words), "model");
  EXPECT_EQ(misspelling_of("mxa", words), "max") << "swapped in a short word";
  EXPECT_EQ(misspelling_of("MODEL", words), "model");
  EXPECT_EQ(misspelling_of("mad", words), std::nullopt) << "may be a word of its own";
  EXPECT_EQ(misspelling_of("ne", words), std::nullopt);
  EXPECT_EQ(misspelling_of("rgoin", words), std::nullopt) << "two slips";
}

TEST(DidYouMean, GivesTheFirstOfEquallyNearWords) {
  const std::vector<std::string_view> words = {"window_b", "window_a"};
  EXPECT_EQ(did_you_mean("window_c", words), "window_b");
}

TEST(DidYouMean, HasNothingToSayOfAWordThatIsThere) {
  const std::vector<std::string_view> words = {"select"};
  EXPECT_EQ(did_you_mean("select", words), std::nullopt);
  EXPECT_EQ(did_you_mean("", words), std::nullopt);
}

/// All places of the table of optimal string alignment, by its definition.
std::size_t whole_distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> at(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) at[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) at[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      at[i][j] = std::min(
          {at[i - 1][j] + 1, at[i][j - 1] + 1, at[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        at[i][j] = std::min(at[i][j], at[i - 2][j - 2] + 1);
      }
    }
  }
  return at[a.size()][b.size()];
}

// Only the places near the diagonal are looked at: what is near is near all the same.
TEST(DidYouMeanProperty, IsNearWhereTheWholeTableSaysSo) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  std::mt19937_64 random(seed);
  const auto word = [&random] {
    std::string out(1 + random() % 9, 'a');
    for (char& c : out) c = static_cast<char>('a' + random() % 3);
    return out;
  };
  int near = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string wanted = word();
    const std::string candidate = word();
    if (wanted == candidate) continue;
    const std::vector<std::string_view> candidates = {candidate};
    const bool is_near = whole_distance(wanted, candidate) <= (wanted.size() < 5 ? 1U : 2U);
    ASSERT_EQ(did_you_mean(wanted, candidates).has_value(), is_near) << wanted << " " << candidate;
    near += is_near ? 1 : 0;
  }
  EXPECT_GT(near, 500);
}

}  // namespace
}  // namespace tidewaiter
