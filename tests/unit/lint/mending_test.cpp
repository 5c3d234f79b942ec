#include "policies/lint/mending.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lint/lint_sample.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

MendOutcome mend(const std::string& text) {
  const std::vector<PolicyText> texts = {{"policies/a.yaml", text}};
  return mend_policies({texts, kLintDay});
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

struct Mended {
  const char* wrong;  ///< a fragment
  const char* right;  ///< the same line after the fix
};

TEST(Mending, PutsInWhatWasMeant) {
  const Mended cases[] = {
      {"refrences: [https://a.example]", "references: [https://a.example]"},     // a key
      {"severity: hihg", "severity: high"},                                      // a word of a list
      {"measure: {n: coutn()}", "measure: {n: count()}"},                        // an aggregate
      {"measure: {n: sum(ouptut_tokens)}", "measure: {n: sum(output_tokens)}"},  // a field
      {"report_when: greatst(n, 5) > 100", "report_when: greatest(n, 5) > 100"},  // a function
      {"select: {a: {model|contians: x}}", "select: {a: {model|contains: x}}"},   // a modifier
      {"measure: {n: count(), d: deviation(n, own, 28d)}\nreport_when: n > 5 and default(d, 0) > 3",
       "measure: {n: count(), d: \"deviation(n, own, 28d)\"}\nreport_when: n > 5 and default(d, "
       "0) > 3"},  // a text that commas cut
      {"tests: [{name: t, given: [{kind: usage, time: 2026-01-01, acount: a}], expect: [{findings: "
       "0}]}]",
       "tests: [{name: t, given: [{kind: usage, time: 2026-01-01, account: a}], expect: "
       "[{findings: "
       "0}]}]"},  // a member of a record
      {"select: {a: {client.country: NO}}", "select: {a: {client.country: \"NO\"}}"},
      {"select: {a: {model: 1.10}}", "select: {a: {model: \"1.10\"}}"},
      {"owner: 2026-01-01", "owner: \"2026-01-01\""},
      {"version: \"1\"", "version: 1"},
      {"window: {lenght: 24h, evry: 1h}", "window: {length: 24h, every: 1h}"},
  };
  for (const Mended& c : cases) {
    SCOPED_TRACE(c.wrong);
    const std::string text = lint_sample(c.wrong);
    const MendOutcome outcome = mend(text);
    ASSERT_EQ(outcome.mended.size(), 1U)
        << testing::PrintToString(lines_of(outcome.left.diagnostics));
    const std::string want = replaced(text, c.wrong, c.right);
    EXPECT_EQ(outcome.texts[0].text, want);
    EXPECT_EQ(outcome.mended[0].before, text);
    EXPECT_EQ(outcome.mended[0].after, want);
    EXPECT_EQ(outcome.left.set.policies.size(), 1U)
        << testing::PrintToString(lines_of(outcome.left.diagnostics));
  }
}

TEST(Mending, LeavesAloneWhatAPersonMustDecide) {
  for (const char* fragment : {
           "window: {length: 24h, every: 7h}",  // the nearest divisor is a guess
           "select: {a: {model|re: x}}",        // another text, another hash
           "measure: {na: count(), nb: count()}\nreport_when: nc > 100",  // which of them
           "title: x\ntitel: Many requests",  // the key is there already
           "report_when: n < 0",
           // What a set names itself: another name may be what is missing.
           "select: {us: {region: us-1}, de: {region: de}}\ncondition: de and not uk",
           "select: {a: {model: x}}\ncondition: not b",
           "select: {large: {model: x}}\ncondition: lagre", "report_when: nn > 100",
           "measure: {n: count() where lagre}\nselect: {large: {model: x}}",
           "select: {a: {licensed: x}}",
           // Words of the language that say another thing each.
           "measure: {n: mad(output_tokens)}",    // `max` is near
           "select: {a: {http_status|le: 500}}",  // so are `lt` and `lte`
           "select: {a: {model|ne: x}}",          // so is `re`
           "on: 5",                               // quoted it is as unknown
       }) {
    const MendOutcome outcome = mend(lint_sample(fragment));
    EXPECT_THAT(outcome.mended, IsEmpty()) << fragment;
    EXPECT_FALSE(outcome.left.diagnostics.empty()) << fragment;
  }
}

// Whatever bytes a file has, those outside the edits stay: tabs, comments, line ends, marks.
TEST(Mending, TouchesNoOtherByte) {
  std::string text =
      "\xEF\xBB\xBF" + lint_sample("severity:   hihg\t# \xC3\xBC so\nowner: \"\xE2\x82\xAC\"");
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) {
    text.insert(at, "\r");
  }
  const MendOutcome outcome = mend(text);
  EXPECT_EQ(outcome.texts[0].text, replaced(text, "hihg", "high"));
}

