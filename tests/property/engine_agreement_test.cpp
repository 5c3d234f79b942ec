// The columnar engine against the reference engine: random policy sets over random logs, cut into
// random batches, give the same steps and the same coverage.

#include <cstdlib>
#include <random>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/evaluation.h"
#include "policies/language/load.h"

namespace tidewaiter {
namespace {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  /// A whole number of [low, high].
  std::int64_t number(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
  }
  bool chance(int percent) { return number(1, 100) <= percent; }
  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(
        number(0, static_cast<std::int64_t>(choices.size()) - 1))];
  }

 private:
  std::mt19937_64 engine_;
};

// ---- Policies -------------------------------------------------------------------------------

std::string random_predicate(Random& random) {
  static const std::vector<std::string> kPredicates{"model == 'a'",
                                                    "model in ['a', 'c']",
                                                    "output_tokens > 3",
                                                    "output_tokens / requests > 1",
                                                    "exists(model)",
                                                    "not (output_tokens < 2 or model == 'b')",
                                                    "request.temperature >= 0.3",
                                                    "default(output_tokens, 9) > 4"};
  return random.one_of(kPredicates);
}

struct RandomMeasure {
  std::string text;
  std::string limit;  // a literal of its type
};

RandomMeasure random_measure(Random& random) {
  static const std::vector<std::string> kWhole{"output_tokens", "requests",
                                               "output_tokens + requests", "output_tokens - 3"};
  const std::string argument = random.one_of(kWhole);
  const std::string limit = std::to_string(random.number(0, 12));
  switch (random.number(0, 7)) {
    case 0:
      return {"count()", limit};
    case 1:
      return {"sum(" + argument + ")", limit};
    case 2:
      return {"min(" + argument + ")", limit};
    case 3:
      return {"max(" + argument + ")", limit};
    case 4:
      return {"distinct(" + random.one_of<std::string>({"model", "output_tokens", "time"}) + ")",
              std::to_string(random.number(1, 4))};
    case 5:
      return {"quantile(" + random.one_of<std::string>({"0.5", "0.9", "1"}) + ", " + argument + ")",
              limit};
    case 6:
      return {"sum(request.temperature)", random.one_of<std::string>({"0.3", "1.1", "2.0"})};
    default:
      return {"sum(cost)", std::to_string(random.number(-2, 5)) + " USD"};
  }
}

std::string random_comparison(Random& random, const std::vector<RandomMeasure>& measures) {
  const std::int64_t i = random.number(0, static_cast<std::int64_t>(measures.size()) - 1);
  const std::string name = "m" + std::to_string(i);
  const RandomMeasure& measure = measures[static_cast<std::size_t>(i)];
  const std::string op = random.one_of<std::string>({">", ">=", "<", "<=", "==", "!="});
  const bool money = measure.limit.ends_with("USD");
  if (!money && random.chance(25)) return name + " " + op + " 2 * " + name + " - 3";
  if (!money && random.chance(20)) return "(" + name + " + 1) / (" + name + " + 2) " + op + " 0.7";
  if (random.chance(20))
    return "default(" + name + ", " + measure.limit + ") " + op + " " + measure.limit;
  return name + " " + op + " " + measure.limit;
}

std::string random_report(Random& random, const std::vector<RandomMeasure>& measures) {
  std::string report = random_comparison(random, measures);
  while (random.chance(40)) {
    report = "(" + report + ") " + random.one_of<std::string>({"and", "or"}) + " " +
             (random.chance(20) ? "not (" + random_comparison(random, measures) + ")"
                                : random_comparison(random, measures));
  }
  return report;
}

