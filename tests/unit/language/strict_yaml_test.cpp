#include "policies/language/strict_yaml.h"

#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;

struct Read {
  std::vector<YamlNode> documents;
  std::vector<Diagnostic> diagnostics;
};

Read read(std::string_view text) {
  Read result;
  result.documents = YamlText("a.yaml", text).parse(result.diagnostics);
  return result;
}

TEST(StrictYaml, KeepsWhatWasWrittenAndWhere) {
  const Read result = read("a: 1\nb:\n  - 'x y'\n  - ~\nclé: {d: \"q\"}\n");
  ASSERT_TRUE(result.diagnostics.empty());
  ASSERT_EQ(result.documents.size(), 1U);
  const YamlNode& root = result.documents[0];
  ASSERT_EQ(root.members.size(), 3U);
  EXPECT_EQ(root.members[0].second.scalar, "1");
  EXPECT_FALSE(root.members[0].second.quoted);
  EXPECT_EQ(root.members[0].second.span.column, 4);
  const YamlNode& list = root.members[1].second;
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_TRUE(list.items[0].quoted);
  EXPECT_EQ(list.items[0].span.line, 3);
  EXPECT_EQ(list.items[0].span.column, 5);
  EXPECT_EQ(list.items[0].span.length, 5) << "quotes and all";
  EXPECT_EQ(list.items[1].kind, YamlNode::Kind::kNull);
  const YamlNode& inner = root.members[2].second;
  EXPECT_EQ(inner.members[0].first.span.column, 7) << "code points, not bytes";
}

TEST(StrictYaml, ReadsEveryDocumentOfAStream) {
  const Read result = read("a: 1\n---\nb: 2\n...\n---\nc: 3\n");
  ASSERT_EQ(result.documents.size(), 3U);
  EXPECT_EQ(result.documents[2].members[0].first.span.line, 6);
}

TEST(StrictYaml, TellsOfOtherLineEndsAndVersions) {
  const Read lone = read("a: 1\rb: 2\r");
  ASSERT_EQ(lone.diagnostics.size(), 1U);
  EXPECT_EQ(lone.diagnostics[0].code, "TW0001");
  EXPECT_EQ(lone.diagnostics[0].message, "not YAML: a carriage return alone ends no line here");
  EXPECT_EQ(lone.diagnostics[0].span.column, 5);
  EXPECT_TRUE(read("a: 1\r\nb: 2\r\n").diagnostics.empty());

  const Read old = read("# head\n%YAML 1.1\n---\na: no\n");
  ASSERT_EQ(old.diagnostics.size(), 1U);
  EXPECT_EQ(old.diagnostics[0].code, "TW0001");
  EXPECT_EQ(old.diagnostics[0].span.line, 2);
  EXPECT_TRUE(old.documents.empty());
  EXPECT_EQ(read("%YAML 1.2\n---\na: 1\n").documents.size(), 1U);
  EXPECT_EQ(read("a: |\n  %YAML 1.1\n").documents.size(), 1U);
}

std::string repeated(std::string_view unit, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += unit;
  return text;
}

struct RefusedCase {
  const char* name;
  std::string text;
  const char* place;
};

class Refused : public testing::TestWithParam<RefusedCase> {};

TEST_P(Refused, WithCodeAndPlace) {
  const Read result = read(GetParam().text);
  EXPECT_THAT(places_of(result.diagnostics), testing::Contains(GetParam().place));
}

