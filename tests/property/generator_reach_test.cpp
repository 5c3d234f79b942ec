// That the logs which the engines are compared over reach what they are to compare: each kind of
// step with each reason, and the rare turns of each shape. Over fixed seeds: what random ones reach
// is chance.

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "tests/property/agreement_logs.h"
#include "tests/property/engine_run.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

using Names = std::set<std::string>;

std::vector<Step> steps_of(const RandomLog& log) { return run(log, {EngineKind::kColumnar}).steps; }

/// A step's kind and reason, without the name that some reasons end in.
std::string kind_and_reason(const Step& step) {
  const std::string reason = step.reason.substr(0, step.reason.find(':'));
  return std::string(step_name(step.kind)) + (reason.empty() ? "" : " " + reason);
}

/// Adds to `seen` what `see` sees in logs of fixed seeds, until `all` was seen.
template <class MakeLog, class See>
void expect_reach(const Names& all, MakeLog log_of, const See& see) {
  Names seen;
  until_fixed_seeds_reach([&](std::uint64_t seed) {
    Random random(seed);
    see(log_of(random), seen);
    return seen == all;
  });
  EXPECT_EQ(seen, all);
}

/// Counts with `count` over fixed seeds until there are more than `least`.
template <class MakeLog, class Count>
void expect_many(std::size_t least, MakeLog log_of, const Count& count) {
  std::size_t so_far = 0;
  until_fixed_seeds_reach([&](std::uint64_t seed) {
    Random random(seed);
    for (const Step& step : steps_of(log_of(random))) so_far += count(step) ? 1 : 0;
    return so_far > least;
  });
}

/// Runs of more than twenty different lengths, in minutes.
template <class MakeLog>
void expect_many_lengths(MakeLog log_of) {
  std::set<std::int64_t> lengths;
  until_fixed_seeds_reach([&](std::uint64_t seed) {
    Random random(seed);
    for (const Step& step : steps_of(log_of(random))) {
      lengths.insert((step.run.to - step.run.from).us / kMinute.us);
    }
    return lengths.size() > 20;
  });
}

TEST(GeneratorReach, EveryKindOfStep) {
  const Names all{"finding.opened",
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
                  "coverage.gap source-idle",
                  "coverage.gap source-removed",
                  "historical",
                  "run of several windows"};
  expect_reach(
      all,
      [](Random& random) {
        return random_log(random, {10, 90, false, random.chance(50)});
      },
      [](const RandomLog& log, Names& seen) {
        for (const Step& step : steps_of(log)) {
          seen.insert(kind_and_reason(step));
          if (step.historical) seen.insert("historical");
          if (step.windows > 1) seen.insert("run of several windows");
        }
      });
}

// Dates that clocks make long, short or leave out.
TEST(GeneratorReach, DatesOfManyLengths) { expect_many_lengths(log_of_calendars); }

TEST(GeneratorReach, SessionsOfManyLengths) { expect_many_lengths(log_of_sessions); }

TEST(GeneratorReach, SessionsThatMerge) {
  expect_many(0, log_of_sessions, [](const Step& s) { return s.reason.starts_with("merged:"); });
}

TEST(GeneratorReach, SequencesAndAbsences) {
  expect_reach({"completed", "missing"}, log_of_steps, [](const RandomLog& log, Names& seen) {
    for (const Step& step : steps_of(log)) {
      if (step.kind == StepKind::kOpened) seen.insert(step.figures.at(0).name);
    }
  });
}

TEST(GeneratorReach, EveryKindOfStepOfPoliciesAboutFindings) {
  expect_reach(
      {"finding.opened", "finding.restated", "finding.withdrawn", "finding.closed", "coverage.gap"},
      log_of_finding_policies, [](const RandomLog& log, Names& seen) {
        for (const Step& step : steps_of(log)) {
          if (!step.policy.starts_with("f.")) continue;
          seen.insert(std::string(step_name(step.kind)));
        }
      });
}

TEST(GeneratorReach, EveryKindOfCorrelation) {
  std::set<TrailingFigure::Kind> reached;
  until_fixed_seeds_reach([&](std::uint64_t seed) {
    Random random(seed);
    const RandomLog log = log_of_correlations(random);
    const std::vector<Step> steps = steps_of(log);
    for (const auto& [seq, set] : log.activations) {
      for (const Policy& policy : set->policies) {
        const auto& pattern = policy.measures.front().pattern;
        const bool opened = std::ranges::any_of(steps, [&](const Step& step) {
          return step.kind == StepKind::kOpened && step.policy_hash == policy.hash;
        });
        if (opened && pattern && pattern->trailing) reached.insert(pattern->trailing->kind);
      }
    }
    return reached.size() == 7;
  });
}

TEST(GeneratorReach, FindingsWhileABasisIsInForce) {
  expect_many(20, log_of_dated_bases, [](const Step& s) { return s.kind == StepKind::kOpened; });
}

TEST(GeneratorReach, RunsThatAreCut) {
  expect_many(20, log_of_repeats, [](const Step& step) { return step.reason == "repeat"; });
}

TEST(GeneratorReach, FindingsOfParties) {
  const Names wanted{"finding.opened", "finding.withdrawn no-longer-holds",
                     "finding.withdrawn policy-changed", "coverage.gap not-evaluable"};
  expect_reach(wanted, log_of_parties, [&wanted](const RandomLog& log, Names& seen) {
    for (const Step& step : steps_of(log)) {
      const std::string one = kind_and_reason(step);
      if (wanted.contains(one)) seen.insert(one);
    }
  });
}

