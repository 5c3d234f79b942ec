#include "policies/engine/finding_records.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace tidewaiter {
namespace {

struct FindingFields {
  FieldId id = *find_field("finding.id");
  FieldId policy = *find_field("finding.policy");
  FieldId version = *find_field("finding.version");
  FieldId kind = *find_field("finding.kind");
  FieldId severity = *find_field("finding.severity");
  FieldId rank = *find_field("finding.rank");
  FieldId withdrawn = *find_field("finding.withdrawn");
};

const FindingFields& finding_fields() {
  static const FindingFields all;
  return all;
}

/// What format_value() made a subject's text of.
Value subject_value(ValueType type, const std::string& text) {
  if (type == ValueType::kBool) return text == "true";
  if (type != ValueType::kInt64) return text;
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

UtcTime before(UtcTime time, Duration by) {
  std::int64_t earlier = 0;
  if (__builtin_sub_overflow(time.us, by.us, &earlier)) {
    return UtcTime{std::numeric_limits<std::int64_t>::min()};
  }
  return UtcTime{earlier};
}

/// A source of records, as one that speaks of findings.
std::string about(RecordKind kind, const std::string& source) {
  if (kind == RecordKind::kFinding) return source;
  return std::string(kind_name(kind)) + "/" + source;
}

}  // namespace

bool is_withdrawn(const Record& record) {
  const Value* const said = find_value(record, finding_fields().withdrawn);
  return said != nullptr && std::get<bool>(*said);
}

void FindingRecords::set_policies(const PolicySet& policies) {
  longest_.fill(Duration{});
  for (const Policy& policy : policies.policies) {
    kinds_[policy.id] = policy.kind;
    if (policy.status != PolicyStatus::kActive) continue;
    Duration& longest = longest_[static_cast<std::size_t>(policy.reads)];
    longest = std::max(longest, longest_span(policy.window, 1));
  }
}

std::int64_t FindingRecords::next_seq(std::int64_t log_seq) {
  last_seq_ = std::max(last_seq_ + 1, log_seq);
  origins_[last_seq_] = log_seq;
  return last_seq_;
}

const std::string* FindingRecords::finding_of(std::int64_t seq) const {
  const auto found = names_.find(seq);
  return found == names_.end() ? nullptr : &found->second;
}

void FindingRecords::forget_origins() {
  origins_.clear();
  for (const std::int64_t seq : replaced_) names_.erase(seq);
  replaced_.clear();
}

Record FindingRecords::record_of(const Step& step) const {
  const FindingFields& of = finding_fields();
  Record record;
  record.kind = RecordKind::kFinding;
  record.id = sha256(step.finding);
  record.source = step.subject.source;
  record.time = step.run.from;
  for (std::size_t i = 0; i < step.subject.fields.size(); ++i) {
    const FieldId id = step.subject.fields[i];
    // As every record has them, and no record has a cluster.
    if (id <= kFieldSource || id == kFieldCluster) continue;
    set_value(record, id, subject_value(field(id).type, step.subject.values[i]));
  }
  set_value(record, of.id, step.finding);
  set_value(record, of.policy, step.policy);
  set_value(record, of.version, step.policy_version);
  if (const auto kind = kinds_.find(step.policy); kind != kinds_.end()) {
    set_value(record, of.kind, kind->second);
  }
  set_value(record, of.severity, std::string(severity_name(step.severity)));
  set_value(record, of.rank, static_cast<std::int64_t>(step.severity) + 1);
  set_value(record, of.withdrawn, step.kind == StepKind::kWithdrawn);
  return record;
}

LogEntry FindingRecords::entry_of(const Step& step, Record record, bool backfill) {
  LogEntry entry;
  entry.seq = next_seq(step.seq);
  entry.backfill = backfill;
  entry.body = std::move(record);
  names_.emplace(entry.seq, step.finding);
  return entry;
}

void FindingRecords::revise(Standing& standing, Record record, const Step& step, bool backfill,
                            std::vector<LogEntry>& group) {
  record.revision = standing.record.revision + 1;
  LogEntry entry = entry_of(step, record, backfill);
  replaced_.push_back(standing.seq);
  entry.replaces = ReplacedRecord{standing.seq, std::move(standing.record)};
  standing = {entry.seq, std::move(record)};
  group.push_back(std::move(entry));
}

void FindingRecords::take_step(const Step& step, bool backfill, std::vector<LogEntry>& group) {
  if (step.kind == StepKind::kGap) return;
  if (step.kind == StepKind::kClosed) {
    if (step.reason == kEvictedReason) evicted_.emplace(step.policy, to_text(step.subject));
    return;
  }
  // Two findings of one run are not two.
  if (step.kind == StepKind::kOpened && !evicted_.empty() &&
      evicted_.erase({step.policy, to_text(step.subject)}) > 0) {
    untold_.insert(step.finding);
  }
  if (untold_.contains(step.finding)) return;
  Record record = record_of(step);
  const auto known = standing_.find(step.finding);
  if (known == standing_.end()) {
    LogEntry entry = entry_of(step, record, backfill);
    standing_[step.finding] = {entry.seq, std::move(record)};
    group.push_back(std::move(entry));
    return;
  }
  Standing& standing = known->second;
  if (step.kind == StepKind::kWithdrawn) {
    // What the ledger has of it is taken back, where it stands.
    Record gone = standing.record;
    set_value(gone, finding_fields().withdrawn, true);
    revise(standing, std::move(gone), step, backfill, group);
    replaced_.push_back(standing.seq);
    standing_.erase(known);
    return;
  }
  if (same_content(standing.record, record)) return;
  if (standing.record.time == record.time) {
    revise(standing, std::move(record), step, backfill, group);
    return;
  }
  // A record is known again by its time too: it goes there and comes here.
  Record gone = standing.record;
  set_value(gone, finding_fields().withdrawn, true);
  revise(standing, std::move(gone), step, backfill, group);
  replaced_.push_back(standing.seq);
  LogEntry entry = entry_of(step, record, backfill);
  standing = {entry.seq, std::move(record)};
  group.push_back(std::move(entry));
}

SourceDrained FindingRecords::about_findings(const SourceDrained& drained) const {
  if (drained.kind == RecordKind::kFinding) return drained;
  // A run that begins before `to` has a first window that ends within the longest one after it.
  const UtcTime to = before(drained.covered.to, longest_[static_cast<std::size_t>(drained.kind)]);
  return {about(drained.kind, drained.source),
          RecordKind::kFinding,
          {drained.covered.from, std::max(drained.covered.from, to)}};
}

void FindingRecords::keep(const SourceDrained& drained) {
  const auto [source, fresh] = sources_.try_emplace(drained.source);
  const bool reaches_back = !fresh && drained.covered.from < source->second.from;
  if (fresh || reaches_back || source->second.idle) open_ = said_.size();
  source->second = {fresh || reaches_back ? drained.covered.from : source->second.from, false};
  for (std::size_t i = open_; i < said_.size(); ++i) {
    auto& said = std::get<SourceDrained>(said_[i]);
    if (said.source != drained.source) continue;
    said.covered.to = std::max(said.covered.to, drained.covered.to);
    return;
  }
  said_.emplace_back(drained);
}

void FindingRecords::keep(const SourceIdle& idle) {
  const auto source = sources_.find(idle.source);
  if (source == sources_.end()) return;
  source->second.idle = true;
  said_.emplace_back(idle);
  open_ = said_.size();
}

void FindingRecords::keep(const SourceRemoved& removed) {
  if (sources_.erase(removed.source) == 0) return;
  said_.emplace_back(removed);
  open_ = said_.size();
}

void FindingRecords::take_control(const LogEntry& entry, std::vector<LogEntry>& findings) {
  const auto& control = std::get<Control>(entry.body);
  LogEntry statement;
  if (const auto* drained = std::get_if<SourceDrained>(&control)) {
    const SourceDrained said = about_findings(*drained);
    keep(said);
    statement.body = Control{said};
  } else if (const auto* idle = std::get_if<SourceIdle>(&control)) {
    const SourceIdle said{about(idle->kind, idle->source), RecordKind::kFinding};
    keep(said);
    statement.body = Control{said};
  } else if (const auto* removed = std::get_if<SourceRemoved>(&control)) {
    const SourceRemoved said{about(removed->kind, removed->source), RecordKind::kFinding};
    keep(said);
    statement.body = Control{said};
  } else {
    return;  // no finding is too late: how long sources settle is nothing to those who read them
  }
  statement.seq = next_seq(entry.seq);
  statement.backfill = entry.backfill;
  findings.push_back(std::move(statement));
}

std::int64_t FindingRecords::own_seq(std::int64_t seq) const {
  const auto found = own_origins_.find(seq);
  return found == own_origins_.end() ? seq : found->second;
}

LogEntry FindingRecords::own_entry(LogEntry entry) {
  const std::int64_t seq = next_seq(entry.seq);
  own_seqs_[entry.seq] = seq;
  own_origins_[seq] = entry.seq;
  entry.seq = seq;
  if (entry.replaces) entry.replaces->seq = own_seqs_.at(entry.replaces->seq);
  return entry;
}

void FindingRecords::take(std::span<const LogEntry> entries, std::span<const Step> steps,
                          std::vector<LogEntry>& findings) {
  auto step = steps.begin();
  for (const LogEntry& entry : entries) {
    const std::size_t first = findings.size();
    for (; step != steps.end() && step->seq == entry.seq; ++step) {
      take_step(*step, entry.backfill, findings);
    }
    const auto* record = std::get_if<Record>(&entry.body);
    if (record != nullptr && record->kind == RecordKind::kFinding) {
      findings.push_back(own_entry(entry));
    }
    const bool joins = record != nullptr && entry.joined;
    for (std::size_t i = first; i < findings.size(); ++i) {
      findings[i].joined = i > first || joins;
    }
    if (record == nullptr) take_control(entry, findings);
  }
}

void FindingRecords::take_activation(std::span<const Step> steps, std::vector<LogEntry>& findings) {
  const std::size_t first = findings.size();
  for (const Step& step : steps) take_step(step, true, findings);
  for (std::size_t i = first + 1; i < findings.size(); ++i) findings[i].joined = true;
}

std::vector<LogEntry> FindingRecords::standing() {
  std::vector<LogEntry> all;
  all.reserve(standing_.size() + said_.size());
  for (const auto& [id, standing] : standing_) {
    LogEntry entry;
    entry.seq = standing.seq;
    entry.body = standing.record;
    all.push_back(std::move(entry));
  }
  std::ranges::sort(all, {}, &LogEntry::seq);
  for (const Control& control : said_) {
    LogEntry entry;
    entry.seq = next_seq(0);
    entry.body = control;
    all.push_back(std::move(entry));
  }
  return all;
}

}  // namespace tidewaiter
