#include "policies/authoring/expectations.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "policies/authoring/backtest.h"
#include "policies/engine/subject_pattern.h"
#include "policies/language/document_reader.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 53U;
constexpr std::array<std::string_view, 1> kFileKeys = {"expect"};
constexpr std::array<std::string_view, 5> kKeys = {"policy", "findings", "subjects", "hit",
                                                   "not_hit"};
constexpr std::array<std::string_view, 2> kRangeKeys = {"at_least", "at_most"};

/// A number, or a map of `at_least` and `at_most`.
CountRange read_range(DocumentReader& reader, const YamlNode& node) {
  CountRange range;
  if (node.kind != YamlNode::Kind::kMap) {
    if (const auto count = reader.integer(node, 0, kMost)) range = {*count, *count};
    return range;
  }
  check_keys(reader.yaml(), node, kRangeKeys, reader.diagnostics());
  if (const YamlNode* least = node.find("at_least")) {
    range.least = reader.integer(*least, 0, kMost).value_or(range.least);
  }
  if (const YamlNode* most = node.find("at_most")) {
    range.most = reader.integer(*most, 0, kMost).value_or(range.most);
  }
  if (range.most < range.least) {
    reader.error(node.span, kBadNumber, "`at_most` is below `at_least`: no count can be both",
                 "write the smaller number under `at_least`");
  }
  return range;
}

std::optional<HistoryExpectation> read_one(DocumentReader& reader, const YamlNode& node) {
  if (!reader.expect_map(node, "- {policy: demo.burst, findings: 3}")) return std::nullopt;
  check_keys(reader.yaml(), node, kKeys, reader.diagnostics());
  HistoryExpectation expectation;
  expectation.span = node.span;
  const YamlNode* policy = node.find("policy");
  if (policy == nullptr) {
    reader.error(node.span, kMissingKey, "`policy` is missing",
                 "name the policy that is expected to do so");
    return std::nullopt;
  }
  expectation.span = policy->span;
  expectation.policy = reader.text(*policy).value_or("");
  if (const YamlNode* findings = node.find("findings")) {
    expectation.findings = read_range(reader, *findings);
  }
  if (const YamlNode* subjects = node.find("subjects")) {
    expectation.subjects = read_range(reader, *subjects);
  }
  if (const YamlNode* hit = node.find("hit")) expectation.hit = reader.texts(*hit);
  if (const YamlNode* not_hit = node.find("not_hit")) expectation.not_hit = reader.texts(*not_hit);
  if (node.members.size() < 2) {
    reader.error(node.span, kMissingKey, "nothing is expected of `" + expectation.policy + "`",
                 "add `findings`, `subjects`, `hit` or `not_hit`");
  }
  return expectation;
}

void read_document(DocumentReader& reader, const YamlNode& document,
                   std::vector<HistoryExpectation>& expectations) {
  if (!reader.expect_map(document, "expect: [{policy: demo.burst, findings: 3}]")) return;
  check_keys(reader.yaml(), document, kFileKeys, reader.diagnostics());
  const YamlNode* expect = document.find("expect");
  const std::vector<const YamlNode*> items =
      expect == nullptr ? std::vector<const YamlNode*>{} : DocumentReader::items(*expect);
  if (items.empty()) {
    reader.error(document.span, kMissingKey, "nothing is expected",
                 "write `expect: [{policy: demo.burst, findings: 3}]`");
  }
  for (const YamlNode* item : items) {
    if (auto one = read_one(reader, *item)) expectations.push_back(*std::move(one));
  }
}

std::string range_text(const CountRange& range) {
  if (range.least == range.most) return std::to_string(range.least);
  std::string text;
  if (range.least > 0) text = "at least " + std::to_string(range.least);
  if (range.most < std::numeric_limits<std::int64_t>::max()) {
    text += (text.empty() ? "" : " and ") + ("at most " + std::to_string(range.most));
  }
  return text;
}

void check_count(const CountRange& range, std::int64_t count, std::string_view what,
                 std::vector<std::string>& failures) {
  if (range.holds(count)) return;
  failures.push_back("expected " + range_text(range) + " " + std::string(what) + ", got " +
                     std::to_string(count));
}

ExpectationResult check_one(const HistoryExpectation& expectation,
                            std::span<const std::string> tried,
                            std::span<const SettledFinding> all) {
  ExpectationResult result{expectation.policy, expectation.span, {}};
  if (std::ranges::find(tried, expectation.policy) == tried.end()) {
    result.failures.push_back("the policy `" + expectation.policy + "` was not tried");
    return result;
  }
  std::vector<SettledFinding> findings;
  std::ranges::copy_if(all, std::back_inserter(findings), [&](const SettledFinding& finding) {
    return finding.policy == expectation.policy;
  });
  const std::vector<SubjectHits> subjects = hits_by_subject(findings);
  check_count(expectation.findings, static_cast<std::int64_t>(findings.size()), "findings",
              result.failures);
  check_count(expectation.subjects, static_cast<std::int64_t>(subjects.size()), "subjects",
              result.failures);
  const auto match = [&subjects](const std::string& pattern) {
    return std::ranges::find_if(
        subjects, [&](const SubjectHits& hits) { return subject_matches(pattern, hits.subject); });
  };
  for (const std::string& pattern : expectation.hit) {
    if (match(pattern) != subjects.end()) continue;
    result.failures.push_back("expected a finding about `" + pattern + "`, got none");
  }
  for (const std::string& pattern : expectation.not_hit) {
    const auto found = match(pattern);
    if (found == subjects.end()) continue;
    result.failures.push_back("expected no finding about `" + pattern + "`, got " +
                              std::to_string(found->findings) + " about " + found->subject);
  }
  return result;
}

}  // namespace

ExpectationsOutcome read_expectations(const std::string& path, const std::string& text) {
  ExpectationsOutcome outcome;
  const YamlText yaml(path, text);
  const std::vector<YamlNode> documents = yaml.parse(outcome.diagnostics);
  DocumentReader reader(yaml, outcome.diagnostics);
  for (const YamlNode& document : documents) {
    read_document(reader, document, outcome.expectations);
  }
  if (documents.empty() && !has_errors(outcome.diagnostics)) {
    reader.error({path, 1, 1, 1}, kMissingKey, "nothing is expected",
                 "write `expect: [{policy: demo.burst, findings: 3}]`");
  }
  return outcome;
}

std::vector<ExpectationResult> check_expectations(std::span<const HistoryExpectation> expectations,
                                                  std::span<const std::string> tried,
                                                  std::span<const SettledFinding> findings) {
  std::vector<ExpectationResult> results;
  for (const HistoryExpectation& expectation : expectations) {
    results.push_back(check_one(expectation, tried, findings));
  }
  return results;
}

std::vector<ExpectationResult> check_unexpected(
    std::span<const HistoryExpectation> expectations, std::span<const std::string> tried,
    std::span<const SettledFinding> findings,
    const std::function<SourceSpan(const std::string& policy)>& place) {
  std::vector<ExpectationResult> results;
  for (const std::string& id : tried) {
    const bool is_expected =
        std::ranges::find(expectations, id, &HistoryExpectation::policy) != expectations.end();
    const auto count = std::ranges::count(findings, id, &SettledFinding::policy);
    if (is_expected || count == 0) continue;
    results.push_back({id,
                       place(id),
                       {"expected no finding, since no expectation is about the policy, got " +
                        std::to_string(count)}});
  }
  return results;
}

}  // namespace tidewaiter
