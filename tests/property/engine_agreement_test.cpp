// The columnar engine against the reference engine: random policy sets over random logs, cut into
// random batches, give the same steps and the same coverage. And an evaluation that went on while
// retention dropped records against one that was made afterwards.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/evaluation.h"
#include "tests/property/random_log.h"

namespace tidewaiter {
namespace {

std::string describe(const std::vector<Figure>& figures) {
  std::string out;
  for (const Figure& figure : figures) {
    out += " " + figure.name + "=" + format_value(figure.value, figure.type);
  }
  return out;
}

std::string describe(const Step& step) {
  std::ostringstream out;
  out << "(" << step.seq << "," << step.ordinal << ") " << step_name(step.kind) << " "
      << step.finding << " " << step.policy << " v" << step.policy_version << " "
      << to_hex(step.policy_hash).substr(0, 8) << " " << severity_name(step.severity) << " "
      << to_text(step.subject) << " [" << format_time(step.run.from) << ", "
      << format_time(step.run.to) << ") windows " << step.windows << describe(step.figures)
      << " | before" << describe(step.previous) << (step.historical ? " historical " : " ")
      << step.reason << " " << step.count << " evidence " << choice_name(step.evidence_choice);
  for (const std::int64_t seq : step.evidence) out << " " << seq;
  for (const std::string& finding : step.evidence_findings) out << " " << finding;
  out << " of " << step.evidence_total;
  return out.str();
}

std::string describe(const PolicyCoverage& c) {
  std::ostringstream out;
  out << c.policy << " read " << c.records_read << " selected " << c.records_selected << " unknown "
      << c.records_unknown << " exempt " << c.records_exempt << " late " << c.records_too_late
      << " true " << c.windows_true << " false " << c.windows_false << " not evaluable "
      << c.windows_not_evaluable << " subjects " << c.subjects;
  return out.str();
}

/// How a log is given to an evaluation.
struct Reading {
  EngineKind engine = EngineKind::kColumnar;
  enum class Cut : std::uint8_t { kEachEntry, kRandom, kWhole } cut = Cut::kEachEntry;
  Random* cuts = nullptr;  // for kRandom
  /// The evaluation is made when the log has grown to here, and reads what is stored then.
  std::int64_t started_at = 0;
  std::size_t threads = 1;
};

struct Said {
  std::vector<Step> steps;
  std::vector<PolicyCoverage> coverage;

