#include "policies/authoring/format.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

/// The parts of a policy that the layout is not about.
constexpr const char* kRest =
    "version: 1\ntitle: Many requests\nbasis:\n  - control: a rule\nkind: access\nseverity: low\n";
constexpr const char* kJudgement = "window: 24h\nmeasure:\n  n: count()\nreport_when: n > 100\n";

std::string format(const std::string& text) {
  const auto result = format_policies({"a.yaml", text});
  if (result) return *result;
  return result.error().errors.empty() ? "refused: " + result.error().reason
                                       : to_text(result.error().errors.front());
}

/// Lays out a policy with `fragment` before its window, and gives what became of the fragment.
std::string format_part(const std::string& fragment) {
  const std::string head = "policy: a\n" + std::string(kRest);
  const std::string whole = format(head + fragment + kJudgement);
  const std::size_t end = whole.find("window: 24h\n");
  if (!whole.starts_with(head) || end == std::string::npos) return whole;
  return whole.substr(head.size(), end - head.size());
}

TEST(Format, PutsKeysInTheOrderOfTheLanguage) {
  EXPECT_EQ(format("policy: a\nreport_when: n > 100\nmeasure: {n: count()}\nwindow: {every: 1h, "
                   "length: 24h}\nseverity: low\nkind: access\nbasis: [{settled: disputed, law: "
                   "x}]\ntitle: T\nversion: 1\n"),
            "policy: a\nversion: 1\ntitle: T\nbasis: [{law: x, settled: disputed}]\nkind: access\n"
            "severity: low\nwindow: {length: 24h, every: 1h}\nmeasure: {n: count()}\n"
            "report_when: n > 100\n");
}

