#include "daemon/sources/owners/statement_cutter.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/property/random.h"
#include "tests/property/seeds.h"
#include "tests/unit/text_stream.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// "line: text" or "line! problem" of each value, and at last the error.
std::vector<std::string> cuts(const std::string& text, std::size_t piece = 7) {
  StatementCutter cutter(std::make_unique<TextStream>(text, piece));
  std::vector<std::string> out;
  for (;;) {
    const auto cut = cutter.next();
    if (!cut) {
      out.push_back("error: " + to_text(cut.error()));
      return out;
    }
    if (!*cut) return out;
    const CutStatement& one = **cut;
    out.push_back(std::to_string(one.line) +
                  (one.problem.empty() ? ": " + std::string(one.text) : "! " + one.problem));
  }
}

TEST(StatementCutter, CutsAnArrayAndLinesAlike) {
  EXPECT_THAT(cuts("[{\"a\":1},\n {\"b\":[{}]} ]\n"),
              ElementsAre("1: {\"a\":1}", "2: {\"b\":[{}]}"));
  EXPECT_THAT(cuts("\xef\xbb\xbf{\"a\":1}\r\n\r\n{\"b\":\n2}\n{\"c\":3}"),
              ElementsAre("1: {\"a\":1}", "3: {\"b\":\n2}", "5: {\"c\":3}"));
  EXPECT_THAT(cuts(""), IsEmpty());
  EXPECT_THAT(cuts(" [ ] "), IsEmpty());
}

TEST(StatementCutter, BracketsWithinTextsAreText) {
  EXPECT_THAT(cuts(R"({"a":"}{][\"}","b":"\\"})"), ElementsAre(R"(1: {"a":"}{][\"}","b":"\\"})"));
}

TEST(StatementCutter, WhatIsNoObjectIsTold) {
  EXPECT_THAT(cuts("{}\nnull\n{}"), ElementsAre("1: {}", "2! it is no JSON object", "3: {}"));
  EXPECT_THAT(cuts("[7,{},\"x\"]"),
              ElementsAre("1! it is no JSON object", "1: {}", "1! it is no JSON object"));
  EXPECT_THAT(cuts("{\"a\":\"b\n{\"c\":1}\n"),
              ElementsAre("1! a text is not closed where its line ends", "2: {\"c\":1}"));
}

TEST(StatementCutter, AFileThatIsCutOffIsNoWholeFile) {
  EXPECT_THAT(cuts("[{},{\"a\":1}"),
              ElementsAre("1: {}", "1: {\"a\":1}", HasSubstr("error: 1: the array is not closed")));
  EXPECT_THAT(cuts("{}\n{\"a\":{"),
              ElementsAre("1: {}", HasSubstr("error: 2: the file ends within the statement")));
  EXPECT_THAT(cuts("[{}]\n{}"), ElementsAre("1: {}", HasSubstr("goes on behind its array")));
  EXPECT_THAT(cuts("[{\"a\":\"b\n\"},{}]"), ElementsAre(HasSubstr("cannot be told apart")));
}

TEST(StatementCutter, ABracketThatAnotherKindClosesEndsWithItsLineOrBreaksTheArray) {
  EXPECT_THAT(cuts("{\"a\":[1}\n{\"b\":2}\n"),
              ElementsAre("1! a bracket is closed by one of another kind", "2: {\"b\":2}"));
  EXPECT_THAT(cuts("{\"a\":{\"b\":1]]} x\n{}"),
              ElementsAre("1! a bracket is closed by one of another kind", "2: {}"));
  EXPECT_THAT(cuts("[{},{\"a\":[1},{}]"),
              ElementsAre("1: {}", HasSubstr("closed by one of another kind: what follows")));
  // Deeper than any statement, brackets are counted alone.
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  EXPECT_THAT(cuts("{\"a\":" + deep + "}{}"), ElementsAre("1: {\"a\":" + deep + "}", "1: {}"));
}

TEST(StatementCutter, ALongOneIsHashedAndPassedOver) {
  const std::string longest =
      "{\"a\":\"" + std::string(StatementCutter::kMaxStatement - 8, 'x') + "\"}";
  ASSERT_EQ(longest.size(), StatementCutter::kMaxStatement);
  const std::string longer = "{\"a\":\"" + std::string(StatementCutter::kMaxStatement, 'x') + "\"}";
  StatementCutter cutter(std::make_unique<TextStream>(longest + longer + "{}", 4096));
  EXPECT_EQ((*cutter.next().value()).text, longest);
  const CutStatement told = *cutter.next().value();
  EXPECT_EQ(told.problem, "it is longer than 1 MiB");
  EXPECT_EQ(told.content, sha256(longer));
  EXPECT_EQ(told.length, static_cast<std::int64_t>(longer.size()));
  EXPECT_EQ((*cutter.next().value()).text, "{}");
}

/// However the bytes come, and whatever they are, it ends, and the values are the same.
TEST(StatementCutter, DoesNotDependOnHowBytesCome) {
  over_random_seeds(200, [](std::uint64_t seed) {
    Random random(seed);
    std::string text = random.chance(50) ? "[" : "";
    for (std::int64_t i = random.number(0, 60); i > 0; --i) {
      text += random.one_of<std::string>({"{", "}", "[", "]", "\"", "\\", ",", "\n", "1", " ", "{}",
                                          "{\"a\":1}", "\"x\"", "\xef"});
    }
    EXPECT_EQ(cuts(text, 1), cuts(text, 65'536)) << text;
  });
}

}  // namespace
}  // namespace tidewaiter