std::string random_policy(Random& random, const std::string& id, int version) {
  std::ostringstream out;
  out << "policy: " << id << "\nversion: " << version << "\ntitle: generated\nstatus: active\n"
      << "basis: [{control: generated}]\nkind: extraction\nseverity: low\nreads: usage\n";
  if (random.chance(20)) {
    out << "in_force: [{from: 2026-01-01T02:00:00Z, until: 2026-01-01T09:00:00Z}]\n";
  }
  if (random.chance(70)) {
    out << "select:\n  one: " << random_predicate(random) << "\n  two: " << random_predicate(random)
        << "\ncondition: "
        << random.one_of<std::string>({"one and two", "one or two", "one and not two", "1 of them"})
        << "\n";
  }
  out << "for_each: "
      << random.one_of<std::string>({"account", "model", "[account, model]", "account"}) << "\n";
  const std::int64_t every = random.one_of<std::int64_t>({10, 20, 30, 60});
  out << "window: {length: " << every * random.number(1, 5) << "m, every: " << every
      << "m, wait_for_late: " << random.number(0, 4) << "h}\nmeasure:\n";
  std::vector<RandomMeasure> measures;
  for (std::int64_t i = random.number(1, 3); i > 0; --i) {
    RandomMeasure measure = random_measure(random);
    out << "  m" << measures.size() << ": \"" << measure.text
        << (random.chance(30) ? " where " + random_predicate(random) : "") << "\"\n";
    measures.push_back(std::move(measure));
  }
  out << "report_when: \"" << random_report(random, measures) << "\"\n";
  if (random.chance(25)) {
    out << "exempt: [{where: \"" << random_predicate(random)
        << "\", until: 2026-01-01T06:00:00Z, approved_by: x, reason: generated}]\n";
  }
  out << "evidence: {records: " << random.number(1, 3) << "}\n";
  return out.str();
}

std::shared_ptr<const PolicySet> random_set(Random& random, int version) {
  std::vector<PolicyText> texts;
  for (const char* id : {"p.one", "p.two", "p.three"}) {
    if (random.chance(25)) continue;
    texts.push_back({std::string(id) + ".yaml", random_policy(random, id, version)});
  }
  LoadOutcome outcome = load_policies(texts, parse_time("2026-01-01").value());
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    if (diagnostic.level == DiagnosticLevel::kError) ADD_FAILURE() << to_text(diagnostic);
  }
  return std::make_shared<const PolicySet>(std::move(outcome.set));
}

// ---- Logs -----------------------------------------------------------------------------------

const UtcTime kStart = parse_time("2026-01-01").value();

