#include "tests/property/engine_run.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <memory>
#include <sstream>
#include <utility>

#include <gtest/gtest.h>

#include "policies/engine/columnar_evaluation.h"
#include "policies/engine/layered_evaluation.h"

namespace tidewaiter {
namespace {

std::string describe(const std::vector<Figure>& figures) {
  std::string out;
  for (const Figure& figure : figures) {
    out += " " + figure.name + "=" + format_value(figure.value, figure.type);
  }
  return out;
}

std::string describe(const PolicyCoverage& c) {
  std::ostringstream out;
  out << c.policy << " read " << c.records_read << " selected " << c.records_selected << " unknown "
      << c.records_unknown << " exempt " << c.records_exempt << " late " << c.records_too_late
      << " true " << c.windows_true << " false " << c.windows_false << " not evaluable "
      << c.windows_not_evaluable << " subjects " << c.subjects;
  return out.str();
}

std::unique_ptr<Evaluation> evaluation_for(const Reading& reading,
                                           std::optional<UtcTime> dropped_before) {
  if (!reading.resting) {
    return make_evaluation(reading.engine, "log", dropped_before, reading.threads);
  }
  constexpr UtcTime kNothing{std::numeric_limits<std::int64_t>::min()};
  const auto make = [&reading](UtcTime dropped) {
    return make_columnar_evaluation("log", dropped, reading.threads, *reading.resting);
  };
  return make_layered_evaluation(make(dropped_before.value_or(kNothing)), make(kNothing), "log");
}

/// One that goes on where `evaluation` stands, under `set`.
std::unique_ptr<Evaluation> restarted(const Evaluation& evaluation, const Reading& reading,
                                      std::shared_ptr<const PolicySet> set) {
  std::stringstream bytes;
  EXPECT_TRUE(evaluation.save(bytes));
  auto next = evaluation_for(reading, std::nullopt);
  const Result<void> restored = next->restore(std::move(set), bytes);
  EXPECT_TRUE(restored) << (restored ? "" : restored.error().message);
  EXPECT_EQ(bytes.peek(), std::stringstream::traits_type::eof());
  return next;
}

}  // namespace

std::string described(const Step& step) {
  std::ostringstream out;
  out << "(" << step.seq << "," << step.ordinal << ") " << step_name(step.kind) << " "
      << step.finding << " " << step.policy << " v" << step.policy_version << " "
      << to_hex(step.policy_hash) << " " << severity_name(step.severity) << " "
      << to_text(step.subject) << " [" << format_time(step.run.from) << ", "
      << format_time(step.run.to) << ") windows " << step.windows << describe(step.figures)
      << " | before" << describe(step.previous) << (step.historical ? " historical " : " ")
      << step.reason << " " << step.count << " evidence " << choice_name(step.evidence_choice);
  for (const std::int64_t seq : step.evidence) out << " " << seq;
  for (const std::string& finding : step.evidence_findings) out << " " << finding;
  out << " of " << step.evidence_total;
  return out.str();
}

std::vector<std::string> Said::all() const {
  std::vector<std::string> lines;
  for (const Step& step : steps) lines.push_back(described(step));
  for (const PolicyCoverage& one : coverage) lines.push_back(describe(one));
  return lines;
}

std::vector<std::string> Said::recorded(std::int64_t after) const {
  std::vector<std::string> lines;
  for (const Step& step : steps) {
    if (step.kind != StepKind::kGap || step.seq > after) lines.push_back(described(step));
  }
  return lines;
}

Said run(const RandomLog& log, const Reading& reading) {
  using Cut = Reading::Cut;
  const std::int64_t start = reading.started_at;
  auto evaluation = evaluation_for(reading, log.dropped_before(start));
  auto in_force = std::make_shared<const PolicySet>();
  const auto may_restart = [&] {
    if (reading.restarts == nullptr || !reading.restarts->chance(30)) return;
    evaluation = restarted(*evaluation, reading, in_force);
  };
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
      in_force = activation->second;
      may_restart();
      continue;
    }
    pending.push_back(entry);
    if (reading.cut == Cut::kEachEntry ||
        (reading.cut == Cut::kRandom && reading.cuts->chance(20))) {
      evaluation->apply(pending, said.steps);
      pending.clear();
      may_restart();
    }
  }
  evaluation->apply(pending, said.steps);
  said.coverage = evaluation->coverage();
  return said;
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

std::string difference(const std::vector<std::string>& got, const std::vector<std::string>& want) {
  const auto [at_got, at_want] = std::mismatch(got.begin(), got.end(), want.begin(), want.end());
  if (at_got == got.end() && at_want == want.end()) return "";
  return "line " + std::to_string(at_want - want.begin()) + "\n  got  " +
         (at_got == got.end() ? "nothing" : *at_got) + "\n  want " +
         (at_want == want.end() ? "nothing" : *at_want);
}

}  // namespace tidewaiter