TEST(Mending, CountsColumnsInCodePoints) {
  const std::string text = lint_sample(
      "select: {a: {name\xC3\xA4: x}}\nrespond: [{\"notifi\": \"\xC3\xA4\"}, {propos: x}]");
  const MendOutcome outcome = mend(text);
  EXPECT_NE(outcome.texts[0].text.find("{propose: x}"), std::string::npos);
  EXPECT_NE(outcome.texts[0].text.find("[{notify: \"\xC3\xA4\"}"), std::string::npos);
}

// A fix never changes what a policy means that loads.
TEST(Mending, KeepsTheMeaningOfWhatLoads) {
  const std::string text =
      lint_sample("select: {a: {client.country: [NO, \"IR\"], model: on}}\nowner: yes\n");
  const LoadOutcome before = load_text(text);
  ASSERT_EQ(before.set.policies.size(), 1U);
  const MendOutcome outcome = mend(text);
  EXPECT_EQ(outcome.mended.size(), 1U);
  EXPECT_EQ(outcome.mended[0].fixes, 3);
  EXPECT_EQ(outcome.left.set.hash, before.set.hash);
}

TEST(Mending, IsDoneOnce) {
  const MendOutcome first = mend(lint_sample("refrences: [https://a.example]\nseverity: hihg"));
  EXPECT_THAT(lines_of(first.left.diagnostics), ElementsAre(testing::HasSubstr("TW1251")));
  EXPECT_THAT(mend(first.texts[0].text).mended, IsEmpty());
}

TEST(Mending, LeavesOutFixesThatOverlapOrHaveNoPlace) {
  Diagnostic one;
  one.span.file = "a";
  one.fix = {{{"a", 1, 1, 5}, "first"}};
  Diagnostic two = one;
  two.fix = {{{"a", 2, 1, 1}, "x"}, {{"a", 1, 3, 9}, "second"}};
  Diagnostic outside = one;
  outside.fix = {{{"a", 9, 1, 1}, "none"}};
  Diagnostic other = one;
  other.span.file = "b";
  std::int64_t applied = 0;
  const std::vector<Diagnostic> all = {one, two, outside, other};
  EXPECT_EQ(apply_fixes("a", "words here\nand here\n", all, applied), "first here\nand here\n");
  EXPECT_EQ(applied, 1);
}

// As GNU diff -u prints them, by hand.
TEST(UnifiedDiff, HasThreeLinesAround) {
  const MendedText mended{"a.yaml", "1\n2\n3\n4\nold\n6\n7\n8\n9\n",
                          "1\n2\n3\n4\nnew\n6\n7\n8\n9\n", 1};
  EXPECT_EQ(unified_diff(mended),
            "--- a.yaml\n+++ a.yaml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-old\n+new\n 6\n 7\n 8\n");
}

TEST(UnifiedDiff, JoinsChangesThatAreNearAndPartsOthers) {
  std::string before;
  std::string after;
  for (int i = 1; i <= 30; ++i) {
    const bool changed = i == 1 || i == 2 || i == 8 || i == 25;
    before += std::to_string(i) + "\n";
    after += (changed ? "x" : "") + std::to_string(i) + "\n";
  }
  const std::string diff = unified_diff({"a", before, after, 4});
  EXPECT_NE(diff.find("@@ -1,11 +1,11 @@\n-1\n-2\n+x1\n+x2\n 3\n"), std::string::npos) << diff;
  EXPECT_NE(diff.find("@@ -22,7 +22,7 @@\n 22\n"), std::string::npos) << diff;
}

TEST(UnifiedDiff, TellsOfAMissingLineEnd) {
  EXPECT_EQ(unified_diff({"a", "x\nold", "x\nnew", 1}),
            "--- a\n+++ a\n@@ -1,2 +1,2 @@\n x\n-old\n\\ No newline at end of file\n+new\n"
            "\\ No newline at end of file\n");
}

}  // namespace
}  // namespace tidewaiter
