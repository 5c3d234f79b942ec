#include "policies/engine/policy_test.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "policies/engine/subject_pattern.h"
#include "policies/language/exemption_name.h"

namespace tidewaiter {
namespace {

/// What is left of the findings when a test's log has been judged.
struct Outcome {
  struct Found {
    std::string subject;
    std::vector<Figure> figures;
  };
  std::vector<Found> findings;  ///< those not withdrawn, in the order of opening
  std::int64_t not_evaluable = 0;
};

Outcome settle(const std::vector<Step>& steps) {
  std::vector<std::string> order;
  std::map<std::string, Outcome::Found> found;
  for (const Step& step : steps) {
    switch (step.kind) {
      case StepKind::kOpened:
        order.push_back(step.finding);
        found[step.finding] = {to_text(step.subject), step.figures};
        break;
      case StepKind::kRestated:
        found[step.finding].figures = step.figures;
        break;
      case StepKind::kWithdrawn:
        found.erase(step.finding);
        break;
      case StepKind::kClosed:
      case StepKind::kGap:
        break;
    }
  }
  Outcome outcome;
  for (const std::string& id : order) {
    if (const auto at = found.find(id); at != found.end()) {
      outcome.findings.push_back(std::move(at->second));
    }
  }
  return outcome;
}

Result<Outcome> judge(const Policy& policy, const TestLog& log, EngineKind engine) {
  auto set = std::make_shared<PolicySet>();
  set->policies.push_back(policy);
  set->policies.front().status = PolicyStatus::kActive;
  set->hash = policy.hash;
  const std::unique_ptr<Evaluation> evaluation = make_evaluation(engine, "policy-test");
  std::vector<Step> steps;
  const LogReplay nothing_before =
      [](std::int64_t, const std::function<void(std::span<const LogEntry>)>&) -> Result<void> {
    return {};
  };
  if (Result<void> active = evaluation->activate(set, 1, nothing_before, steps); !active) {
    return tl::unexpected(active.error());
  }
  evaluation->apply(log.entries, steps);
  Outcome outcome = settle(steps);
  for (const PolicyCoverage& coverage : evaluation->coverage()) {
    outcome.not_evaluable += coverage.windows_not_evaluable;
  }
  return outcome;
}

std::vector<Outcome::Found> matching(const Outcome& outcome, const std::string& pattern) {
  std::vector<Outcome::Found> found;
  for (const Outcome::Found& finding : outcome.findings) {
    if (subject_matches(pattern, finding.subject)) found.push_back(finding);
  }
  return found;
}

bool same_value(const Value& want, const Value& got) {
  const auto number = [](const Value& value) -> std::optional<double> {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return std::nullopt;
  };
  // A test may write 5 where the measure is 5.0.
  if (want.index() != got.index() && number(want) && number(got))
    return *number(want) == *number(got);
  return want == got;
}

std::string subjects_text(const std::vector<Outcome::Found>& found) {
  std::string text;
  for (const Outcome::Found& finding : found) {
    text += (text.empty() ? " (" : ", ") + finding.subject;
  }
  return text.empty() ? text : text + ")";
}

std::string about(const Expectation& expected) {
  return expected.subject.empty() ? "" : " for `" + expected.subject + "`";
}

void check_measures(const Expectation& expected, const std::vector<Outcome::Found>& found,
                    std::vector<std::string>& failures) {
  for (const Outcome::Found& finding : found) {
    for (const auto& [name, want] : expected.measures) {
      const auto figure =
          std::find_if(finding.figures.begin(), finding.figures.end(),
                       [&measure = name](const Figure& f) { return f.name == measure; });
      if (figure == finding.figures.end()) {
        failures.push_back("the policy has no measure `" + name + "`");
      } else if (!same_value(want, figure->value)) {
        failures.push_back(finding.subject + ": expected " + name + " = " +
                           format_value(want, figure->type) + ", got " +
                           format_value(figure->value, figure->type));
      }
    }
  }
}

/// Says that findings are absent because of an exemption: without it there are more.
void check_because(const Policy& policy, const Expectation& expected, const TestLog& log,
                   std::size_t with, EngineKind engine, std::vector<std::string>& failures) {
  const std::optional<std::size_t> index = find_exemption(policy.exempt, expected.because);
  if (!index) {
    failures.push_back("the policy has no `" + expected.because + "`");
    return;
  }
  Policy without = policy;
  without.exempt.erase(without.exempt.begin() + static_cast<std::ptrdiff_t>(*index));
  const Result<Outcome> outcome = judge(without, log, engine);
  if (!outcome) {
    failures.push_back(outcome.error().message);
  } else if (matching(*outcome, expected.subject).size() <= with) {
    failures.push_back("expected `" + expected.because + "` to be the reason" + about(expected) +
                       ", got no more findings without it");
  }
}

PolicyTestResult cannot_run(const Policy& policy, const PolicyTest& test, const Error& error) {
  return {policy.id, test.name, test.span, false, {"cannot run: " + to_text(error)}};
}

}  // namespace

PolicyTestResult run_policy_test(const Policy& policy, const PolicyTest& test, const TestLog& log,
                                 EngineKind engine) {
  const Result<Outcome> outcome = judge(policy, log, engine);
  if (!outcome) return cannot_run(policy, test, outcome.error());
  PolicyTestResult result{policy.id, test.name, test.span, false, {}};
  for (const Expectation& expected : test.expect) {
    const std::vector<Outcome::Found> found = matching(*outcome, expected.subject);
    if (static_cast<std::int64_t>(found.size()) != expected.findings) {
      result.failures.push_back("expected " + std::to_string(expected.findings) +
                                (expected.findings == 1 ? " finding" : " findings") +
                                about(expected) + ", got " + std::to_string(found.size()) +
                                subjects_text(found));
    }
    check_measures(expected, found, result.failures);
    if (!expected.because.empty()) {
      check_because(policy, expected, log, found.size(), engine, result.failures);
    }
    if (expected.not_evaluable && *expected.not_evaluable != outcome->not_evaluable) {
      result.failures.push_back("expected " + std::to_string(*expected.not_evaluable) +
                                " windows that cannot be told, got " +
                                std::to_string(outcome->not_evaluable));
    }
  }
  result.passed = result.failures.empty();
  return result;
}

std::vector<PolicyTestResult> run_policy_tests(const Policy& policy, const FixtureReader& fixtures,
                                               EngineKind engine) {
  std::vector<PolicyTestResult> results;
  results.reserve(policy.tests.size());
  for (const PolicyTest& test : policy.tests) {
    const Result<TestLog> log = make_test_log(policy, test, fixtures);
    results.push_back(log ? run_policy_test(policy, test, *log, engine)
                          : cannot_run(policy, test, log.error()));
  }
  return results;
}

}  // namespace tidewaiter
