#include "policies/model/did_you_mean.h"

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

}  // namespace
}  // namespace tidewaiter