// A file that begins with a list may have more values than others.
TEST(Format, KeepsAListOfAnyLengthThatLoads) {
  std::string list = "list: many\ntitle: Many\nvalues:\n";
  for (int i = 0; i < 20'000; ++i) list += "  - v" + std::to_string(i) + "\n";
  EXPECT_EQ(format(list), list);
}

TEST(Format, CommentsMoveWithTheirKeys) {
  const std::string text =
      format("policy: a\n# about reading\nreads: usage\n" + std::string(kRest) +
             "# about the owner\nowner: team  # the owner\n" + kJudgement);
  EXPECT_THAT(text, testing::HasSubstr("# about the owner\nowner: team  # the owner\nbasis:\n"));
  EXPECT_THAT(text, testing::HasSubstr("severity: low\n# about reading\nreads: usage\nwindow:"));
}

TEST(Format, KeepsTheOrderThatMeansSomething) {
  const std::string part =
      "select:\n  z: {region: eu, model: a}\n  a: {model: b}\ncondition: z or a\n";
  EXPECT_EQ(format_part(part), part);
}

// What stands for a text gets quotes where other readers see a number or a date; what stands for
// these does not, and a second pass changes nothing.
TEST(Format, QuotesNumbersAndDatesThatStandForTexts) {
  const std::string given =
      "in_force: [{from: 2026-01-01}]\nselect:\n  a: {model: [1.10, \"3.0\", large], region: "
      "2026-01-01, organization|contains: 12:30, http_status: 429, time|gte: 2026-01-01}\n";
  const std::string whole = "policy: a\n" + std::string(kRest) + given + kJudgement;
  const std::string once = format(whole);
  EXPECT_THAT(once, testing::HasSubstr("[\"1.10\", \"3.0\", large]"));
  EXPECT_THAT(once, testing::HasSubstr("region: \"2026-01-01\""));
  EXPECT_THAT(once, testing::HasSubstr("organization|contains: \"12:30\""));
  EXPECT_THAT(once, testing::HasSubstr("http_status: 429"));
  EXPECT_THAT(once, testing::HasSubstr("time|gte: 2026-01-01"));
  EXPECT_THAT(once, testing::HasSubstr("in_force: [{from: 2026-01-01}]"));
  EXPECT_EQ(format(once), once);
}

struct Case {
  const char* name;
  std::string given;
  std::string want;
};

class FormatCase : public testing::TestWithParam<Case> {};

TEST_P(FormatCase, LaysOutAsTheManualSays) {
  EXPECT_EQ(format_part(GetParam().given), GetParam().want);
}

TEST_P(FormatCase, IsStable) { EXPECT_EQ(format_part(GetParam().want), GetParam().want); }

INSTANTIATE_TEST_SUITE_P(
    All, FormatCase,
    testing::Values(
        Case{"TwoBlanksALevel", "select:\n      x:\n         model: a\n         region: b\n",
             "select:\n  x:\n    model: a\n    region: b\n"},
        Case{"ListsAreIndented", "false_positives:\n- one\n-   two\n",
             "false_positives:\n  - one\n  - two\n"},
        Case{"BlanksBetweenBrackets", "select: { x: {  model : a,region: [ b,c ] } }\n",
             "select: {x: {model: a, region: [b, c]}}\n"},
        Case{"BracketsOverLinesComeTogether", "select:\n  x: {model: a,\n      region: b}\n",
             "select:\n  x: {model: a, region: b}\n"},
        Case{"NeedlessQuotesGo", "select:\n  x: {\"model\": \"large\", 'region': 'eu-1'}\n",
             "select:\n  x: {model: large, region: eu-1}\n"},
        Case{"NumbersAndNullStayQuoted",
             "select:\n  x: {model: '10', region: \"null\", status: \"1.5\"}\n",
             "select:\n  x: {model: \"10\", region: \"null\", status: \"1.5\"}\n"},
        Case{"TwistedWordsGetQuotes", "select:\n  x: {client.country|in: [NO, SE, on]}\n",
             "select:\n  x: {client.country|in: [\"NO\", SE, \"on\"]}\n"},
        Case{"TwistedKeysGetQuotes", "select:\n  on: {model: a}\n",
             "select:\n  \"on\": {model: a}\n"},
        Case{"NamesOfOneLetterStayPlain", "select:\n  \"y\": {model: a}\n",
             "select:\n  y: {model: a}\n"},
        Case{"TruthValuesStayPlain", "select:\n  x: {end_user|exists: true}\n",
             "select:\n  x: {end_user|exists: true}\n"},
        Case{"BackslashesKeepSingleQuotes", "select:\n  x: {model|re: \"a\\\\d\"}\n",
             "select:\n  x: {model|re: 'a\\d'}\n"},
        Case{
            "CommentsStayWithTheirKeys",
            "# about the selections\nselect:  # behind the key\n    # about x\n    x: {model: a}   "
            "# behind x\n    # after x\n",
            "# about the selections\nselect:  # behind the key\n  # about x\n  x: {model: a}  # "
            "behind x\n  # after x\n"},
        Case{"CommentsBetweenBracketsNeedLines",
             "select:\n  x: {model: a, # first\n    region: [b, c]}\n",
             "select:\n  x:\n    model: a  # first\n    region: [b, c]\n"},
        Case{"CommentBehindTheOpeningBracket",
             "false_positives: [ # why\n  one,\n  # two is next\n"
             "  two\n  # end\n  ]  # behind\n",
             "# why\nfalse_positives:  # behind\n  - one\n  # two is next\n  - two\n  # end\n"},
        Case{"CommentOnADash", "false_positives:\n  - # why\n    one\n",
             "false_positives:\n  - one  # why\n"},
        Case{"NoCommentInText", "false_positives:\n  - a #1\n  - b#2\n  - 'c # 3'\n",
             "false_positives:\n  - a  #1\n  - b#2\n  - \"c # 3\"\n"},
        Case{"OneEmptyLineStays",
             "reads: usage\n\n\n\nselect:\n\n  x: {model: a}\n\n  # c\n\n  _y:"
             " {model: b}\ncondition: x and _y\n",
             "reads: usage\n\nselect:\n  x: {model: a}\n\n  # c\n\n  _y: {model: b}\n"
             "condition: x and _y\n"},
        Case{"LiteralBlocks", "references:\n  - |\n      one\n\n        two\n\n  - |-\n    x\n",
             "references:\n  - |\n    one\n\n      two\n\n  - |-\n    x\n"},
        Case{"FoldedBlocks", "references:\n  - >  # why\n      one\n      two\n",
             "references:\n  - >  # why\n    one\n    two\n"},
        Case{"TextOverLinesComesTogether", "select:\n  x: model == 'a'\n    and region == 'b'\n",
             "select:\n  x: model == 'a' and region == 'b'\n"},
        Case{"EmptyValues", "select:\n  x: {end_user: ~}\nfalse_positives: []\n",
             "false_positives: []\nselect:\n  x: {end_user: null}\n"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Format, DocumentsArePartedByALine) {
  const std::string one = "policy: a\n" + std::string(kRest) + kJudgement;
  const std::string two = "policy: b\n" + std::string(kRest) + kJudgement;
  EXPECT_EQ(format("--- # first\n" + one + "# end of the first\n---\n\n# second\n" + two + "...\n"),
            "# first\n" + one + "# end of the first\n\n---\n# second\n" + two);
}

TEST(Format, LongTextThatWasWrappedIsFolded) {
  const std::string words = "one two three four five six seven eight nine ten ";
  std::string given = "owner:";
  std::string joined;
  for (int i = 0; i < 4; ++i) {
    given += "\n  " + words;
    joined += words;
  }
  joined.pop_back();
  const std::string text = format("policy: a\n" + std::string(kRest) + given + "\n" + kJudgement);
  EXPECT_THAT(text, testing::HasSubstr("owner: >-\n  one two"));
  for (std::size_t at = 0, end = 0; end != std::string::npos; at = end + 1) {
    end = text.find('\n', at);
    EXPECT_LE(std::min(end, text.size()) - at, 100U);
  }
  EXPECT_EQ(load_text(text).set.policies.at(0).owner, joined);
}

TEST(Format, RefusesAFileWithErrors) {
  const auto result = format_policies({"a.yaml", "policy: a\nversoin: 1\n"});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().errors,
              testing::Contains(testing::Field(&Diagnostic::code, "TW0102")));
  EXPECT_TRUE(result.error().reason.empty());
}

TEST(Format, RefusesADirective) {
  const auto result =
      format_policies({"a.yaml", "%YAML 1.2\n---\npolicy: a\n" + std::string(kRest) + kJudgement});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().reason, testing::HasSubstr("directive"));
}

TEST(Format, AFileOfCommentsStays) {
  EXPECT_EQ(format("# nothing\n\n#yet  \n"), "# nothing\n#yet\n");
}

// --- properties over all policies that there are ---

std::vector<PolicyText> shipped_policies() {
  std::vector<PolicyText> texts;
  for (const char* folder : {"docs/examples", "policies", "tests"}) {
    const auto root = std::filesystem::path(TIDEWAITER_SOURCE_DIR) / folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".yaml") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      PolicyText text{entry.path().string(), std::string(std::istreambuf_iterator<char>(file), {})};
      if (!has_errors(load_policies(std::vector{text}, UtcTime{}).diagnostics)) {
        texts.push_back(std::move(text));
      }
    }
  }
  return texts;
}