  [[nodiscard]] std::vector<std::string> all() const {
    std::vector<std::string> lines;
    for (const Step& step : steps) lines.push_back(describe(step));
    for (const PolicyCoverage& one : coverage) lines.push_back(describe(one));
    return lines;
  }
  /// Every step about a finding, and all steps after an entry.
  [[nodiscard]] std::vector<std::string> recorded(std::int64_t after) const {
    std::vector<std::string> lines;
    for (const Step& step : steps) {
      if (step.kind != StepKind::kGap || step.seq > after) lines.push_back(describe(step));
    }
    return lines;
  }
};

Said run(const RandomLog& log, const Reading& reading) {
  using Cut = Reading::Cut;
  const std::int64_t start = reading.started_at;
  const auto evaluation =
      make_evaluation(reading.engine, "log", log.dropped_before(start), reading.threads);
  std::vector<LogEntry> entries = log.stored(start, start);
  std::copy_if(log.entries.begin(), log.entries.end(), std::back_inserter(entries),
               [start](const LogEntry& entry) { return entry.seq > start; });
  Said said;
  std::vector<LogEntry> pending;
  for (const LogEntry& entry : entries) {
    const auto activation = log.activations.find(entry.seq);
    if (activation != log.activations.end()) {
      evaluation->apply(pending, said.steps);
      pending.clear();
      const std::int64_t head = std::max(start, entry.seq - 1);
      const LogReplay replay = [&](std::int64_t last, const auto& batch) -> Result<void> {
        batch(log.stored(head, last));
        return {};
      };
      EXPECT_TRUE(evaluation->activate(activation->second, entry.seq, replay, said.steps));
      continue;
    }
    pending.push_back(entry);
    if (reading.cut == Cut::kEachEntry ||
        (reading.cut == Cut::kRandom && reading.cuts->chance(20))) {
      evaluation->apply(pending, said.steps);
      pending.clear();
    }
  }
  evaluation->apply(pending, said.steps);
  said.coverage = evaluation->coverage();
  return said;
}

Duration longest_history(const RandomLog& log) {
  Duration longest;
  for (const auto& [seq, set] : log.activations) {
    for (const Policy& policy : set->policies) longest = std::max(longest, history_of(policy));
  }
  return longest;
}

/// Makes the drops of a log such as the daemon allows: none reaches into an interval that a step
/// has stated before, or into the history that it was compared with.
void bound_drops(RandomLog& log) {
  for (LogEntry& entry : log.entries) {
    auto* control = std::get_if<Control>(&entry.body);
    auto* dropped = control == nullptr ? nullptr : std::get_if<RecordsDropped>(control);
    if (dropped == nullptr) continue;
    RandomLog so_far;
    for (const LogEntry& one : log.entries) {
      if (one.seq < entry.seq) so_far.entries.push_back(one);
    }
    so_far.activations = log.activations;
    for (const Step& step : run(so_far, {}).steps) {
      if (step.kind == StepKind::kGap) continue;
      dropped->before = std::min(dropped->before, step.run.from - longest_history(log));
    }
  }
}

std::string policies_of(const RandomLog& log) {
  std::ostringstream out;
  for (const auto& [seq, set] : log.activations) {
    for (const Policy& policy : set->policies) {
      out << "at " << seq << ": " << policy.id << " window " << policy.window.length.us / kMinute.us
          << "/" << policy.window.every.us / kMinute.us << "m when " << to_text(policy.condition);
      for (const Measure& measure : policy.measures) {
        out << " " << measure.name << " " << static_cast<int>(measure.aggregate) << " "
            << (measure.argument ? to_text(*measure.argument) : "")
            << (measure.group ? " of " + to_text(*measure.group) : "")
            << (measure.formula ? to_text(*measure.formula) : "")
            << (measure.where ? " where " + to_text(*measure.where) : "");
      }
      out << " report " << to_text(policy.report_when) << "\n";
    }
  }
  return out.str();
}

/// Where two engines part, or nothing.
std::string difference(const std::vector<std::string>& got, const std::vector<std::string>& want) {
  const auto [at_got, at_want] = std::mismatch(got.begin(), got.end(), want.begin(), want.end());
  if (at_got == got.end() && at_want == want.end()) return "";
  return "line " + std::to_string(at_want - want.begin()) + "\n  got  " +
         (at_got == got.end() ? "nothing" : *at_got) + "\n  want " +
         (at_want == want.end() ? "nothing" : *at_want);
}

/// Both engines, and the columnar one over the log in one piece.
Said expect_agreement(const RandomLog& log, Random& random) {
  using Cut = Reading::Cut;
  const Said wanted = run(log, {EngineKind::kReference, Cut::kEachEntry});
  EXPECT_EQ(
      difference(run(log, {EngineKind::kColumnar, Cut::kRandom, &random}).all(), wanted.all()), "");
  const auto threads = random.one_of<std::size_t>({1, 2, 8});
  const Reading whole{EngineKind::kColumnar, Cut::kWhole, nullptr, 0, threads};
  EXPECT_EQ(difference(run(log, whole).all(), wanted.all()), "") << threads << " threads";
  return wanted;
}

std::uint64_t first_seed() {
  const char* const given = std::getenv("TIDEWAITER_SEED");
  return given != nullptr ? std::stoull(given) : std::random_device{}();
}

int seeds_to_run(int usual) {
  const char* const given = std::getenv("TIDEWAITER_SEEDS");
  return given != nullptr ? std::stoi(given) : usual;
}

std::uint64_t told_first_seed() {
  const std::uint64_t first = first_seed();
  std::cout << "first seed " << first << " (TIDEWAITER_SEED repeats it, TIDEWAITER_SEEDS=1)\n";
  return first;
}

void agree_over_seed(std::uint64_t seed, bool statistics = false) {
  Random random(seed);
  LogShape shape{10, 90, false, random.chance(50), random.chance(30)};
  shape.statistics = statistics;
  const RandomLog log = random_log(random, shape);
  SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + policies_of(log));
  expect_agreement(log, random);
}

TEST(EngineAgreement, BothEnginesSayTheSame) {
  const std::uint64_t first = told_first_seed();
  for (int i = 0; i < seeds_to_run(300) && !HasFailure(); ++i) {
    agree_over_seed(first + static_cast<std::uint64_t>(i));
  }
}

TEST(EngineAgreement, OverStatisticsAndFormulas) {
  const std::uint64_t first = told_first_seed();
  for (int i = 0; i < seeds_to_run(300) && !HasFailure(); ++i) {
    agree_over_seed(first + static_cast<std::uint64_t>(i), true);
  }
}

/// Dates that clocks make long, short or leave out.
TEST(EngineAgreement, OverCalendars) {
  const std::uint64_t first = told_first_seed();
  const int seeds = seeds_to_run(200);
  std::set<std::int64_t> lengths;  // of runs of findings, in minutes
  for (int i = 0; i < seeds && !HasFailure(); ++i) {
    Random random(first + static_cast<std::uint64_t>(i));
    LogShape shape{10, 90, false, random.chance(30), random.chance(30)};
    shape.statistics = random.chance(50);
    shape.calendars = true;
    const RandomLog log = random_log(random, shape);
    SCOPED_TRACE("seed " + std::to_string(first + static_cast<std::uint64_t>(i)) + "\n" +
                 policies_of(log));
    for (const Step& step : expect_agreement(log, random).steps) {
      lengths.insert((step.run.to - step.run.from).us / kMinute.us);
    }
  }
  EXPECT_TRUE(lengths.size() > 20 || seeds < 200) << "dates were hardly ever of another length";
}

TEST(EngineAgreement, OverSteps) {
  const std::uint64_t first = told_first_seed();
  for (int i = 0; i < seeds_to_run(300) && !HasFailure(); ++i) {
    Random random(first + static_cast<std::uint64_t>(i));
    LogShape shape{10, 90, false, random.chance(50), false};
    shape.steps = true;
    const RandomLog log = random_log(random, shape);
    SCOPED_TRACE("seed " + std::to_string(first + static_cast<std::uint64_t>(i)) + "\n" +
                 policies_of(log));
    expect_agreement(log, random);
  }
}

TEST(EngineAgreement, OverFindings) {
  const std::uint64_t first = told_first_seed();
  const int seeds = seeds_to_run(60);
  std::set<std::string> said;  // by policies that read findings
  for (int i = 0; i < seeds && !HasFailure(); ++i) {
    Random random(first + static_cast<std::uint64_t>(i));
    LogShape shape{30, 120, false, random.chance(30), false};
    shape.findings = true;
    shape.repeats = random.chance(30);
    shape.sessions = random.chance(20);
    shape.steps = !shape.sessions && random.chance(20);
    shape.parties = !shape.sessions && !shape.steps && random.chance(20);
    const RandomLog log = random_log(random, shape);
    SCOPED_TRACE("seed " + std::to_string(first + static_cast<std::uint64_t>(i)) + "\n" +
                 policies_of(log));
    for (const Step& step : expect_agreement(log, random).steps) {
      if (step.policy.starts_with("f.")) {
        said.insert(std::string(step_name(step.kind)));
      }
    }
  }
  EXPECT_TRUE(said.size() == 5 || seeds < 60) << "policies that read findings hardly spoke";
}

/// That the generator reaches sequences that are completed, and absences.
TEST(EngineAgreement, FixedSeedsReachBothKindsOfSteps) {
  std::set<std::string> told;
  for (std::uint64_t seed = 1; told.size() < 2 && seed <= 300; ++seed) {
    Random random(seed);
    LogShape shape;
    shape.steps = true;
    for (const Step& step : run(random_log(random, shape), {EngineKind::kColumnar}).steps) {
      if (step.kind == StepKind::kOpened) told.insert(step.figures.at(0).name);
    }
  }
  EXPECT_EQ(told, (std::set<std::string>{"completed", "missing"}));
}

/// Instants at which correlations match, of each kind.
TEST(EngineAgreement, OverCorrelations) {
  const std::uint64_t first = told_first_seed();
  const int seeds = seeds_to_run(300);
  std::set<TrailingFigure::Kind> reached;
  for (int i = 0; i < seeds && !HasFailure(); ++i) {
    Random random(first + static_cast<std::uint64_t>(i));
    LogShape shape{10, 90, false, random.chance(50), false};
    shape.steps = true;
    shape.correlations = true;
    const RandomLog log = random_log(random, shape);
    SCOPED_TRACE("seed " + std::to_string(first + static_cast<std::uint64_t>(i)) + "\n" +
                 policies_of(log));
    const Said said = expect_agreement(log, random);
    for (const auto& [seq, set] : log.activations) {
      for (const Policy& policy : set->policies) {
        const auto& pattern = policy.measures.front().pattern;
        const bool opened = std::ranges::any_of(said.steps, [&](const Step& step) {
          return step.kind == StepKind::kOpened && step.policy_hash == policy.hash;
        });
        if (opened && pattern && pattern->trailing) reached.insert(pattern->trailing->kind);
      }
    }
  }
  EXPECT_TRUE(reached.size() == 7 || seeds < 200) << "some kinds of correlation never matched";
}

/// Policies that are silent while none of their bases is in force.
TEST(EngineAgreement, OverDatedBases) {
  const std::uint64_t first = told_first_seed();
  const int seeds = seeds_to_run(200);
  int opened = 0;
  for (int i = 0; i < seeds && !HasFailure(); ++i) {
    Random random(first + static_cast<std::uint64_t>(i));
    LogShape shape{10, 90, false, random.chance(30), false};
    shape.statistics = random.chance(30);
    shape.steps = random.chance(20);
    shape.sessions = !shape.steps && random.chance(20);
    shape.dated_bases = true;
    const RandomLog log = random_log(random, shape);
    SCOPED_TRACE("seed " + std::to_string(first + static_cast<std::uint64_t>(i)) + "\n" +
                 policies_of(log));
    const Said said = expect_agreement(log, random);
    opened += static_cast<int>(std::ranges::count(said.steps, StepKind::kOpened, &Step::kind));
  }
  EXPECT_TRUE(opened > 20 || seeds < 200) << "hardly anything was found";
}

/// Runs that are cut into several findings, and evidence by other orders than time.
TEST(EngineAgreement, OverRepeats) {
  const std::uint64_t first = told_first_seed();
  const int seeds = seeds_to_run(300);
  int repeated = 0;
  for (int i = 0; i < seeds && !HasFailure(); ++i) {
    Random random(first + static_cast<std::uint64_t>(i));
    LogShape shape{10, 90, false, random.chance(30), random.chance(20)};
    shape.statistics = random.chance(30);
    shape.calendars = random.chance(10);
    shape.repeats = true;
    const RandomLog log = random_log(random, shape);
    SCOPED_TRACE("seed " + std::to_string(first + static_cast<std::uint64_t>(i)) + "\n" +
                 policies_of(log));
    const Said said = expect_agreement(log, random);
    repeated += static_cast<int>(std::ranges::count(said.steps, "repeat", &Step::reason));
  }
  EXPECT_TRUE(repeated > 20 || seeds < 200) << "runs were hardly ever cut";
}

/// With an index of names, and without.
TEST(EngineAgreement, OverParties) {
  const std::uint64_t first = told_first_seed();
  const int seeds = seeds_to_run(300);
  std::set<std::string> kinds;
  for (int i = 0; i < seeds && !HasFailure(); ++i) {
    Random random(first + static_cast<std::uint64_t>(i));
    LogShape shape{10, 60, false, random.chance(30), false};
    shape.parties = true;
    const RandomLog log = random_log(random, shape);
    SCOPED_TRACE("seed " + std::to_string(first + static_cast<std::uint64_t>(i)) + "\n" +
                 policies_of(log));
    for (const Step& step : expect_agreement(log, random).steps) {
      kinds.insert(std::string(step_name(step.kind)) + " " + step.reason);
    }
  }
  const bool reached = kinds.contains("finding.opened ") &&
                       kinds.contains("finding.withdrawn no-longer-holds") &&
                       kinds.contains("finding.withdrawn policy-changed") &&
                       kinds.contains("coverage.gap not-evaluable");
  EXPECT_TRUE(reached || seeds < 200) << testing::PrintToString(kinds);
}

/// A log of sessions: short and long ones, with late records and revisions.
RandomLog log_of_sessions(Random& random) {
  LogShape shape{10, 90, false, random.chance(40), random.chance(20)};
  shape.statistics = random.chance(40);
  shape.repeats = random.chance(30);
  shape.sessions = true;
  return random_log(random, shape);
}

TEST(EngineAgreement, OverSessions) {
  const std::uint64_t first = told_first_seed();
  for (int i = 0; i < seeds_to_run(300) && !HasFailure(); ++i) {
    Random random(first + static_cast<std::uint64_t>(i));
    const RandomLog log = log_of_sessions(random);
    SCOPED_TRACE("seed " + std::to_string(first + static_cast<std::uint64_t>(i)) + "\n" +
                 policies_of(log));
    expect_agreement(log, random);
  }
}

/// That the generator reaches sessions of many lengths, and findings of sessions that become one.
TEST(EngineAgreement, FixedSeedsReachSessionsThatMerge) {
  std::set<std::int64_t> lengths;  // in minutes
  bool merged = false;
  for (std::uint64_t seed = 1; (!merged || lengths.size() <= 20) && seed <= 3000; ++seed) {
    Random random(seed);
    for (const Step& step : run(log_of_sessions(random), {EngineKind::kColumnar}).steps) {
      lengths.insert((step.run.to - step.run.from).us / kMinute.us);
      merged = merged || step.reason.starts_with("merged:");
    }
  }
  EXPECT_TRUE(merged);
  EXPECT_GT(lengths.size(), 20U);
}

/// A log of what clusters are made and unmade by, and of policies of every shape about them.
RandomLog log_of_clusters(Random& random) {
  LogShape shape{20, 110, false, random.chance(30), false};
  shape.clusters = true;
  shape.statistics = random.chance(40);
  shape.steps = random.chance(20);
  shape.calendars = random.chance(10);
  shape.repeats = random.chance(20);
  return random_log(random, shape);
}

TEST(EngineAgreement, OverClusters) {
  const std::uint64_t first = told_first_seed();
  for (int i = 0; i < seeds_to_run(300) && !HasFailure(); ++i) {
    Random random(first + static_cast<std::uint64_t>(i));
    const RandomLog log = log_of_clusters(random);
    SCOPED_TRACE("seed " + std::to_string(first + static_cast<std::uint64_t>(i)) + "\n" +
                 policies_of(log));
    expect_agreement(log, random);
  }
}

/// That the generator reaches clusters that grow into windows that have settled, and findings that
/// go over to the cluster that theirs became part of.
TEST(EngineAgreement, FixedSeedsReachClustersThatMerge) {
  std::set<std::string> told;
  for (std::uint64_t seed = 1; told.size() < 2 && seed <= 1000; ++seed) {
    Random random(seed);
    std::map<std::string, Subject> opened;
    for (const Step& step : run(log_of_clusters(random), {EngineKind::kColumnar}).steps) {
      if (step.kind == StepKind::kOpened) opened[step.finding] = step.subject;
      if (step.reason == "cluster-changed") told.insert("changed");
      if (step.kind != StepKind::kWithdrawn || !step.reason.starts_with("merged:")) continue;
      if (opened.at(step.reason.substr(7)) != step.subject) told.insert("merged");
    }
  }
  EXPECT_EQ(told, (std::set<std::string>{"changed", "merged"}));
}

/// Long enough for a history that says what is usual.
TEST(EngineAgreement, OverHistories) {
  const std::uint64_t first = told_first_seed();
  for (int i = 0; i < seeds_to_run(3) && !HasFailure(); ++i) {
    Random random(first + static_cast<std::uint64_t>(i));
    LogShape shape{400, 500, false, false, false};
    shape.statistics = true;
    const RandomLog log = random_log(random, shape);
    SCOPED_TRACE("seed " + std::to_string(first + static_cast<std::uint64_t>(i)) + "\n" +
                 policies_of(log));
    expect_agreement(log, random);
  }
}

LogShape history_shape(Random& random) {
  LogShape shape{80, 160, false, random.chance(30), false};
  shape.histories = true;
  shape.calendars = random.chance(20);
  return shape;
}

/// Own and of peers.
TEST(EngineAgreement, OverShortHistories) {
  const std::uint64_t first = told_first_seed();
  for (int i = 0; i < seeds_to_run(15) && !HasFailure(); ++i) {
    Random random(first + static_cast<std::uint64_t>(i));
    const RandomLog log = random_log(random, history_shape(random));
    SCOPED_TRACE("seed " + std::to_string(first + static_cast<std::uint64_t>(i)) + "\n" +
                 policies_of(log));
    expect_agreement(log, random);
  }
}

/// That the generator reaches deviations from peers that can be told, of findings that a late
/// record of another subject opens, restates or withdraws.
TEST(EngineAgreement, FixedSeedsReachPeers) {
  const std::set<std::string> all{"told", "finding.opened", "finding.restated",
                                  "finding.withdrawn"};
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seen != all && seed <= 400; ++seed) {
    Random random(seed);
    const RandomLog log = random_log(random, history_shape(random));
    for (const Step& step : run(log, {EngineKind::kColumnar}).steps) {
      if (step.figures.size() < 2) continue;
      if (!is_null(step.figures[1].value)) seen.insert("told");
      const auto entry = log.entries.begin() + static_cast<std::ptrdiff_t>(step.seq - 1);
      const auto* const record = std::get_if<Record>(&entry->body);
      const Value account =
          record == nullptr ? Value() : field_value(*record, *find_field("account"));
      if (is_null(account) || step.subject.fields != std::vector{*find_field("account")}) continue;
      const bool own = step.subject.source == record->source &&
                       step.subject.values.front() == std::get<std::string>(account);
      if (own || entry->replaces || step.kind == StepKind::kClosed) continue;
      seen.insert(std::string(step_name(step.kind)));
    }
  }
  EXPECT_EQ(seen, all);
}

