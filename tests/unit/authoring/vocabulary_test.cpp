// Holds the table that editors and schema are made from to what the reader accepts: the reader is
// asked, by way of its own messages, what it takes.

#include "policies/authoring/vocabulary.h"

#include <set>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/expression_types.h"
#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

using Names = std::set<std::string>;

/// A policy in which `line` ("key: value") stands in a map of the section.
std::string with_line(Section section, const std::string& line) {
  switch (section) {
    case Section::kPolicy:
      return line + "\n";
    case Section::kInterval:
      return "in_force: [{" + line + "}]\n";
    case Section::kBasis: {
      // What stands beside the type is read once there is one.
      const bool has_type = line.starts_with("terms") || line.starts_with("law") ||
                            line.starts_with("contract") || line.starts_with("control") ||
                            line.starts_with("red_flag");
      return "basis: [{" + std::string(has_type ? "" : "law: x, ") + line + "}]\n";
    }
    case Section::kWindow:
      return "window: {" + line + "}\n";
    case Section::kSequence:
      return "sequence: {" + line + "}\n";
    case Section::kAbsence:
      return "absent: {" + line + "}\n";
    case Section::kScreen:
      return "screen: {" + line + "}\n";
    case Section::kCorroboration:
      return "screen: {corroborate: {" + line + "}}\n";
    case Section::kOwnership:
      return "ownership: {" + line + "}\n";
    case Section::kExemption:
      return "exempt: [{" + line + "}]\n";
    case Section::kResponse:
      return "respond: [{" + line + "}]\n";
    case Section::kEvidence:
      return "evidence: {" + line + "}\n";
    case Section::kChoice:
      return "evidence: {choose: {" + line + "}}\n";
    case Section::kRepeat:
      return "repeat: {" + line + "}\n";
    case Section::kTest:
      return "tests: [{" + line + "}]\n";
    case Section::kExpectation:
      return "tests: [{name: x, given: a.jsonl, expect: [{" + line + "}]}]\n";
    case Section::kTests:
      return (line.starts_with("tests") ? "---\n" : "---\ntests: sample\n") + line + "\n";
  }
  return {};
}

std::vector<Diagnostic> load_with(Section section, const std::string& line) {
  const std::string lines = with_line(section, line);
  // A document of its own stands behind the policy.
  const std::string text =
      section == Section::kTests ? sample_policy() + lines : sample_policy(lines);
  return load_text(text).diagnostics;
}

Names names_in(std::string_view hint, std::string_view prefix) {
  Names names;
  if (!hint.starts_with(prefix)) return names;
  std::istringstream words{std::string(hint.substr(prefix.size()))};
  for (std::string word; words >> word;) {
    if (word.ends_with(',')) word.pop_back();
    names.insert(word);
  }
  return names;
}

/// What the hint of the diagnostic with this code lists behind `prefix`.
Names listed(const std::vector<Diagnostic>& diagnostics, std::string_view code,
             std::string_view prefix) {
  for (const Diagnostic& d : diagnostics) {
    const Names names = names_in(d.hint, prefix);
    if (d.code == code && !names.empty()) return names;
  }
  return {};
}

/// The keys that the reader takes in a section.
Names accepted_keys(Section section) {
  return listed(load_with(section, "zzzzzzzzzzzz: 1"), "TW0102", "known here: ");
}

Names names_of(std::span<const WordRow> words) {
  Names names;
  for (const WordRow& word : words) names.emplace(word.name);
  return names;
}

constexpr std::array kAll = {Section::kPolicy,      Section::kInterval,  Section::kBasis,
                             Section::kWindow,      Section::kExemption, Section::kResponse,
                             Section::kSequence,    Section::kAbsence,   Section::kEvidence,
                             Section::kChoice,      Section::kRepeat,    Section::kTest,
                             Section::kExpectation, Section::kScreen,    Section::kCorroboration,
                             Section::kOwnership,   Section::kTests};
static_assert(kAll.size() == kSections);

TEST(Vocabulary, HasTheKeysThatTheReaderTakes) {
  for (const Section section : kAll) {
    Names rows;
    for (const KeyRow& key : keys_of(section)) rows.emplace(key.name);
    EXPECT_EQ(rows, accepted_keys(section)) << with_line(section, "…");
  }
}

TEST(Vocabulary, HasTheWordsThatTheReaderTakes) {
  int checked = 0;
  for (const Section section : kAll) {
    for (const KeyRow& key : keys_of(section)) {
      const bool has_words = key.form == ValueForm::kWord || key.form == ValueForm::kWordOrMap ||
                             (key.form == ValueForm::kTexts && !key.words.empty());
      if (!has_words) continue;
      ++checked;
      const std::string name(key.name);
      const Names accepted =
          listed(load_with(section, name + ": zzzzzzzzzzzz"), "TW0105", "expected one of: ");
      EXPECT_EQ(names_of(key.words), accepted) << name;
    }
  }
  EXPECT_GE(checked, 5);
}

