#include "daemon/leads/stix_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<StixComparison> read(std::string_view pattern) {
  auto comparisons = read_stix_pattern(pattern);
  EXPECT_TRUE(comparisons) << pattern;
  return comparisons ? std::move(*comparisons) : std::vector<StixComparison>{};
}

TEST(StixPattern, ReadsWhatIsSaidToBeEqual) {
  const auto one = read("[ ipv4-addr:value = '198.51.100.7' ]");
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].type, "ipv4-addr");
  EXPECT_EQ(one[0].path, "value");
  EXPECT_THAT(one[0].equals, ElementsAre("198.51.100.7"));
  const auto set = read("[user-account:user_id IN ('a', 'b' ,'c')]");
  ASSERT_EQ(set.size(), 1U);
  EXPECT_THAT(set[0].equals, ElementsAre("a", "b", "c"));
}

// Examples of STIX 2.1, section 9.8, and of its prose.
TEST(StixPattern, ReadsThroughAllThatJoinsComparisons) {
  const auto joined = read(
      "([file:hashes.'SHA-256' = 'aec0' AND file:name != 'x'] FOLLOWEDBY "
      "[win-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\foo\\\\bar']) WITHIN 300 SECONDS");
  ASSERT_EQ(joined.size(), 3U);
  EXPECT_EQ(joined[0].path, "hashes.'SHA-256'");
  EXPECT_THAT(joined[1].equals, IsEmpty());
  EXPECT_THAT(joined[2].equals, ElementsAre("HKEY_LOCAL_MACHINE\\foo\\bar"));
  EXPECT_EQ(read("[email-message:from_ref.value MATCHES '.+\\\\@example\\\\.com$' AND "
                 "email-message:body_multipart[*].body_raw_ref.name MATCHES '^Final']")
                .size(),
            2U);
  EXPECT_EQ(read("[(domain-name:value = 'a' OR (ipv4-addr:value = 'b'))] START "
                 "t'2016-06-01T00:00:00Z' STOP t'2016-07-01T00:00:00Z'")
                .size(),
            2U);
  EXPECT_EQ(read("[EXISTS x-house:thing] REPEATS 5 TIMES").size(), 1U);
  EXPECT_EQ(read("[file:size > 25.5 AND file:contains_refs[0].x = b'YQ==']").size(), 2U);
}

TEST(StixPattern, TakesNothingThatIsNegatedOrOnlyLike) {
  for (const char* const pattern :
       {"[user-account:user_id != 'a']", "[user-account:user_id NOT = 'a']",
        "[user-account:user_id NOT IN ('a')]", "[user-account:user_id LIKE 'a%']",
        "[user-account:user_id MATCHES 'a']", "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
        "[user-account:user_id <> 'a']", "[user-account:user_id = 17]"}) {
    const auto comparisons = read(pattern);
    ASSERT_EQ(comparisons.size(), 1U) << pattern;
    EXPECT_THAT(comparisons[0].equals, IsEmpty()) << pattern;
  }
  EXPECT_THAT(read("[user-account:display_name = 'It\\'s me']")[0].equals, ElementsAre("It's me"));
}

TEST(StixPattern, RefusesWhatIsNone) {
  for (const char* const text :
       {"", "[]", "x", "[ipv4-addr:value]", "[ipv4-addr:value = '1]", "[ipv4-addr = 'a']",
        "[ipv4-addr:value = 'a'", "[(ipv4-addr:value = 'a']", "[a:b = 'c' d:e = 'f']",
        "([a:b = 'c']", "[a:b = 'c'])", "[a:b IN ('c']", "[a:b. = 'c']", "[a:b['] = 'c']"}) {
    EXPECT_FALSE(read_stix_pattern(text)) << text;
  }
}

}  // namespace
}  // namespace tidewaiter