Record random_record(Random& random) {
  Record record;
  record.source = random.one_of<std::string>({"s1", "s1", "s2"});
  record.time = kStart + Duration{random.number(0, 12 * 6) * 10 * kMinute.us};
  record.duration = random.chance(50) ? Duration{10 * kMinute.us} : Duration{0};
  record.requests = random.number(0, 3);
  const auto maybe_set = [&](const char* name, Value value, int percent) {
    if (random.chance(percent)) set_value(record, *find_field(name), std::move(value));
  };
  maybe_set("account", random.one_of<std::string>({"x", "y", "z"}), 93);
  maybe_set("model", random.one_of<std::string>({"a", "b", "c"}), 85);
  maybe_set("output_tokens", random.number(0, 7), 85);
  maybe_set("request.temperature", 0.1 * static_cast<double>(random.number(0, 12)), 90);
  maybe_set("cost", random.number(-2, 3) * 1'000'000'000, 90);
  record.id = sha256("id " + std::to_string(random.number(0, 1'000'000'000'000)));
  return record;
}

Control random_control(Random& random) {
  const std::string source = random.one_of<std::string>({"s1", "s1", "s2"});
  if (random.chance(12)) return SourceIdle{source, RecordKind::kUsage};
  const UtcTime from = kStart + Duration{random.number(0, 2) * kHour.us};
  const UtcTime to = from + Duration{random.number(1, 14) * kHour.us};
  return SourceDrained{source, RecordKind::kUsage, {from, to}};
}

struct RandomLog {
  std::vector<LogEntry> entries;
  std::map<std::int64_t, std::shared_ptr<const PolicySet>> activations;
};

RandomLog random_log(Random& random) {
  RandomLog log;
  std::map<Digest, ReplacedRecord> latest;
  const std::int64_t length = random.number(10, 90);
  const std::int64_t first_activation = random.number(1, 10);
  int version = 0;
  for (std::int64_t seq = 1; seq <= length; ++seq) {
    LogEntry entry;
    entry.seq = seq;
    entry.backfill = seq < length / 3 && random.chance(80);
    if (seq == first_activation || (seq > first_activation && random.chance(3))) {
      log.activations[seq] = random_set(random, ++version);
      entry.body = Control{PolicySetActivated{log.activations[seq]->hash}};
    } else if (random.chance(15)) {
      entry.body = random_control(random);
    } else if (!latest.empty() && random.chance(15)) {
      auto it = latest.begin();
      std::advance(it, random.number(0, static_cast<std::int64_t>(latest.size()) - 1));
      Record record = random_record(random);
      record.id = it->first;
      record.time = it->second.record.time;
      record.source = it->second.record.source;
      record.revision = it->second.record.revision + 1;
      entry.replaces = it->second;
      it->second = {seq, record};
      entry.body = std::move(record);
    } else {
      Record record = random_record(random);
      latest[record.id] = {seq, record};
      entry.body = std::move(record);
    }
    log.entries.push_back(std::move(entry));
  }
  return log;
}

// ---- Running and comparing ------------------------------------------------------------------

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
      << to_hex(step.policy_hash).substr(0, 8) << " " << to_text(step.subject) << " ["
      << format_time(step.run.from) << ", " << format_time(step.run.to) << ") windows "
      << step.windows << describe(step.figures) << " | before" << describe(step.previous)
      << (step.historical ? " historical " : " ") << step.reason << " " << step.count
      << " evidence";
  for (const std::int64_t seq : step.evidence) out << " " << seq;
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

/// Cuts the log at random places (or after each entry) and gives everything that was said.
std::vector<std::string> run(EngineKind kind, const RandomLog& log, Random* cuts) {
  const std::unique_ptr<Evaluation> evaluation = make_evaluation(kind, "log");
  const LogReplay replay = [&](std::int64_t last, const auto& batch) -> Result<void> {
    std::vector<LogEntry> entries;
    for (const LogEntry& entry : log.entries) {
      if (entry.seq <= last && !log.activations.contains(entry.seq)) entries.push_back(entry);
    }
    batch(entries);
    return {};
  };
  std::vector<Step> steps;
  std::vector<LogEntry> pending;
  for (const LogEntry& entry : log.entries) {
    const auto activation = log.activations.find(entry.seq);
    if (activation != log.activations.end()) {
      evaluation->apply(pending, steps);
      pending.clear();
      EXPECT_TRUE(evaluation->activate(activation->second, entry.seq, replay, steps));
      continue;
    }
    pending.push_back(entry);
    if (cuts == nullptr || cuts->chance(20)) {
      evaluation->apply(pending, steps);
      pending.clear();
    }
  }
  evaluation->apply(pending, steps);
  std::vector<std::string> said;
  for (const Step& step : steps) said.push_back(describe(step));
  for (const PolicyCoverage& coverage : evaluation->coverage()) said.push_back(describe(coverage));
  return said;
}

std::uint64_t first_seed() {
  const char* const given = std::getenv("TIDEWAITER_SEED");
  return given != nullptr ? std::stoull(given) : std::random_device{}();
}

int seeds_to_run() {
  const char* const given = std::getenv("TIDEWAITER_SEEDS");
  return given != nullptr ? std::stoi(given) : 300;
}

std::string policies_of(const RandomLog& log) {
  std::string out;
  for (const auto& [seq, set] : log.activations) {
    for (const Policy& policy : set->policies) {
      out += "at " + std::to_string(seq) + ": " + policy.id + " when " + to_text(policy.condition) +
             " report " + to_text(policy.report_when) + "\n";
    }
  }
  return out;
}

TEST(EngineAgreement, BothEnginesSayTheSame) {
  const std::uint64_t first = first_seed();
  std::cout << "first seed " << first << " (TIDEWAITER_SEED repeats it, TIDEWAITER_SEEDS=1)\n";
  std::size_t total = 0;
  for (int i = 0; i < seeds_to_run(); ++i) {
    const std::uint64_t seed = first + static_cast<std::uint64_t>(i);
    Random random(seed);
    const RandomLog log = random_log(random);
    const std::vector<std::string> wanted = run(EngineKind::kReference, log, nullptr);
    const std::vector<std::string> got = run(EngineKind::kColumnar, log, &random);
    total += wanted.size();
    ASSERT_THAT(got, testing::ContainerEq(wanted)) << "seed " << seed << "\n" << policies_of(log);
  }
  EXPECT_GT(total, 0U) << "the generator made logs without a single step";
}

}  // namespace
}  // namespace tidewaiter
