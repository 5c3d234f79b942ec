#pragma once

#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "policies/engine/evaluation.h"
#include "policies/language/expression.h"
#include "policies/model/time.h"

namespace tidewaiter {

inline constexpr EngineKind kBothEngines[] = {EngineKind::kColumnar, EngineKind::kReference};

inline UtcTime at(std::string_view clock) {
  return parse_time("2026-01-01T" + std::string(clock) + ":00Z").value();
}

inline Expr parsed(std::string_view text, const ExprScope& scope) {
  std::vector<Diagnostic> diagnostics;
  const auto expr = parse_expression(text, scope, {}, diagnostics);
  EXPECT_TRUE(expr) << text << (diagnostics.empty() ? "" : ": " + diagnostics.front().message);
  return expr.value_or(Expr{});
}

inline Expr over_fields(std::string_view text) {
  ExprScope scope;
  scope.fields = RecordKind::kUsage;
  return parsed(text, scope);
}

/// A policy for each account over tumbling hours, condition true.
inline Policy base_policy() {
  Policy policy;
  policy.id = "p";
  policy.status = PolicyStatus::kActive;
  policy.condition.literal = true;
  policy.for_each = {*find_field("account")};
  policy.window = {kHour, kHour, Duration{2 * kHour.us}};
  policy.hash = sha256("p");
  return policy;
}

inline void add_measure(Policy& policy, const std::string& name, Aggregate aggregate,
                        std::string_view argument = "", Fraction q = {},
                        std::string_view where = "") {
  Measure measure;
  measure.name = name;
  measure.aggregate = aggregate;
  measure.quantile = q;
  if (!argument.empty()) measure.argument = over_fields(argument);
  if (!where.empty()) measure.where = over_fields(where);
  const bool counts = aggregate == Aggregate::kCount || aggregate == Aggregate::kDistinct;
  measure.type = counts             ? ValueType::kInt64
                 : measure.argument ? measure.argument->type
                                    : ValueType::kDouble;
  policy.measures.push_back(std::move(measure));
}

inline void report_when(Policy& policy, std::string_view text) {
  ExprScope scope;
  for (const Measure& measure : policy.measures) {
    scope.measures.push_back({measure.name, measure.type});
  }
  policy.report_when = parsed(text, scope);
}

inline Policy counting(std::string_view condition) {
  Policy policy = base_policy();
  add_measure(policy, "n", Aggregate::kCount);
  report_when(policy, condition);
  return policy;
}

inline std::string said(const Step& step) {
  std::string out = "(" + std::to_string(step.seq) + "," + std::to_string(step.ordinal) + ") ";
  out += step_name(step.kind);
  if (step.kind == StepKind::kGap)
    return out + " " + step.reason + " " + std::to_string(step.count);
  out += " " + format_time(step.run.from).substr(11, 5) + "+" + std::to_string(step.windows);
  for (const Figure& figure : step.figures) {
    out += " " + figure.name + "=" + format_value(figure.value, figure.type);
  }
  if (!step.previous.empty()) {
    out += " was " + format_value(step.previous[0].value, step.previous[0].type);
  }
  if (!step.reason.empty()) out += " " + step.reason.substr(0, 13);
  if (step.historical) out += " historical";
  return out;
}

/// Writes a log and runs it through one evaluation.
class Log {
 public:
  explicit Log(const Policy& policy, EngineKind engine = EngineKind::kColumnar)
      : engine_(engine), evaluation_(make_evaluation(engine, "log")) {
    activate(policy);
  }

  void activate(const Policy& policy) {
    auto set = std::make_shared<PolicySet>();
    set->policies.push_back(policy);
    set->hash = policy.hash;
    sets_.push_back(set);
    activate(std::move(set), seq_);
    LogEntry entry;
    entry.seq = seq_++;
    entry.body = Control{PolicySetActivated{}};
    entries_.push_back(std::move(entry));
  }

  static Record record(std::string_view account, std::string_view clock) {
    Record record;
    record.source = "s";
    record.time = at(clock);
    if (!account.empty()) set_value(record, *find_field("account"), std::string(account));
    return record;
  }

