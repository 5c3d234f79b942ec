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

}  // namespace tidewaiter