// A record that no aggregate sees once left a formula over them in doubt.
TEST(EngineAgreement, SeedOfStatisticsThatOnceDiffered) { agree_over_seed(95531546, true); }

/// That the generator reaches deviations, and cumulative sums above 0, that can be told.
TEST(EngineAgreement, FixedSeedsReachDeviations) {
  int told = 0;
  int summed = 0;
  for (std::uint64_t seed = 1; (told == 0 || summed == 0) && seed <= 400; ++seed) {
    Random random(seed);
    const RandomLog log = random_log(random, history_shape(random));
    for (const Step& step : run(log, {EngineKind::kColumnar}).steps) {
      for (const auto& [seq, set] : log.activations) {
        for (const Policy& policy : set->policies) {
          // A withdrawal has the figures of the policy before.
          if (policy.hash != step.policy_hash || step.kind == StepKind::kWithdrawn) continue;
          for (std::size_t m = 0; m < step.figures.size(); ++m) {
            const Aggregate aggregate = policy.measures[m].aggregate;
            const auto* const figure = std::get_if<double>(&step.figures[m].value);
            if (figure == nullptr) continue;
            told += aggregate == Aggregate::kDeviation ? 1 : 0;
            summed += aggregate == Aggregate::kCusum && *figure > 0 ? 1 : 0;
          }
        }
      }
    }
  }
  EXPECT_GT(told, 0);
  EXPECT_GT(summed, 0);
}

