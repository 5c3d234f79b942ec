#include "policies/engine/policy_test.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "policies/engine/subject_pattern.h"
#include "policies/engine/test_reasons.h"
#include "policies/language/exemption_name.h"
#include "policies/model/counted_text.h"

namespace tidewaiter {
namespace {

/// What is left of the findings when a test's log has been judged, and what became of them.
struct Outcome {
  struct Found {
    std::string subject;
    std::vector<Figure> figures;
  };
  /// That a finding was restated or withdrawn, and why.
  struct Change {
    std::string subject;
    std::string reason;
  };
  std::vector<Found> findings;  ///< those not withdrawn, in the order of opening
  std::vector<Change> restated;
  std::vector<Change> withdrawn;
  std::int64_t not_evaluable = 0;
  std::int64_t too_late = 0;
};

Outcome settle(const std::vector<Step>& steps) {
  Outcome outcome;
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
        outcome.restated.push_back({to_text(step.subject), step.reason});
        break;
      case StepKind::kWithdrawn:
        found.erase(step.finding);
        outcome.withdrawn.push_back({to_text(step.subject), step.reason});
        break;
      case StepKind::kClosed:
      case StepKind::kGap:
        break;
    }
  }
  for (const std::string& id : order) {
    if (const auto at = found.find(id); at != found.end()) {
      outcome.findings.push_back(std::move(at->second));
    }
  }
  return outcome;
}

Result<Outcome> judge(const Policy& policy, const TestLog& log, EngineKind engine) {
  const std::unique_ptr<Evaluation> evaluation = make_evaluation(engine, "policy-test");
  std::vector<Step> steps;
  const Result<void> active =
      evaluation->activate(active_alone(policy), 1, nothing_before(), steps);
  if (!active) return tl::unexpected(active.error());
  evaluation->apply(log.entries, steps);
  Outcome outcome = settle(steps);
  for (const PolicyCoverage& coverage : evaluation->coverage()) {
    outcome.not_evaluable += coverage.windows_not_evaluable;
    outcome.too_late += coverage.records_too_late;
  }
  return outcome;
}

template <class Item>
std::vector<Item> matching(const std::vector<Item>& items, const std::string& pattern) {
  std::vector<Item> found;
  for (const Item& item : items) {
    if (subject_matches(pattern, item.subject)) found.push_back(item);
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

std::string changes_text(const std::vector<Outcome::Change>& changes) {
  std::string text;
  for (const Outcome::Change& change : changes) {
    text += (text.empty() ? " (" : ", ") + change.subject + ": " + change.reason;
  }
  return text.empty() ? text : text + ")";
}

/// What became of the findings, where the test says it.
void check_changes(const Expectation& expected, const Outcome& outcome,
                   std::vector<std::string>& failures) {
  const auto check = [&](std::optional<std::int64_t> want, const std::vector<Outcome::Change>& all,
                         std::string_view one, std::string_view several) {
    if (!want) return;
    const std::vector<Outcome::Change> got = matching(all, expected.subject);
    if (static_cast<std::int64_t>(got.size()) == *want) return;
    failures.push_back("expected " + counted_text(*want, one, several) + about(expected) +
                       ", got " + std::to_string(got.size()) + changes_text(got));
  };
  check(expected.restated, outcome.restated, "restatement", "restatements");
  check(expected.withdrawn, outcome.withdrawn, "withdrawn finding", "withdrawn findings");
}

/// Records and windows are counted whomever they are about.
void check_counts(const Expectation& expected, const Outcome& outcome,
                  std::vector<std::string>& failures) {
  if (expected.not_evaluable && *expected.not_evaluable != outcome.not_evaluable) {
    failures.push_back("expected " +
                       counted_text(*expected.not_evaluable, "window that cannot be told",
                                    "windows that cannot be told") +
                       ", got " + std::to_string(outcome.not_evaluable));
  }
  if (expected.too_late && *expected.too_late != outcome.too_late) {
    failures.push_back("expected " +
                       counted_text(*expected.too_late, "record that comes too late",
                                    "records that come too late") +
                       ", got " + std::to_string(outcome.too_late));
  }
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

/// The policy with an exemption that takes out nothing of which it cannot be told.
Policy exempting_only_for_certain(Policy policy, std::size_t index) {
  Expr certain;
  certain.op = ExprOp::kDefault;
  certain.args.push_back(std::move(policy.exempt[index].where));
  certain.args.emplace_back();
  certain.args.back().literal = false;
  policy.exempt[index].where = std::move(certain);
  return policy;
}

/// Says that findings are absent because of an exemption: without it there are more, and there
/// are none more where it takes out only what is certainly exempt. What cannot be told is no
/// reason.
void check_because(const Policy& policy, const Expectation& expected, const TestLog& log,
                   std::size_t with, EngineKind engine, std::vector<std::string>& failures) {
  const std::optional<std::size_t> index = find_exemption(policy.exempt, expected.because);
  if (!index) {
    failures.push_back("the policy has no `" + expected.because + "`");
    return;
  }
  const auto found_by = [&](const Policy& other) -> Result<std::size_t> {
    const Result<Outcome> outcome = judge(other, log, engine);
    if (!outcome) return tl::unexpected(outcome.error());
    return matching(outcome->findings, expected.subject).size();
  };
  Policy without = policy;
  without.exempt.erase(without.exempt.begin() + static_cast<std::ptrdiff_t>(*index));
  const Result<std::size_t> more = found_by(without);
  const Result<std::size_t> certain = found_by(exempting_only_for_certain(policy, *index));
  const std::string wanted =
      "expected `" + expected.because + "` to be the reason" + about(expected);
  if (!more || !certain) {
    failures.push_back((more ? certain : more).error().message);
  } else if (*more <= with) {
    failures.push_back(wanted + ", got no more findings without it");
  } else if (*certain > with) {
    failures.push_back(wanted +
                       ", but a field is missing that it asks for: nobody can tell whether the "
                       "records are exempt");
  }
}

/// Silence about a subject that no record names says nothing of the policy. Asked of the policy as
/// it is written: one that was changed on purpose may name its subjects otherwise.
void check_silences(const Policy& policy, const PolicyTest& test, const TestLog& log,
                    PolicyTestResult& result) {
  for (const Expectation& expected : test.expect) {
    if (expected.findings > 0 || expected.subject.empty()) continue;
    const std::optional<std::string> why = why_nobody(policy, log, expected.subject);
    if (!why) continue;
    result.failures.push_back("expected silence" + about(expected) + ", but " + *why);
    result.passed = false;
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
    const std::vector<Outcome::Found> found = matching(outcome->findings, expected.subject);
    if (static_cast<std::int64_t>(found.size()) != expected.findings) {
      result.failures.push_back(
          "expected " + counted_text(expected.findings, "finding", "findings") + about(expected) +
          ", got " + std::to_string(found.size()) + subjects_text(found));
    }
    if (static_cast<std::int64_t>(found.size()) < expected.findings) {
      result.too_few.push_back(expected.subject);
    }
    check_measures(expected, found, result.failures);
    if (!expected.because.empty()) {
      check_because(policy, expected, log, found.size(), engine, result.failures);
    }
    check_changes(expected, *outcome, result.failures);
    check_counts(expected, *outcome, result.failures);
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
    if (!log) continue;
    PolicyTestResult& result = results.back();
    check_silences(policy, test, *log, result);
    if (!result.too_few.empty()) {
      result.reasons = reasons_for_too_few(policy, *log, result.too_few);
    }
  }
  return results;
}

}  // namespace tidewaiter
