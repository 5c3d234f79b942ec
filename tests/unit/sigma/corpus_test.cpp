// The public rules: how many load, why the rest does not, and that each rule matches the events
// that its authors say it must. Needs the reference data.

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policies/sigma/event_json.h"
#include "policies/sigma/load.h"
#include "tests/unit/sigma/shared_rules.h"

namespace tidewaiter {
namespace {

class SigmaCorpus : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!shared_rules()) return;
    texts_ =
        new std::vector<PolicyText>(untar(decompressed(*shared_rules() / "sigma/rules.tar.zst")));
    outcome_ = new SigmaOutcome(load_sigma(*texts_));
  }
  static void TearDownTestSuite() {
    delete texts_;
    delete outcome_;
  }
  void SetUp() override {
    if (!shared_rules())
      GTEST_SKIP() << "TIDEWAITER_SHARED is not set: the public rules are not there";
  }

  static std::vector<PolicyText>* texts_;
  static SigmaOutcome* outcome_;
};

std::vector<PolicyText>* SigmaCorpus::texts_ = nullptr;
SigmaOutcome* SigmaCorpus::outcome_ = nullptr;

/// Files that are refused, by their first error's code.
std::map<std::string, std::set<std::string>> refused_by_code(const SigmaOutcome& outcome) {
  std::map<std::string, std::string> first;
  for (const Diagnostic& d : outcome.diagnostics) {
    if (d.level == DiagnosticLevel::kError) first.emplace(d.span.file, d.code);
  }
  std::map<std::string, std::set<std::string>> files;
  for (const auto& [file, code] : first) files[code].insert(file);
  return files;
}

TEST_F(SigmaCorpus, NinetyNineInAHundredLoadAndTheRestIsRefusedForAReason) {
  ASSERT_EQ(texts_->size(), 4039U);
  std::map<std::string, std::size_t> counts;
  std::size_t refused = 0;
  for (const auto& [code, files] : refused_by_code(*outcome_)) {
    counts[code] = files.size();
    refused += files.size();
  }
  for (const Diagnostic& d : outcome_->diagnostics) {
    if (d.level == DiagnosticLevel::kError) std::cout << to_text(d) << '\n';
  }
  EXPECT_LE(refused, 40U);
  // By reading the rules: 28 have placeholders and no values; five say `near` of several searches
  // or without a timeframe; three are parts of an action document; three have prose for a
  // condition and one an aggregation that no version of Sigma has.
  EXPECT_THAT(counts,
              testing::ElementsAre(testing::Pair("TW1007", 28U), testing::Pair("TW1012", 4U),
                                   testing::Pair("TW1013", 5U), testing::Pair("TW1014", 3U)));
}

TEST_F(SigmaCorpus, RulesWithPlaceholdersLoadOnceTheyHaveValues) {
  SigmaOptions options;
  for (const Diagnostic& d : outcome_->diagnostics) {
    if (d.code != "TW1007") continue;
    const std::size_t first = d.message.find('%');
    options.placeholders[d.message.substr(first + 1, d.message.find('%', first + 1) - first - 1)] =
        {"10.0.0.0/8"};
  }
  EXPECT_EQ(options.placeholders.size(), 27U);  // as PyYAML and a pattern count them
  EXPECT_THAT(refused_by_code(load_sigma(*texts_, options)),
              testing::Not(testing::Contains(testing::Key("TW1007"))));
}

/// The rows of the manifest: the rule's id, the file of events, how many it has.
std::vector<std::vector<std::string>> manifest() {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> lines =
      lines_in(decompressed(*shared_rules() / "sigma/regression_manifest.csv"));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::istringstream row(lines[i]);
    rows.emplace_back();
    for (std::string cell; std::getline(row, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

/// The manifest has a row for each of the authors' 96 tests: a rule, one file of events, and the
/// word `match`. It says of the file that the rule matches in it, as the authors' own runner asks
/// (the rule is reported at least once), and nothing of single events. 86 files have one event, ten
/// have several, 34 in all; eleven of these, in four files, the rule as published does not
/// describe. By reading them: no command line with `bun_environment.js` or the release's address
/// (5), other files than user.conf and system.conf (2: the authors count 3 matches of that file's 5
/// events), `icacls` and `tasklist` beside the findstr that is meant (4).
TEST_F(SigmaCorpus, EveryTestOfTheAuthorsMatches) {
  std::map<std::string, const SigmaRule*> by_id;
  for (const SigmaRule& rule : outcome_->set.rules) by_id.emplace(rule.head.id, &rule);
  SigmaEventReader reader(SigmaFieldNames::kAuto);
  std::map<std::string, int> matches;
  std::map<std::string, int> others;
  for (const std::string& line :
       lines_in(decompressed(*shared_rules() / "sigma/regression_events.jsonl.zst"))) {
    const nlohmann::json entry = nlohmann::json::parse(line);
    const std::string id = entry["rule_id"];
    const auto event = reader.read(entry["event"].dump());
    ASSERT_TRUE(event) << event.error().message;
    ASSERT_TRUE(by_id.contains(id)) << id;
    const bool match = holds(by_id[id]->detection, *event);
    matches[entry["source"]] += match ? 1 : 0;
    if (!match) ++others[by_id[id]->head.title];
  }
  const std::vector<std::vector<std::string>> rows = manifest();
  EXPECT_EQ(rows.size(), 96U);
  int events = 0;
  for (const std::vector<std::string>& row : rows) {
    ASSERT_EQ(row.size(), 7U);
    EXPECT_EQ(row[5], "match") << row[2];
    EXPECT_GE(matches[row[2]], 1) << row[2];
    events += std::stoi(row[6]);
  }
  EXPECT_EQ(matches.size(), 96U);
  EXPECT_EQ(events, 120);
  EXPECT_THAT(others,
              testing::UnorderedElementsAre(
                  testing::Pair("Shai-Hulud Malicious Bun Execution", 5),
                  testing::Pair("Anydesk Temporary Artefact", 2),
                  testing::Pair("Permission Misconfiguration Reconnaissance Via Findstr.EXE", 2),
                  testing::Pair("Security Tools Keyword Lookup Via Findstr.EXE", 2)));
}

}  // namespace
}  // namespace tidewaiter