TEST(Vocabulary, SubjectsThatAreNoFieldsAreTheClustersOfALinkage) {
  const KeyRow* for_each = find_key(Section::kPolicy, "for_each");
  ASSERT_NE(for_each, nullptr);
  for (const WordRow& word : for_each->words) {
    const std::string text =
        sample_policy(std::string(word.usage)) +
        "---\nlinkage: x\ntitle: x\nlinks: [{field: client.address, at_most: 5}]\n";
    EXPECT_THAT(lines_of(load_text(text).diagnostics), testing::IsEmpty());
  }
  EXPECT_EQ(names_of(for_each->words), Names{"cluster"});
}

TEST(Vocabulary, ExamplesOfPolicyKeysLoad) {
  for (const KeyRow& key : keys_of(Section::kPolicy)) {
    std::string fragment = std::string(key.name) + ": " + std::string(key.example) + "\n";
    std::string beside;
    const bool of_steps = key.name == "sequence" || key.name == "absent";
    if (key.name == "screen" || key.name == "ownership") {
      fragment += "reads: account\n";
      beside = "---\nlist: csl\ntitle: Parties\nvalues: [Acme]\n";
    }
    if (of_steps) fragment += "select: {bulk: {model: a}, internal: {model: b}}\n";
    if (key.name == "condition") fragment += "select: {bulk: {model: a}, internal: {model: b}}\n";
    if (key.name == "report_when") fragment += "measure: {tokens: sum(output_tokens)}\n";
    if (key.name == "measure") fragment += "report_when: tokens > 5\n";
    const std::string text = key.name == "policy" ? "" : sample_policy(fragment) + beside;
    if (text.empty()) continue;  // the sample has an id of its own
    EXPECT_FALSE(has_errors(load_text(text).diagnostics))
        << text << testing::PrintToString(lines_of(load_text(text).diagnostics));
  }
}

TEST(Vocabulary, ExamplesOfInnerKeysDrawNoErrorOfTheirOwn) {
  for (const Section section : kAll) {
    if (section == Section::kPolicy) continue;
    for (const KeyRow& key : keys_of(section)) {
      const std::string line = std::string(key.name) + ": " + std::string(key.example);
      for (const Diagnostic& d : load_with(section, line)) {
        // What else the map needs is missing here, and the example's names are not the sample's.
        const bool expected = d.code == "TW0103" || d.code == "TW0115" || d.code == "TW0501" ||
                              d.code == "TW0503" || d.code == "TW0504" || d.code == "TW0507" ||
                              d.code == "TW0640" || d.code == "TW0671" || d.code == "TW0681" ||
                              d.code == "TW0687" || d.code == "TW0622" || d.code == "TW0731" ||
                              d.level == DiagnosticLevel::kWarning;
        EXPECT_TRUE(expected) << line << ": " << to_text(d);
      }
    }
  }
}

TEST(Vocabulary, HasTheFunctionsThatTheReaderTakes) {
  Names known;
  for (const std::string_view name : function_names()) known.emplace(name);
  EXPECT_EQ(names_of(function_words()), known);
}

TEST(Vocabulary, HasTheAggregatesThatTheReaderTakes) {
  const auto diagnostics =
      load_text(sample_policy("measure:\n  n: zzzzzzzzzzzz(model)\n")).diagnostics;
  EXPECT_EQ(names_of(aggregate_words()), listed(diagnostics, "TW0405", "aggregates: "));
}

TEST(Vocabulary, HasTheModifiersThatTheReaderTakes) {
  const auto diagnostics =
      load_text(sample_policy("select:\n  a: {model|zzzzzzzzzzzz: x}\n")).diagnostics;
  Names known = listed(diagnostics, "TW0301", "modifiers: ");
  ASSERT_FALSE(known.empty());
  known.insert({"i", "m", "s"});  // of `re`, which the hint leaves out
  EXPECT_EQ(names_of(modifier_words()), known);
}

TEST(Vocabulary, UsagesOfModifiersLoad) {
  for (const WordRow& word : modifier_words()) {
    const std::string usage(word.usage);
    const bool account = usage.starts_with("email.");
    const std::string text = sample_policy((account ? "reads: account\n" : "") +
                                           std::string("select:\n  a: {") + usage + "}\n") +
                             "---\nlist: embargoed\ntitle: Embargoed\nvalues: [KP]\n---\nlist: "
                             "large\ntitle: Large\nvalues: [large-2]\n";
    EXPECT_FALSE(has_errors(load_text(text).diagnostics))
        << text << testing::PrintToString(lines_of(load_text(text).diagnostics));
    EXPECT_NE(usage.find("|" + std::string(word.name)), std::string::npos) << usage;
  }
}

TEST(Vocabulary, NeededKeysAreTheOnesWhoseAbsenceIsAnError) {
  for (const KeyRow& key : keys_of(Section::kPolicy)) {
    if (key.name == "policy") continue;  // a document without it is no policy
    // These three need each other; the sample has them all.
    const bool together =
        key.name == "window" || key.name == "measure" || key.name == "report_when";
    if (together) continue;
    std::string without;
    std::istringstream lines(sample_policy());
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with(' ')) inside = line.starts_with(std::string(key.name) + ":");
      if (!inside) without += line + "\n";
    }
    EXPECT_EQ(key.needed, has_errors(load_text(without).diagnostics)) << key.name;
  }
}

}  // namespace
}  // namespace tidewaiter