// Clusters that grow into windows that have settled, and findings that go over to the cluster that
// theirs became part of.
TEST(GeneratorReach, ClustersThatMerge) {
  expect_reach({"changed", "merged"}, log_of_clusters, [](const RandomLog& log, Names& seen) {
    std::map<std::string, Subject> opened;
    for (const Step& step : steps_of(log)) {
      if (step.kind == StepKind::kOpened) opened[step.finding] = step.subject;
      if (step.reason == "cluster-changed") seen.insert("changed");
      if (step.kind != StepKind::kWithdrawn || !step.reason.starts_with("merged:")) continue;
      if (opened.at(step.reason.substr(7)) != step.subject) seen.insert("merged");
    }
  });
}

// Findings that a person's ruling on links opens, restates, withdraws and ends.
TEST(GeneratorReach, RulingsOnLinks) {
  expect_reach({"finding.opened", "finding.restated", "finding.withdrawn", "finding.closed"},
               log_of_clusters, [](const RandomLog& log, Names& seen) {
                 for (const Step& step : steps_of(log)) {
                   const LogEntry& entry = log.entries.at(static_cast<std::size_t>(step.seq) - 1);
                   const auto* const control = std::get_if<Control>(&entry.body);
                   if (control == nullptr || !std::holds_alternative<LinkRuled>(*control)) continue;
                   seen.insert(std::string(step_name(step.kind)));
                 }
               });
}

/// Whether a step about an account comes from a new record of another account.
bool is_of_another_account(const Step& step, const LogEntry& entry) {
  const auto* const record = std::get_if<Record>(&entry.body);
  const FieldId account = *find_field("account");
  if (record == nullptr || entry.replaces || step.subject.fields != std::vector{account}) {
    return false;
  }
  const Value of_record = field_value(*record, account);
  return !is_null(of_record) && (step.subject.source != record->source ||
                                 step.subject.values.front() != std::get<std::string>(of_record));
}

// Deviations from peers that can be told, of findings that a late record of another subject opens,
// restates or withdraws.
TEST(GeneratorReach, Peers) {
  expect_reach({"told", "finding.opened", "finding.restated", "finding.withdrawn"},
               log_of_histories, [](const RandomLog& log, Names& seen) {
                 for (const Step& step : steps_of(log)) {
                   if (step.figures.size() < 2) continue;
                   if (!is_null(step.figures[1].value)) seen.insert("told");
                   const LogEntry& entry = log.entries.at(static_cast<std::size_t>(step.seq) - 1);
                   if (step.kind == StepKind::kClosed || !is_of_another_account(step, entry)) {
                     continue;
                   }
                   seen.insert(std::string(step_name(step.kind)));
                 }
               });
}

const Policy* policy_of(const RandomLog& log, const Step& step) {
  for (const auto& [seq, set] : log.activations) {
    const auto found = std::ranges::find(set->policies, step.policy_hash, &Policy::hash);
    if (found != set->policies.end()) return &*found;
  }
  return nullptr;
}

// Findings of clusters that are compared with others of their size band.
TEST(GeneratorReach, PeersOfClusters) {
  expect_reach({"told", "finding.opened", "finding.restated", "finding.withdrawn"},
               log_of_cluster_peers, [](const RandomLog& log, Names& seen) {
                 for (const Step& step : steps_of(log)) {
                   const Policy* const policy = policy_of(log, step);
                   if (policy == nullptr || step.figures.size() < 2) continue;
                   if (!policy->measures[1].by_size_band || step.kind == StepKind::kClosed)
                     continue;
                   if (!is_null(step.figures[1].value)) seen.insert("told");
                   seen.insert(std::string(step_name(step.kind)));
                 }
               });
}

// Deviations, and cumulative sums above 0, that can be told.
TEST(GeneratorReach, Deviations) {
  expect_reach({"deviation", "cusum"}, log_of_histories, [](const RandomLog& log, Names& seen) {
    for (const Step& step : steps_of(log)) {
      const Policy* const policy = policy_of(log, step);
      // A withdrawal has the figures of the policy before.
      if (policy == nullptr || step.kind == StepKind::kWithdrawn) continue;
      for (std::size_t m = 0; m < step.figures.size(); ++m) {
        const Aggregate aggregate = policy->measures[m].aggregate;
        const auto* const figure = std::get_if<double>(&step.figures[m].value);
        if (figure == nullptr) continue;
        if (aggregate == Aggregate::kDeviation) seen.insert("deviation");
        if (aggregate == Aggregate::kCusum && *figure > 0) seen.insert("cusum");
      }
    }
  });
}

TEST(GeneratorReach, Drops) {
  until_fixed_seeds_reach([](std::uint64_t seed) {
    Random random(seed);
    const RandomLog log = log_of_drops(random);
    return log.last_drop(static_cast<std::int64_t>(log.entries.size())) > 0;
  });
}

/// Both what an eviction says: of findings, and of windows.
TEST(GeneratorReach, Evictions) {
  bool closed = false;
  bool untold = false;
  until_fixed_seeds_reach([&](std::uint64_t seed) {
    Random random(seed);
    const RandomLog log = log_of_evictions(random);
    for (const Step& step : run(log, {}).steps) {
      if (step.reason != "state-evicted") continue;
      closed = closed || step.kind == StepKind::kClosed;
      untold = untold || step.kind == StepKind::kGap;
    }
    return closed && untold;
  });
}

}  // namespace
}  // namespace tidewaiter
