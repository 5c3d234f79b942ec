#include "policies/language/text_match.h"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/ip_network.h"

namespace tidewaiter {
namespace {

struct Case {
  const char* pattern;
  const char* value;
  bool want;
};

class Wildcard : public testing::TestWithParam<Case> {};

TEST_P(Wildcard, MatchesAsWritten) {
  EXPECT_EQ(matches_wildcard(GetParam().pattern, GetParam().value, true), GetParam().want)
      << GetParam().pattern << " / " << GetParam().value;
}

INSTANTIATE_TEST_SUITE_P(
    All, Wildcard,
    testing::Values(Case{"", "", true}, Case{"", "a", false}, Case{"*", "", true},
                    Case{"*", "abc", true}, Case{"a*", "abc", true}, Case{"a*", "bac", false},
                    Case{"*c", "abc", true}, Case{"a*c", "abbc", true},
                    Case{"a*b*c", "axbxc", true}, Case{"a*b*c", "axcxb", false},
                    Case{"?", "é", true}, Case{"?", "", false}, Case{"??", "é", false},
                    Case{"a?c", "abc", true}, Case{"**a**", "bab", true},
                    Case{"*aab", "aaaab", true}, Case{R"(\*)", "*", true},
                    Case{R"(\*)", "a", false}, Case{R"(a\?)", "a?", true},
                    Case{R"(a\\b)", R"(a\b)", true}, Case{R"(a\b)", R"(a\b)", true},
                    Case{R"(*\)", R"(x\)", true}, Case{"A", "a", false}));

TEST(Wildcard, FoldsAsciiOnly) {
  EXPECT_TRUE(matches_wildcard("A*Z", "a--z", false));
  EXPECT_FALSE(matches_wildcard("É", "é", false));
}

struct ModeCase {
  const char* name;
  TextPattern::Mode mode;
  bool cased;
  const char* pattern;
  std::vector<std::string_view> yes;
  std::vector<std::string_view> no;
};

class Matcher : public testing::TestWithParam<ModeCase> {};

TEST_P(Matcher, AnswersForManyValues) {
  const ModeCase& c = GetParam();
  const TextPattern pattern{c.mode, c.cased, c.pattern};
  const TextMatcher matcher(pattern);
  for (const std::string_view value : c.yes) {
    EXPECT_TRUE(matcher.matches(value)) << value;
    EXPECT_TRUE(matches_text(pattern, value)) << value;
  }
  for (const std::string_view value : c.no) {
    EXPECT_FALSE(matcher.matches(value)) << value;
    EXPECT_FALSE(matches_text(pattern, value)) << value;
  }
}

using enum TextPattern::Mode;
INSTANTIATE_TEST_SUITE_P(
    All, Matcher,
    testing::Values(ModeCase{"Equals", kEquals, true, "Ab", {"Ab"}, {"ab", "Abc", ""}},
                    ModeCase{"EqualsFolded", kEquals, false, "Ab", {"Ab", "aB"}, {"abc", "É"}},
                    ModeCase{"Contains", kContains, false, "Ab", {"xaBx"}, {"a b", ""}},
                    ModeCase{"StartsWith", kStartsWith, true, "Ab", {"Abc"}, {"abc", "xAb"}},
                    ModeCase{"EndsWith", kEndsWith, false, "Ab", {"xab"}, {"abx"}},
                    ModeCase{"Wildcard", kWildcard, false, "A?c*", {"abC", "axcd"}, {"ac"}},
                    ModeCase{"Regex", kRegex, true, "^A.c", {"Abcd"}, {"abcd", "xAbc"}},
                    ModeCase{"RegexFolded", kRegex, false, "É", {"xéx"}, {"e"}},
                    ModeCase{"NotARegex", kRegex, true, "(", {}, {"(", ""}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(IpNetwork, HoldsItsAddresses) {
  const auto inside = [](const char* network, const char* address) {
    return contains(*parse_network(network), *parse_ip(address));
  };
  EXPECT_TRUE(inside("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(inside("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(inside("192.0.2.128/25", "192.0.2.128"));
  EXPECT_FALSE(inside("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(inside("0.0.0.0/0", "8.8.8.8"));
  EXPECT_TRUE(inside("10.0.0.0/8", "::ffff:10.1.2.3"));
  EXPECT_TRUE(inside("2001:db8::/32", "2001:db8:ffff::1"));
  EXPECT_FALSE(inside("2001:db8::/32", "2001:db9::1"));
  EXPECT_FALSE(inside("::/0", "10.0.0.1")) << "IPv6 networks are about IPv6 addresses";
  EXPECT_FALSE(inside("0.0.0.0/0", "2001:db8::1"));
}

TEST(IpNetwork, RefusesWhatIsNone) {
  for (const char* bad : {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129",
                          "10.0.0/8", "10.0.0.0/8 ", "[::1]/128", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(parse_network(bad)) << bad;
  }
  EXPECT_FALSE(is_exact(*parse_network("10.0.0.1/8")));
  EXPECT_TRUE(is_exact(*parse_network("10.0.0.1/32")));
  EXPECT_FALSE(is_exact(*parse_network("2001:db8::1/32")));
}

}  // namespace
}  // namespace tidewaiter