// As g++ draws from them, both once lost the end of a finding whose run had grown after the silent
// evaluation of a new policy had closed it.
TEST(EngineAgreement, SeedsThatOnceDiffered) {
  agree_over_seed(1897);
  agree_over_seed(1809498774);
}

TEST(EngineAgreement, OverLongLogs) {
  const std::uint64_t first = told_first_seed();
  for (int i = 0; i < seeds_to_run(2) && !HasFailure(); ++i) {
    Random random(first + static_cast<std::uint64_t>(i));
    const RandomLog log = random_log(random, {5000, 5000, true, false, false});
    SCOPED_TRACE("seed " + std::to_string(first + static_cast<std::uint64_t>(i)) + "\n" +
                 policies_of(log));
    expect_agreement(log, random);
  }
}

/// After a drop a started process says what one says that went on, and numbers findings alike.
TEST(EngineAgreement, StartAfterADropSaysTheSame) {
  const std::uint64_t first = told_first_seed();
  int drops = 0;
  for (int i = 0; i < seeds_to_run(100) && !HasFailure(); ++i) {
    Random random(first + static_cast<std::uint64_t>(i));
    LogShape shape{20, 90, false, true, false};
    shape.statistics = i % 2 == 1;
    shape.repeats = i % 3 == 1;
    shape.sessions = i % 4 == 2;
    RandomLog log = random_log(random, shape);
    bound_drops(log);
    const auto head = static_cast<std::int64_t>(log.entries.size());
    SCOPED_TRACE("seed " + std::to_string(first + static_cast<std::uint64_t>(i)) + "\n" +
                 policies_of(log));
    for (std::int64_t drop = log.last_drop(head); drop > 0; drop = log.last_drop(drop - 1)) {
      ++drops;
      for (const EngineKind engine : {EngineKind::kReference, EngineKind::kColumnar}) {
        const Said went_on = run(log, {engine});
        const Said started = run(log, {engine, Reading::Cut::kWhole, nullptr, drop});
        EXPECT_EQ(difference(started.recorded(drop), went_on.recorded(drop)), "")
            << "drop at " << drop;
      }
    }
  }
  EXPECT_TRUE(drops > 0 || seeds_to_run(100) < 100) << "no log had a drop";
}

