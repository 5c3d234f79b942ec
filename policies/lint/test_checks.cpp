// The tests that a policy carries: what they leave untried.

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "policies/language/times_in_force.h"
#include "policies/lint/checks.h"
#include "policies/model/record.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

class TestChecks {
 public:
  TestChecks(const LintedPolicy& linted, DocumentReader& report)
      : linted_(linted), policy_(linted.policy), report_(report) {}

  void run() {
    if (policy_.tests.empty() || policy_.status == PolicyStatus::kRetired) return;
    check_expectations();
    check_names();
    for (const PolicyTest& test : policy_.tests) check_time(test);
  }

 private:
  void check_expectations() {
    bool finding = false;
    bool silence = false;
    for (const PolicyTest& test : policy_.tests) {
      for (const Expectation& expected : test.expect) {
        finding = finding || expected.findings > 0;
        silence = silence || expected.findings == 0;
      }
    }
    const SourceSpan& place = linted_.key_place("tests");
    if (!finding) {
      report_.warn(place, kNoPositiveTest, "no test expects a finding",
                   "add a test with records that are just above the threshold");
    }
    if (!silence) {
      report_.warn(place, kNoNegativeTest, "no test expects silence",
                   "add a test with records that are just below the threshold");
    }
  }

  void check_names() {
    std::set<std::string> seen;
    for (const YamlNode* item : DocumentReader::items(*linted_.find("tests"))) {
      const YamlNode* name = item->find("name");
      if (name == nullptr || seen.insert(name->scalar).second) continue;
      report_.warn(name->span, kSameTestName, "another test has the name `" + name->scalar + "`",
                   "let each name say what its test tries");
    }
  }

  /// Records outside the policy's time are not judged: an expected finding cannot come.
  void check_time(const PolicyTest& test) {
    const bool expects = std::ranges::any_of(
        test.expect, [](const Expectation& expected) { return expected.findings > 0; });
    if (test.inline_lines.empty() || !expects) return;
    RecordJsonReader reader;
    Record defaults;
    defaults.source = "test";
    for (const std::string& line : test.inline_lines) {
      const Result<Record> record = reader.read(line, defaults);
      if (!record || is_within(times_, record->time)) return;
    }
    report_.warn(test.span, kTestOutOfForce,
                 "a finding is expected of records that all lie outside the times at which the "
                 "policy, and a basis of it, is in force",
                 "give them times at which the policy holds");
  }

  const LintedPolicy& linted_;
  const Policy& policy_;
  std::vector<Interval> times_ = times_in_force(policy_);
  DocumentReader& report_;
};

}  // namespace

void check_tests(const LintedPolicy& linted, DocumentReader& report) {
  TestChecks(linted, report).run();
}

}  // namespace tidewaiter
