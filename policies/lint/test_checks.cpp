// The tests of a policy, in it and beside it: what they leave untried.

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/times_in_force.h"
#include "policies/lint/checks.h"
#include "policies/model/record.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

/// What is said of a policy's tests, in the file in which each stands.
class WrittenTests {
 public:
  WrittenTests(const Policy& policy, const FixtureText& fixtures, DocumentReader& report)
      : policy_(policy), fixtures_(fixtures), report_(report) {}

  void check_in(std::string_view file) {
    for (const PolicyTest& test : policy_.tests) {
      const bool is_new = seen_.insert(test.name).second;
      if (test.span.file != file) continue;
      if (!is_new) tell_name(test);
      check_time(test);
      if (fixtures_ && !test.fixture.empty()) check_fixture(test);
    }
  }

 private:
  void tell_name(const PolicyTest& test) {
    if (test.name.empty()) return;
    report_.warn(test.name_span, kSameTestName, "another test has the name `" + test.name + "`",
                 "let each name say what its test tries");
  }

  /// The first line that is no record of the policy's is told: what is wrong with one of them is
  /// mostly so of all.
  void check_fixture(const PolicyTest& test) {
    const Result<std::string> text = fixtures_(test.span.file, test.fixture);
    if (!text) {
      report_.error(test.span, kBadFixture, text.error().message,
                    "name a file that stands beside or below the one with the test");
      return;
    }
    RecordJsonReader reader;
    Record defaults;
    defaults.source = "test";
    std::istringstream lines(*text);
    std::string line;
    for (std::int64_t number = 1; std::getline(lines, line); ++number) {
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      const Result<Delivery> delivery = reader.read_delivery(line, defaults);
      const bool judged = delivery && (policy_.linkage || delivery->record.kind == policy_.reads);
      if (judged) continue;
      const std::string why = delivery ? "a record of kind `" +
                                             std::string(kind_name(delivery->record.kind)) +
                                             "` is never judged: the policy reads `" +
                                             std::string(kind_name(policy_.reads)) + "`"
                                       : "not a record: " + delivery.error().message;
      report_.error(test.span, kBadFixture,
                    "line " + std::to_string(number) + " of `" + test.fixture + "`: " + why,
                    "see docs/native-format.md");
      return;
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
      const Result<Delivery> delivery = reader.read_delivery(line, defaults);
      if (!delivery || is_within(times_, delivery->record.time)) return;
    }
    report_.warn(test.span, kTestOutOfForce,
                 "a finding is expected of records that all lie outside the times at which the "
                 "policy, and a basis of it, is in force",
                 "give them times at which the policy holds");
  }

  const Policy& policy_;
  const FixtureText& fixtures_;
  std::vector<Interval> times_ = times_in_force(policy_);
  std::set<std::string> seen_;  ///< names
  DocumentReader& report_;
};

}  // namespace

void check_tests(const LintedPolicy& linted, DocumentReader& report) {
  const Policy& policy = linted.policy;
  if (policy.tests.empty() || policy.status == PolicyStatus::kRetired) return;
  bool finding = false;
  bool silence = false;
  for (const PolicyTest& test : policy.tests) {
    for (const Expectation& expected : test.expect) {
      finding = finding || expected.findings > 0;
      silence = silence || expected.findings == 0;
    }
  }
  const SourceSpan& place = linted.key_place("tests");
  if (!finding) {
    report.warn(place, kNoPositiveTest, "no test expects a finding",
                "add a test with records that are just above the threshold");
  }
  if (!silence) {
    report.warn(place, kNoNegativeTest, "no test expects silence",
                "add a test with records that are just below the threshold");
  }
}

void check_written_tests(const Policy& policy, std::string_view file, const FixtureText& fixtures,
                         DocumentReader& report) {
  if (policy.status != PolicyStatus::kRetired) {
    WrittenTests(policy, fixtures, report).check_in(file);
  }
}

}  // namespace tidewaiter