/// That the generator reaches what it is to compare: each kind of step, with each reason.
// The seeds are fixed, but compilers draw from them in another order where C++ leaves the order of
// operands open: so it goes on until everything was seen, and fails if that takes too long.
TEST(EngineAgreement, FixedSeedsReachEveryKindOfStep) {
  const std::set<std::string> all{"finding.opened",
                                  "finding.restated run-changed",
                                  "finding.restated window-closed",
                                  "finding.restated late-data",
                                  "finding.restated revised-data",
                                  "finding.restated policy-changed",
                                  "finding.withdrawn no-longer-holds",
                                  "finding.withdrawn merged",
                                  "finding.withdrawn policy-changed",
                                  "finding.closed",
                                  "coverage.gap too-late",
                                  "coverage.gap not-evaluable",
                                  "historical",
                                  "run of several windows"};
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 300 || (seen != all && seed <= 3000); ++seed) {
    Random random(seed);
    const RandomLog log = random_log(random, {10, 90, false, random.chance(50), false});
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + policies_of(log));
    for (const Step& step : expect_agreement(log, random).steps) {
      const std::string reason = step.reason.substr(0, step.reason.find(':'));
      seen.insert(std::string(step_name(step.kind)) + (reason.empty() ? "" : " " + reason));
      if (step.historical) seen.insert("historical");
      if (step.windows > 1) seen.insert("run of several windows");
    }
    if (HasFailure()) break;
  }
  EXPECT_EQ(seen, all);
}

}  // namespace
}  // namespace tidewaiter