INSTANTIATE_TEST_SUITE_P(
    All, Refused,
    testing::Values(
        RefusedCase{"DuplicateKey", "a: 1\nb: 2\na: 3\n", "TW0005 3:1+1"},
        RefusedCase{"DuplicateInFlow", "x: {aé: 1, aé: 2}\n", "TW0005 1:12+2"},
        RefusedCase{"Anchor", "a: &x 1\n", "TW0006 1:4+1"},
        RefusedCase{"Alias", "a: &x 1\nb: *x\n", "TW0006 2:4+1"},
        RefusedCase{"UnknownAlias", "a: *abc\n", "TW0006 1:4+1"},
        RefusedCase{"Tag", "a: !!str 1\n", "TW0007 1:4+1"},
        RefusedCase{"BareTag", "a: ! 1\n", "TW0007 1:4+1"},
        RefusedCase{"ListAsKey", "[a]: 1\n", "TW0008 1:1+1"},
        RefusedCase{"NullAsKey", "~: 1\n", "TW0008 1:1+1"},
        RefusedCase{"Depth", std::string(33, '[') + std::string(33, ']'), "TW0009 1:33+1"},
        RefusedCase{"Syntax", "a: [1, 2\nb: 3\n", "TW0001 1:4+1"},
        // yaml-cpp 0.7 gives empty documents for these without end.
        RefusedCase{"CommaAlone", ",", "TW0001 1:1+1"},
        RefusedCase{"CommaAfterTheRoot", "{policy: a},", "TW0001 1:12+1"},
        RefusedCase{"CommaInALaterDocument", "policy: a\n---\n,", "TW0001 3:1+1"},
        RefusedCase{"BracketAlone", "]", "TW0001 1:1+1"},
        RefusedCase{"TooLarge", repeated(" \n", 262'145), "TW0002 1:1+1"},
        RefusedCase{"LongLine", "a: b\nc: " + std::string(65'534, 'd') + "\n", "TW0002 2:1+1"},
        // The list, one document and 16,382 values are as many as there may be.
        RefusedCase{"ManyValues", repeated("- a\n", 16'383), "TW0002 16383:3+1"},
        RefusedCase{"LongComment", "a: b\n" + repeated("# c\n", 18'000) + "d: e\n", "TW0002 1:4+1"},
        RefusedCase{"LongBrackets", "a: b\nc:\n  [" + repeated("d,\n", 24'000), "TW0002 2:1+1"},
        RefusedCase{"LongBlock", "a: b\nc: |\n" + repeated("  d\n", 18'000), "TW0002 2:1+1"},
        RefusedCase{"ManyDocuments", repeated("---\n", 40'000), "TW0002 8193:1+1"},
        // An anchor and 99 aliases are told one by one.
        RefusedCase{"ManyErrors", "- &a x\n" + repeated("- *a\n", 100), "TW0002 101:3+1"},
        RefusedCase{"NotUtf8", "a: b\nc: \xC3\x28\n", "TW0003 2:4+1"},
        RefusedCase{"Overlong", "a: \xC0\xAF\n", "TW0003 1:4+1"},
        RefusedCase{"Surrogate", "a: \xED\xA0\x80\n", "TW0003 1:4+1"},
        RefusedCase{"Nul", std::string("a: b\0c\n", 7), "TW0004 1:5+1"},
        RefusedCase{"EndOfTransmission", "a: b\x04\n", "TW0004 1:5+1"}),
    [](const auto& row) { return std::string(row.param.name); });

struct CauseCase {
  const char* name;
  std::string text;
  const char* place;
  const char* message;
  const char* hint;
};

class Cause : public testing::TestWithParam<CauseCase> {};

TEST_P(Cause, IsToldWhereItStands) {
  const CauseCase& c = GetParam();
  const Read result = read(c.text);
  ASSERT_EQ(result.diagnostics.size(), 1U);
  EXPECT_THAT(places_of(result.diagnostics), ElementsAre(std::string("TW0001 ") + c.place));
  EXPECT_THAT(result.diagnostics[0].message, testing::HasSubstr(c.message));
  EXPECT_THAT(result.diagnostics[0].hint, testing::HasSubstr(c.hint));
}

INSTANTIATE_TEST_SUITE_P(
    All, Cause,
    testing::Values(
        CauseCase{"Tab", "select:\n  a:\n\tb: 1\n", "3:1+1", "a tab stands", "blanks"},
        CauseCase{"TabAfterABlock", "a: |\n  it's \"so\nb:\n\tc: 1\n", "4:1+1", "a tab", "blanks"},
        CauseCase{"NoBreakSpace", "a: 1\nseverity:\xC2\xA0high\ndescription: |\n  x\n", "2:10+1",
                  "no-break space", "a blank"},
        CauseCase{"TypographicQuotes", "basis:\n  - {terms: \xE2\x80\x9Cno more: 5\xE2\x80\x9D}\n",
                  "2:13+1", "typographic quotes", "straight quotes"},
        CauseCase{"ColonInFlow", "basis:\n  - {terms: No more than: five}\n", "2:25+1",
                  "an unquoted text has `: `", "begins with `No more than`"},
        CauseCase{"ColonInBlock", "a: 1\ntitle: Bursts: by account\n", "2:14+1",
                  "an unquoted text has `: `", "begins with `Bursts`"},
        CauseCase{"QuoteOfAFlow", "basis:\n  - {terms: \"Terms of use}\nb: 2\nc: {d: \"x\"}\n",
                  "2:13+1", "the quote that opens here is not closed", "close it with \""},
        CauseCase{"QuoteToTheEnd", "a: 1\nb: 'x\nc: 2\n", "2:4+1", "is not closed",
                  "close it with '"},
        CauseCase{"EscapedQuotes", "a: \"x \\\" y\"\nb: 'it''s'\nc: \"z\nd: 1\n", "3:4+1",
                  "is not closed", "close it with \""},
        CauseCase{"BracketInFlow", "select: {a: model in [\"x\", \"y\"]}\n", "1:13+1",
                  "an unquoted text in brackets has `[`", "begins with `model in`"},
        CauseCase{"CommaInFlow", "select: {a: contains(model, \"x\")}\n", "1:13+1",
                  "has a comma in it", "begins with `contains(model`"},
        CauseCase{"SignInFlow", "ownership: {of: [list:l], share: >= 50%}\n", "1:34+1",
                  "an unquoted text begins with `>`", "quote the whole text"},
        CauseCase{"OpenBrace", "a: 1\nb: 2\nc: 3\nwindow: {length: 24h, every: 1h\nd: 4\n", "4:9+1",
                  "the `{` that opens here is not closed", "close it with `}`"},
        CauseCase{"OpenBracket", "a: 1\nb: [c, d\n", "2:4+1",
                  "the `[` that opens here is not closed", "close it with `]`"},
        CauseCase{"OpenBracketOfLines", "a: [\n  b,\n  {c: d}\ne: [f]\ng: h\n", "1:4+1",
                  "the `[` that opens here is not closed", "close it with `]`"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(StrictYaml, BlamesNothingThatIsRight) {
  // The fault is the bracket on line 11; apostrophes, colons in quotes, blocks and comments are
  // none.
  const Read result = read(
      "a: don't\nb: \"x: y\"\nc: |\n  \"open: it's\nd: http://x # it's: \"\ne:\n  - |\n    'f\n"
      "g: \"two\n  lines\"\nh: [1, 2\ni: 3\n");
  ASSERT_EQ(result.diagnostics.size(), 1U);
  EXPECT_THAT(places_of(result.diagnostics), ElementsAre("TW0001 11:4+1"));
}

/// Nine anchors of nine aliases each would be 9^9 values.
TEST(StrictYaml, RefusesAnAliasBombAtEachAnchor) {
  std::string text = "a: &a x\n";
  for (char name = 'b'; name <= 'j'; ++name) {
    const std::string before(1, static_cast<char>(name - 1));
    text += std::string(1, name) + ": &" + name + " [" + repeated("*" + before + ", ", 9) + "]\n";
  }
  const Read result = read(text);
  // One anchor a line, and 81 aliases: below the limit of errors.
  EXPECT_EQ(result.diagnostics.size(), 10U + 81U);
  for (const Diagnostic& d : result.diagnostics) EXPECT_EQ(d.code, "TW0006");
}

TEST(StrictYaml, AcceptsWhatIsJustWithinItsLimits) {
  EXPECT_THAT(places_of(read("c: " + std::string(65'533, 'd')).diagnostics), testing::IsEmpty());
  EXPECT_THAT(places_of(read(repeated("- a\n", 16'382)).diagnostics), testing::IsEmpty());
  EXPECT_THAT(places_of(read(repeated("- a\n" + repeated(" \n", 32'760), 8)).diagnostics),
              testing::IsEmpty());
  EXPECT_THAT(places_of(read("a: |\n" + repeated("  b\n", 16'380) + "c: d\n").diagnostics),
              testing::IsEmpty());
  EXPECT_EQ(read("- &a x\n" + repeated("- *a\n", 99)).diagnostics.size(), 100U);
}

TEST(StrictYaml, AcceptsDepth32AndAByteOrderMark) {
  EXPECT_TRUE(read(std::string(32, '[') + std::string(32, ']')).diagnostics.empty());
  const Read marked = read(
      "\xEF\xBB\xBF"
      "a: 1\n");
  ASSERT_TRUE(marked.diagnostics.empty());
  EXPECT_EQ(marked.documents.at(0).members.at(0).first.scalar, "a");
  EXPECT_EQ(marked.documents.at(0).members.at(0).second.span.column, 4);
}

TEST(StrictYaml, FillsInTheSourceLine) {
  const Read result = read("a: 1\r\na: 2\r\n");
  ASSERT_EQ(result.diagnostics.size(), 1U);
  EXPECT_EQ(result.diagnostics[0].source_line, "a: 2");
  EXPECT_EQ(result.diagnostics[0].span.file, "a.yaml");
}

TEST(StrictYaml, ShowsALineThatIsNotUtf8) {
  const Read result = read("a: b\nc: \xC3\x28\n");
  ASSERT_EQ(result.diagnostics.size(), 1U);
  EXPECT_EQ(result.diagnostics[0].source_line, "c: \xEF\xBF\xBD(");
}

// Quoted as it is meant, and read on.
TEST(StrictYaml, JoinsATextThatCommasCut) {
  const Read result = read("m: {n: count(), d: deviation(n, own, 28d), e: deviation(n, own,7d)}\n");
  EXPECT_THAT(places_of(result.diagnostics), ElementsAre("TW0010 1:20+22", "TW0010 1:47+20"));
  const YamlNode& map = result.documents.at(0).members.at(0).second;
  ASSERT_EQ(map.members.size(), 3U);
  EXPECT_EQ(map.members[1].second.scalar, "deviation(n, own, 28d)");
  EXPECT_EQ(map.members[2].second.scalar, "deviation(n, own, 7d)");
}

TEST(StrictYaml, LeavesKeysWithoutValuesAlone) {
  const Read result = read("{a: b, c, d: \"e(\", f, g: h(, i: j}\n");
  EXPECT_THAT(places_of(result.diagnostics), testing::IsEmpty());
  EXPECT_EQ(result.documents.at(0).members.size(), 6U);
}

// All that stands behind the quote has become part of the text: nothing is said of it.
TEST(StrictYaml, EndsAtAQuoteThatIsNotClosed) {
  const Read result = read("policy: x\ntitle: \"abc\nversion: 1\n");
  EXPECT_THAT(places_of(result.diagnostics), ElementsAre("TW0001 2:8+1"));
  EXPECT_TRUE(result.documents.empty());
}

TEST(CheckKeys, SuggestsTheNearestKey) {
  const YamlText text("a.yaml", "selct: 1\nwindow: 2\n");
  std::vector<Diagnostic> diagnostics;
  const auto documents = text.parse(diagnostics);
  constexpr std::array<std::string_view, 2> kKnown = {"select", "window"};
  EXPECT_FALSE(check_keys(text, documents.at(0), kKnown, diagnostics));
  ASSERT_EQ(diagnostics.size(), 1U);
  EXPECT_EQ(diagnostics[0].message, "unknown key `selct`");
  EXPECT_EQ(diagnostics[0].hint, "did you mean `select`?");
  EXPECT_EQ(diagnostics[0].source_line, "selct: 1");
  EXPECT_THAT(places_of(diagnostics), ElementsAre("TW0102 1:1+5"));
}

}  // namespace
}  // namespace tidewaiter
