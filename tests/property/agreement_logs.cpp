#include "tests/property/agreement_logs.h"

#include <algorithm>
#include <variant>

#include "tests/property/engine_run.h"

namespace tidewaiter {
namespace {

Duration longest_history(const RandomLog& log) {
  Duration longest;
  for (const auto& [seq, set] : log.activations) {
    for (const Policy& policy : set->policies) longest = std::max(longest, history_of(policy));
  }
  return longest;
}

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

/// Puts evictions in the place of some of what sources and retention say.
void put_evictions(RandomLog& log, Random& random) {
  std::vector<std::string> policies = {"q.unknown"};
  for (const auto& [seq, set] : log.activations) {
    for (const Policy& policy : set->policies) policies.push_back(policy.id);
  }
  UtcTime latest = UtcTime{0};
  for (LogEntry& entry : log.entries) {
    if (const auto* record = std::get_if<Record>(&entry.body)) {
      latest = std::max(latest, record->time);
      continue;
    }
    const auto& control = std::get<Control>(entry.body);
    const bool stays = std::holds_alternative<PolicySetActivated>(control);
    if (stays || entry.backfill || !random.chance(25)) continue;
    const Duration beyond{random.one_of<std::int64_t>({1, kMinute.us, kHour.us})};
    entry.body = Control{StateEvicted{random.one_of(policies), latest + beyond}};
  }
}

}  // namespace

RandomLog log_of_windows(Random& random) {
  const LogShape shape{10, 90, false, random.chance(50), random.chance(30)};
  return random_log(random, shape);
}

RandomLog log_of_statistics(Random& random) {
  LogShape shape{10, 90, false, random.chance(50), random.chance(30)};
  shape.statistics = true;
  return random_log(random, shape);
}

RandomLog log_of_calendars(Random& random) {
  LogShape shape{10, 90, false, random.chance(30), random.chance(30)};
  shape.statistics = random.chance(50);
  shape.calendars = true;
  return random_log(random, shape);
}

RandomLog log_of_steps(Random& random) {
  LogShape shape{10, 90, false, random.chance(50), false};
  shape.steps = true;
  return random_log(random, shape);
}

RandomLog log_of_correlations(Random& random) {
  LogShape shape{10, 90, false, random.chance(50), false};
  shape.steps = true;
  shape.correlations = true;
  return random_log(random, shape);
}

RandomLog log_of_finding_policies(Random& random) {
  LogShape shape{30, 120, false, random.chance(30), false};
  shape.findings = true;
  shape.repeats = random.chance(30);
  shape.sessions = random.chance(20);
  shape.steps = !shape.sessions && random.chance(20);
  shape.parties = !shape.sessions && !shape.steps && random.chance(20);
  return random_log(random, shape);
}

RandomLog log_of_dated_bases(Random& random) {
  LogShape shape{10, 90, false, random.chance(30), false};
  shape.statistics = random.chance(30);
  shape.steps = random.chance(20);
  shape.sessions = !shape.steps && random.chance(20);
  shape.dated_bases = true;
  return random_log(random, shape);
}

RandomLog log_of_repeats(Random& random) {
  LogShape shape{10, 90, false, random.chance(30), random.chance(20)};
  shape.statistics = random.chance(30);
  shape.calendars = random.chance(10);
  shape.repeats = true;
  return random_log(random, shape);
}

RandomLog log_of_parties(Random& random) {
  LogShape shape{10, 60, false, random.chance(30), false};
  shape.parties = true;
  return random_log(random, shape);
}

RandomLog log_of_sessions(Random& random) {
  LogShape shape{10, 90, false, random.chance(40), random.chance(20)};
  shape.statistics = random.chance(40);
  shape.repeats = random.chance(30);
  shape.sessions = true;
  return random_log(random, shape);
}

RandomLog log_of_cluster_peers(Random& random) {
  LogShape shape{40, 160, false, random.chance(30), false};
  shape.clusters = true;
  shape.histories = true;
  return random_log(random, shape);
}

RandomLog log_of_clusters(Random& random) {
  LogShape shape{20, 110, false, random.chance(30), false};
  shape.clusters = true;
  shape.statistics = random.chance(40);
  shape.steps = random.chance(20);
  shape.calendars = random.chance(10);
  shape.repeats = random.chance(20);
  return random_log(random, shape);
}

RandomLog log_of_histories(Random& random) {
  LogShape shape{80, 160, false, random.chance(30), false};
  shape.histories = true;
  shape.calendars = random.chance(20);
  return random_log(random, shape);
}

RandomLog log_of_drops(Random& random) {
  LogShape shape{20, 90, false, true, false};
  shape.statistics = random.chance(50);
  shape.sessions = random.chance(25);
  shape.repeats = !shape.sessions && random.chance(30);
  RandomLog log = random_log(random, shape);
  bound_drops(log);
  return log;
}

RandomLog log_of_evictions_and_drops(Random& random) {
  RandomLog log = log_of_drops(random);
  put_evictions(log, random);
  bound_drops(log);
  return log;
}

RandomLog log_of_evictions(Random& random) {
  const auto log_of = random.one_of<RandomLog (*)(Random&)>(
      {log_of_windows, log_of_statistics, log_of_steps, log_of_finding_policies, log_of_repeats,
       log_of_sessions, log_of_clusters});
  if (random.chance(20)) return log_of_evictions_and_drops(random);
  RandomLog log = log_of(random);
  put_evictions(log, random);
  return log;
}

RandomLog log_of_evicted_histories(Random& random) {
  RandomLog log = random.chance(50) ? log_of_histories(random) : log_of_cluster_peers(random);
  put_evictions(log, random);
  return log;
}

}  // namespace tidewaiter
