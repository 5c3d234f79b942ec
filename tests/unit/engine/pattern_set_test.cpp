// Many patterns in one pass, against each by itself.

#include "policies/engine/pattern_set.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/language/text_match.h"

namespace tidewaiter {
namespace {

using Mode = TextPattern::Mode;

/// Every way of comparing, with what could be taken for something else: case, accents, the sign of
/// Kelvin (which some call a k), bytes that are no UTF-8, signs of expressions.
std::vector<TextPattern> all_patterns() {
  const std::vector<std::string> literals = {
      "",   "a",      "Agent", "agent", "\xC3\x84gent", "a.b", "(x",
      "\\", "curl/8", "\xFF",  "k",     "\xE2\x84\xAA"};
  std::vector<TextPattern> all;
  for (const bool cased : {true, false}) {
    for (const Mode mode : {Mode::kEquals, Mode::kContains, Mode::kStartsWith, Mode::kEndsWith}) {
      for (const std::string& literal : literals) all.push_back({mode, cased, literal});
    }
    for (const char* const regex : {"", "^a", "gent$", R"([0-9]+\.1)", "(curl|wget)/", "a{2,3}",
                                    "(", "^$", "(?i)AGENT", R"(\bk\b)"}) {
      all.push_back({Mode::kRegex, cased, regex});
    }
    for (const char* const wildcard : {"*", "a*", "*gent", "?gent", "a?b"}) {
      all.push_back({Mode::kWildcard, cased, wildcard});
    }
  }
  return all;
}

std::vector<std::string> some_texts() {
  return {"",
          "a",
          "A",
          "agent",
          "AGENT",
          "my agent k",
          "a.b",
          "axb",
          "(x",
          R"(back\slash)",
          "aa",
          "curl/8.1",
          "wget",
          "\xC3\x84gent",
          "\xC3\xA4gent",
          "K",
          "\xE2\x84\xAA",
          "\xFFx",
          "x1" + std::string(300, 'z') + "y",
          "no\nline",
          std::string(5000, 'a')};
}

std::vector<std::uint32_t> one_by_one(const std::vector<TextPattern>& patterns,
                                      const std::string& text) {
  std::vector<std::uint32_t> marks;
  for (std::uint32_t i = 0; i < patterns.size(); ++i) {
    if (matches_text(patterns[i], text)) marks.push_back(i);
  }
  return marks;
}

void expect_alike(const std::vector<TextPattern>& patterns) {
  PatternSet set;
  for (std::uint32_t i = 0; i < patterns.size(); ++i) set.add(patterns[i], i);
  for (const std::string& text : some_texts()) {
    std::vector<std::uint32_t> marks;
    set.match(text, marks);
    std::ranges::sort(marks);
    EXPECT_EQ(marks, one_by_one(patterns, text)) << "`" << text << "`";
  }
}

TEST(PatternSet, MatchesAsEachPatternByItself) { expect_alike(all_patterns()); }

// Below four of a sort each is looked for by itself.
TEST(PatternSet, FewPatternsMatchAsMany) {
  const std::vector<TextPattern> all = all_patterns();
  for (std::size_t i = 0; i + 3 <= all.size(); i += 3) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(i);
    expect_alike({first, first + 3});
  }
}

// Their automaton would need more room than it may have: each is then looked for by itself.
TEST(PatternSet, WhatFitsIntoNoSetIsFoundAllTheSame) {
  std::vector<TextPattern> patterns;
  for (int i = 0; i < 40; ++i) {
    patterns.push_back({Mode::kRegex, true, "x" + std::to_string(i) + ".{0,900}y"});
  }
  patterns.push_back({Mode::kContains, true, "agent"});
  expect_alike(patterns);
}

}  // namespace
}  // namespace tidewaiter
