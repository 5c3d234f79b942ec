// What a policy that reads findings stands on at the end of a random log, against a count by hand
// of the findings that the other policies stand on: neither knows records, occasions or layers.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "policies/engine/evaluation.h"
#include "policies/language/load.h"
#include "tests/property/random_log.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kWindow = 2 * kHour.us;
constexpr std::int64_t kLeast = 2;

/// Reports the two hours in which at least two findings about one account begin.
Policy reader() {
  const std::string text =
      "policy: z.reader\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\n"
      "kind: coordination\nseverity: high\nreads: finding\nfor_each: account\nwindow: 2h\n"
      "measure: {n: count()}\nreport_when: n >= 2\n";
  LoadOutcome outcome = load_policies(std::vector<PolicyText>{{"z.yaml", text}}, UtcTime{});
  EXPECT_EQ(outcome.set.policies.size(), 1U);
  return outcome.set.policies.at(0);
}

std::vector<Step> steps_over(const RandomLog& log, EngineKind engine) {
  const Policy policy = reader();
  const auto evaluation = make_evaluation(engine, "log");
  std::vector<Step> steps;
  for (const LogEntry& entry : log.entries) {
    const auto activation = log.activations.find(entry.seq);
    if (activation == log.activations.end()) {
      evaluation->apply(std::span(&entry, 1), steps);
      continue;
    }
    auto set = std::make_shared<PolicySet>(*activation->second);
    set->policies.push_back(policy);
    const LogReplay replay = [&](std::int64_t last, const auto& batch) -> Result<void> {
      batch(log.stored(last, last));
      return {};
    };
    EXPECT_TRUE(evaluation->activate(set, entry.seq, replay, steps));
  }
  return steps;
}

/// Whom a finding is about, as the account of its source; nothing if about something else.
std::string account_of(const Subject& subject) {
  for (std::size_t i = 0; i < subject.fields.size(); ++i) {
    if (field(subject.fields[i]).name == "account") return subject.source + "/" + subject.values[i];
  }
  return {};
}

/// Accounts with the starts of their runs.
using Runs = std::set<std::pair<std::string, std::int64_t>>;

struct Stood {
  Runs told;     ///< by the policy that reads findings
  Runs counted;  ///< by hand
};

Stood stood_at_end(const std::vector<Step>& steps) {
  std::map<std::string, Step> standing;
  for (const Step& step : steps) {
    if (step.kind == StepKind::kGap) continue;
    if (step.kind == StepKind::kWithdrawn) {
      standing.erase(step.finding);
    } else {
      standing[step.finding] = step;
    }
  }
  Stood stood;
  std::map<std::string, std::map<std::int64_t, std::int64_t>> counts;
  for (const auto& [id, step] : standing) {
    const std::string account = account_of(step.subject);
    if (step.policy == "z.reader") {
      stood.told.insert({account, step.run.from.us});
    } else if (!account.empty()) {
      ++counts[account][step.run.from.us / kWindow];  // all times are after the epoch
    }
  }
  for (const auto& [account, by_window] : counts) {
    std::int64_t last = -1;
    for (const auto& [window, count] : by_window) {
      if (count < kLeast) continue;
      if (window != last + 1) stood.counted.insert({account, window * kWindow});
      last = window;
    }
  }
  return stood;
}

RandomLog log_of(Random& random, bool many) {
  LogShape shape{40, 160, false, random.chance(20), false};
  shape.many = many;
  return random_log(random, shape);
}

TEST(FindingPoliciesProperty, StandOnTheFindingsThatStand) {
  over_random_seeds(150, [](std::uint64_t seed) {
    Random random(seed);
    const bool many = random.chance(50);
    const RandomLog log = log_of(random, many);
    for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
      if (engine == EngineKind::kReference && many) continue;  // every window, every entry
      const Stood stood = stood_at_end(steps_over(log, engine));
      EXPECT_EQ(stood.told, stood.counted);
    }
  });
}

TEST(FindingPoliciesProperty, FixedSeedsReachManyRuns) {
  std::size_t runs = 0;
  until_fixed_seeds_reach([&runs](std::uint64_t seed) {
    Random random(seed);
    runs += stood_at_end(steps_over(log_of(random, true), EngineKind::kColumnar)).counted.size();
    return runs > 50;
  });
}

}  // namespace
}  // namespace tidewaiter