  std::int64_t add(Record record) {
    LogEntry entry;
    if (record.id == Digest{}) record.id = sha256("record " + std::to_string(seq_));
    entry.body = std::move(record);
    return take(std::move(entry));
  }
  std::int64_t add(std::string_view account, std::string_view clock) {
    return add(record(account, clock));
  }
  std::int64_t add_tokens(std::string_view clock, std::int64_t tokens) {
    Record one = record("a", clock);
    set_value(one, *find_field("output_tokens"), tokens);
    return add(std::move(one));
  }
  std::int64_t revise(std::int64_t old_seq, Record now) {
    LogEntry entry;
    for (const LogEntry& old : entries_) {
      if (old.seq == old_seq) entry.replaces = ReplacedRecord{old_seq, std::get<Record>(old.body)};
    }
    now.id = entry.replaces->record.id;
    now.revision = entry.replaces->record.revision + 1;
    entry.body = std::move(now);
    return take(std::move(entry));
  }
  std::int64_t drain(std::string_view from, std::string_view to, const std::string& source = "s") {
    LogEntry entry;
    entry.body = Control{SourceDrained{source, RecordKind::kUsage, {at(from), at(to)}}};
    return take(std::move(entry));
  }
  std::int64_t drain(UtcTime from, UtcTime to) {
    LogEntry entry;
    entry.body = Control{SourceDrained{"s", RecordKind::kUsage, {from, to}}};
    return take(std::move(entry));
  }
  std::int64_t idle(const std::string& source) {
    LogEntry entry;
    entry.body = Control{SourceIdle{source, RecordKind::kUsage}};
    return take(std::move(entry));
  }
  std::int64_t remove(const std::string& source) {
    LogEntry entry;
    entry.body = Control{SourceRemoved{source, RecordKind::kUsage}};
    return take(std::move(entry));
  }
  std::int64_t settles(const std::string& source, Duration within) {
    LogEntry entry;
    entry.body = Control{SourceSettles{source, RecordKind::kUsage, within}};
    return take(std::move(entry));
  }
  /// What retention does: the records go, and the log says so.
  std::int64_t drop(UtcTime before) {
    std::erase_if(entries_, [before](const LogEntry& entry) {
      const auto* record = std::get_if<Record>(&entry.body);
      return record != nullptr && record->time < before;
    });
    dropped_before_ = before;
    LogEntry entry;
    entry.body = Control{RecordsDropped{before}};
    return take(std::move(entry));
  }
  /// What the daemon says where the policy holds too much.
  std::int64_t evict(std::string_view before, std::string policy = "p") {
    LogEntry entry;
    entry.body = Control{StateEvicted{std::move(policy), at(before)}};
    return take(std::move(entry));
  }
  [[nodiscard]] EvaluationFootprint footprint() const { return evaluation_->footprint(); }
  /// How many bytes a snapshot of it has: about what it keeps.
  [[nodiscard]] std::size_t kept_bytes() const {
    std::ostringstream bytes;
    EXPECT_TRUE(evaluation_->save(bytes));
    return bytes.str().size();
  }
  /// What a process does that starts now: it reads what is stored. Its steps so far are news.
  void restart() {
    evaluation_ = make_evaluation(engine_, "log", dropped_before_);
    steps_.clear();
    told_ = 0;
    std::size_t next = 0;
    for (const LogEntry& entry : std::vector(entries_)) {
      const auto* control = std::get_if<Control>(&entry.body);
      if (control != nullptr && std::holds_alternative<PolicySetActivated>(*control)) {
        activate(sets_.at(next++), entry.seq);
      } else {
        evaluation_->apply(std::span(&entry, 1), steps_);
      }
    }
  }

  /// What was said since the last call.
  std::vector<std::string> news() {
    std::vector<std::string> out;
    for (; told_ < steps_.size(); ++told_) out.push_back(said(steps_[told_]));
    return out;
  }
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  [[nodiscard]] PolicyCoverage coverage() const { return evaluation_->coverage().at(0); }

 private:
  void activate(std::shared_ptr<const PolicySet> set, std::int64_t seq) {
    const LogReplay replay = [this](std::int64_t last, const auto& batch) -> Result<void> {
      std::vector<LogEntry> old;
      for (const LogEntry& entry : entries_) {
        if (entry.seq <= last) old.push_back(entry);
      }
      batch(old);
      return {};
    };
    ASSERT_TRUE(evaluation_->activate(std::move(set), seq, replay, steps_));
  }
  std::int64_t take(LogEntry entry) {
    entry.seq = seq_++;
    entries_.push_back(entry);
    evaluation_->apply(std::span(&entries_.back(), 1), steps_);
    return entry.seq;
  }

  EngineKind engine_;
  std::unique_ptr<Evaluation> evaluation_;
  std::vector<std::shared_ptr<const PolicySet>> sets_;
  std::vector<LogEntry> entries_;
  std::optional<UtcTime> dropped_before_;
  std::vector<Step> steps_;
  std::size_t told_ = 0;
  std::int64_t seq_ = 1;
};

}  // namespace tidewaiter
