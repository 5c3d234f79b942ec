#include "policies/engine/policy_test.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "policies/language/exemption_name.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kSource = "test";

/// What a test's records are once a record log would have taken them.
struct TestLog {
  std::vector<Record> records;    ///< in the order of the lines
  std::vector<LogEntry> entries;  ///< from seq 2 on: seq 1 is the activation
};

/// What is left of the findings when a test's log has been judged.
struct Outcome {
  struct Found {
    std::string subject;
    std::vector<Figure> figures;
  };
  std::vector<Found> findings;  ///< those not withdrawn, in the order of opening
  std::int64_t not_evaluable = 0;
};

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
  }
  return lines;
}

Result<std::vector<std::string>> lines_of(const Policy& policy, const PolicyTest& test,
                                          const FixtureReader& fixtures) {
  if (test.fixture.empty()) return test.inline_lines;
  if (!fixtures) return fail(ErrorCode::kUnavailable, "no fixtures can be read here");
  const std::string& file = test.span.file.empty() ? policy.span.file : test.span.file;
  Result<std::string> text = fixtures(file, test.fixture);
  if (!text) return tl::unexpected(text.error());
  return split_lines(*text);
}

Result<std::vector<Record>> read_records(const std::vector<std::string>& lines, RecordKind kind) {
  Record defaults;
  defaults.kind = kind;
  defaults.source = std::string(kSource);
  RecordJsonReader reader;
  std::vector<Record> records;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find_first_not_of(" \t") == std::string::npos) continue;
    Result<Record> record = reader.read(lines[i], defaults);
    if (!record) {
      return fail(record.error().code,
                  "record " + std::to_string(i + 1) + ": " + record.error().message);
    }
    if (record->kind != kind) {
      return fail(ErrorCode::kInvalidInput,
                  "record " + std::to_string(i + 1) + ": the policy reads " +
                      std::string(kind_name(kind)) + " records, got one of " +
                      std::string(kind_name(record->kind)));
    }
    records.push_back(std::move(*record));
  }
  return records;
}

/// Gives the records their places in a log. A known identity (id and time) with other content is a
/// revision, with the same content nothing: as the record log does it.
TestLog enter(std::vector<Record> records) {
  TestLog log;
  std::map<std::pair<Digest, UtcTime>, LogEntry> latest;
  std::int64_t seq = 2;
  for (Record& record : records) {
    LogEntry entry;
    record.revision = 0;
    if (const auto known = latest.find({record.id, record.time}); known != latest.end()) {
      const Record& before = std::get<Record>(known->second.body);
      if (same_content(before, record)) continue;
      record.revision = before.revision + 1;
      entry.replaces = ReplacedRecord{known->second.seq, before};
    }
    entry.seq = seq++;
    entry.body = record;
    latest[{record.id, record.time}] = entry;
    log.entries.push_back(std::move(entry));
    log.records.push_back(std::move(record));
  }
  return log;
}

/// Event time that the test's sources have drained at its end.
Result<Interval> covered_by(const PolicyTest& test, const std::vector<Record>& records) {
  Interval covered{UtcTime{std::numeric_limits<std::int64_t>::max()},
                   UtcTime{std::numeric_limits<std::int64_t>::min()}};
  for (const Record& record : records) {
    covered.from = std::min(covered.from, record.time);
    covered.to = std::max(covered.to, record.end());
  }
  if (test.covered_from) covered.from = *test.covered_from;
  if (test.drained_to) covered.to = *test.drained_to;
  if (records.empty() && !(test.covered_from && test.drained_to)) {
    return fail(ErrorCode::kInvalidInput,
                "a test without records needs both `covered_from` and `drained_to`");
  }
  if (covered.to < covered.from) {
    return fail(ErrorCode::kInvalidInput, "the test ends (" + format_time(covered.to) +
                                              ") before it begins (" + format_time(covered.from) +
                                              ")");
  }
  return covered;
}

void append_drained(TestLog& log, RecordKind kind, Interval covered) {
  std::set<std::string> sources;
  for (const Record& record : log.records) {
    if (record.kind == kind) sources.insert(record.source);
  }
  if (sources.empty()) sources.insert(std::string(kSource));
  std::int64_t seq = static_cast<std::int64_t>(log.entries.size()) + 2;
  for (const std::string& source : sources) {
    LogEntry entry;
    entry.seq = seq++;
    entry.body = Control{SourceDrained{source, kind, covered}};
    log.entries.push_back(std::move(entry));
  }
}

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

/// `pattern` with `*` for any run of characters; empty matches everything.
bool subject_matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return true;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
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

PolicyTestResult run_test(const Policy& policy, const PolicyTest& test,
                          const FixtureReader& fixtures, EngineKind engine) {
  PolicyTestResult result{policy.id, test.name, test.span, false, {}};
  const auto give_up = [&result](const Error& error) {
    result.failures.push_back("cannot run: " + to_text(error));
    return result;
  };
  const Result<std::vector<std::string>> lines = lines_of(policy, test, fixtures);
  if (!lines) return give_up(lines.error());
  Result<std::vector<Record>> records = read_records(*lines, policy.reads);
  if (!records) return give_up(records.error());
  const Result<Interval> covered = covered_by(test, *records);
  if (!covered) return give_up(covered.error());
  TestLog log = enter(std::move(*records));
  append_drained(log, policy.reads, *covered);
  const Result<Outcome> outcome = judge(policy, log, engine);
  if (!outcome) return give_up(outcome.error());
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

}  // namespace

std::vector<PolicyTestResult> run_policy_tests(const Policy& policy, const FixtureReader& fixtures,
                                               EngineKind engine) {
  std::vector<PolicyTestResult> results;
  results.reserve(policy.tests.size());
  for (const PolicyTest& test : policy.tests) {
    results.push_back(run_test(policy, test, fixtures, engine));
  }
  return results;
}

}  // namespace tidewaiter