Digest hash_of(const std::string& text) {
  const std::vector<PolicyText> texts = {{"a.yaml", text}};
  return load_policies(texts, UtcTime{}).set.hash;
}

// It would be laid out as a file in which nothing stands.
TEST(Format, AFileThatCannotBeReadIsRefused) {
  const PolicyText file{"a.yaml", {}, "cannot open `a.yaml`: No such file or directory"};
  EXPECT_FALSE(format_policies(file, std::vector<PolicyText>{file}));
}

TEST(FormatProperty, ShippedPoliciesKeepTheirHashAndStayAsTheyAre) {
  const std::vector<PolicyText> all = shipped_policies();
  ASSERT_GE(all.size(), 20U);
  for (const PolicyText& text : all) {
    const auto once = format_policies(text);
    ASSERT_TRUE(once) << text.path << ": " << once.error().reason;
    EXPECT_EQ(hash_of(*once), hash_of(text.text)) << text.path;
    EXPECT_EQ(format(*once), *once) << text.path;
  }
}

/// Disturbs the layout of a text, and nothing else: comments, empty lines, blanks.
class Disturbance {
 public:
  explicit Disturbance(std::uint64_t seed) : random_(seed) {}

  std::string apply(const std::string& text) {
    std::string out;
    bool in_block = false;  // a line may be part of a text there
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string line = text.substr(at, end - at);
      at = end + 1;
      if (in_block && (line.empty() || line.starts_with("  "))) {
        out += line + '\n';
        continue;
      }
      in_block = line.ends_with('|') || line.ends_with('>');
      if (one_in(6)) out += '\n';
      if (one_in(6)) out += std::string(below(8), ' ') + "# " + mark() + '\n';
      out += line;
      if (!in_block && !line.empty() && one_in(5))
        out += std::string(1 + below(4), ' ') + "# " + mark();
      if (one_in(8)) out += "   ";
      out += '\n';
    }
    return out;
  }
  [[nodiscard]] int marks() const { return marks_; }

 private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::string mark() { return "mark" + std::to_string(marks_++) + ": '\"[{ #"; }

  std::mt19937_64 random_;
  int marks_ = 0;
};

TEST(FormatProperty, DisturbedPoliciesComeBack) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  Disturbance disturbance(seed);
  int laid_out = 0;
  for (int round = 0; round < 6; ++round) {
    for (const PolicyText& text : shipped_policies()) {
      const int first = disturbance.marks();
      const std::string disturbed = disturbance.apply(text.text);
      if (hash_of(disturbed) != hash_of(text.text)) continue;
      const auto once = format_policies({"a.yaml", disturbed});
      ASSERT_TRUE(once) << once.error().reason << '\n' << disturbed;
      EXPECT_EQ(hash_of(*once), hash_of(text.text)) << disturbed;
      for (int i = first; i < disturbance.marks(); ++i) {
        EXPECT_NE(once->find("mark" + std::to_string(i) + ":"), std::string::npos) << disturbed;
      }
      ASSERT_EQ(format(*once), *once) << disturbed;
      ++laid_out;
    }
  }
  EXPECT_GE(laid_out, 100);
}

}  // namespace
}  // namespace tidewaiter
