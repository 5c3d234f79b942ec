// Subjects to which little happens, over days of windows that settle hour by hour: the engine that
// keeps them in few bytes between two records against the reference engine.

#include <array>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/language/load.h"
#include "tests/property/engine_run.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

constexpr Duration kHour{3'600'000'000};

/// Policies whose windows mostly fall short of a threshold, and are closed without being looked at.
std::shared_ptr<const PolicySet> sparse_policies(Random& random) {
  const std::string least = std::to_string(random.number(2, 5));
  const std::string head =
      "version: 1\ntitle: A\nstatus: active\nbasis: [{control: c}]\nkind: access\nseverity: low\n";
  const std::string text =
      "policy: p.count\n" + head +
      "window: {length: 12h, every: 1h, wait_for_late: 2h}\nmeasure:\n  n: count()\n"
      "  sum: sum(output_tokens)\n  models: distinct(model)\n  least: min(output_tokens)\n"
      "  mix: entropy(model)\n  half: quantile(0.5, output_tokens)\nreport_when: n >= " +
      least + " and models >= 2\n---\npolicy: p.sum\n" + head +
      "window: {length: 6h, every: 30m}\nmeasure:\n  sum: sum(output_tokens)\n"
      "  most: max(output_tokens)\n  failed: count() where status == \"error\"\n"
      "report_when: sum > 900 and failed >= 1\n---\npolicy: p.maximum\n" +
      head +
      "window: {length: 3h, every: 1h}\nmeasure: {most: max(output_tokens)}\n"
      "report_when: most >= 450\n---\npolicy: p.few\n" +
      head +
      "window: {length: 8h, every: 1h, wait_for_late: 1h}\nmeasure:\n  n: count()\n"
      "  models: distinct(model)\nreport_when: n >= " +
      std::to_string(random.number(3, 9)) + " and models <= 1\n";
  const std::vector<PolicyText> texts = {{"p.yaml", text}};
  LoadOutcome outcome = load_policies(texts, UtcTime{});
  EXPECT_FALSE(has_errors(outcome.diagnostics)) << to_text(outcome.diagnostics.front());
  return std::make_shared<PolicySet>(std::move(outcome.set));
}

class SparseLog {
 public:
  explicit SparseLog(Random& random) : random_(random) {
    log_.activations[1] = sparse_policies(random);
    entry().body = PolicySetActivated{};
  }

  RandomLog written(std::int64_t hours) {
    const UtcTime begin = parse_time("2026-03-02").value();
    // Windows before it wait for what nobody tells, or for what is told later.
    UtcTime covered = begin + hours_of(random_.one_of<std::int64_t>({0, 0, 5, 20}));
    const bool two = random_.chance(50);
    for (std::int64_t hour = 0; hour < hours; ++hour) {
      for (auto left = random_.number(0, 3); left > 0; --left) {
        const bool late = random_.chance(15);
        const std::int64_t behind = late ? random_.number(0, 5) : 0;
        add_record(begin + hours_of(hour - behind) + Duration{random_.number(0, kHour.us - 1)});
      }
      if (random_.chance(2)) covered = begin;
      const UtcTime now = begin + hours_of(hour + 1);
      if (random_.chance(80)) drain("s", {covered, now});
      if (two && random_.chance(70)) drain("t", {begin, now});
      if (two && random_.chance(4)) entry().body = SourceIdle{"t", RecordKind::kUsage};
      if (two && random_.chance(2)) entry().body = SourceRemoved{"t", RecordKind::kUsage};
      if (random_.chance(4)) entry().body = RecordsDropped{begin + hours_of(hour - 20)};
    }
    return std::move(log_);
  }

 private:
  static Duration hours_of(std::int64_t hours) { return Duration{hours * kHour.us}; }

  void drain(const char* source, const Interval& covered) {
    if (covered.from < covered.to) {
      entry().body = SourceDrained{source, RecordKind::kUsage, covered};
    }
  }

  LogEntry& entry() {
    LogEntry& entry = log_.entries.emplace_back();
    entry.seq = static_cast<std::int64_t>(log_.entries.size());
    return entry;
  }

  void add_record(UtcTime time) {
    const auto some = [this](const char* field, Value value) {
      if (random_.chance(95)) set_value(record_, *find_field(field), std::move(value));
    };
    record_ = Record{};
    record_.source = "s";
    record_.time = time;
    set_value(record_, *find_field("account"), "a" + std::to_string(random_.number(0, 5)));
    some("model", random_.one_of<std::string>({"a", "b", "c"}));
    some("output_tokens", random_.number(0, 500));
    some("status", random_.one_of<std::string>({"ok", "error"}));
    LogEntry& written = entry();
    if (!written_.empty() && random_.chance(10)) {  // what was told once is told otherwise
      const ReplacedRecord& before = random_.one_of(written_);
      written.replaces = before;
      record_.time = before.record.time;
      std::erase_if(written_, [&](const auto& one) { return one.seq == written.replaces->seq; });
    }
    written.body = record_;
    written_.push_back({written.seq, record_});
  }

  Random& random_;
  RandomLog log_;
  Record record_;
  std::vector<ReplacedRecord> written_;  ///< latest versions
};

/// The coverage counts every window, also those that nothing is said about.
TEST(RestingWindows, SayWhatTheReferenceSays) {
  over_random_seeds(15, [](std::uint64_t seed) {
    Random random(seed);
    const RandomLog log = SparseLog(random).written(random.number(30, 100));
    using Cut = Reading::Cut;
    const Said wanted = run(log, {EngineKind::kReference, Cut::kEachEntry});
    for (const std::size_t awake : std::array<std::size_t, 3>{0, 2, 1000}) {
      Reading resting{EngineKind::kColumnar, Cut::kRandom, &random};
      resting.resting =
          RestingLimits{random.one_of<std::size_t>({0, 3, 16}), 128, awake, random.chance(70)};
      EXPECT_EQ(difference(run(log, resting).all(), wanted.all()), "") << awake << " awake";
    }
  });
}

}  // namespace
}  // namespace tidewaiter
