#include "daemon/pipeline/judge.h"

#include <algorithm>
#include <ctime>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "daemon/pipeline/coverage_json.h"
#include "policies/sigma/policy_set.h"
#include "storage/ledger/publication.h"
#include "storage/ledger/restatement_reason.h"

namespace tidewaiter {
namespace {

/// Chunks are gathered into one transaction until it has this many steps or chunks: a transaction
/// costs a disk's flush, and half a gathered one lost costs only judging it again.
constexpr std::size_t kStepsACommit = 1024;
constexpr std::int64_t kChunksACommit = 16;

/// Between two looks at what evaluation holds an entry is judged for so many bytes that are held:
/// going through them is little beside that.
constexpr std::int64_t kBytesAnEntry = 2'048;

std::int64_t thread_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

const Control* control_of(const LogEntry& entry) { return std::get_if<Control>(&entry.body); }

const PolicySetActivated* activation_of(const LogEntry& entry) {
  const Control* control = control_of(entry);
  return control == nullptr ? nullptr : std::get_if<PolicySetActivated>(control);
}

/// The last entry of a source's first drain.
bool ends_backfill(const LogEntry& entry) {
  const Control* control = control_of(entry);
  return entry.backfill && control != nullptr && std::holds_alternative<SourceDrained>(*control);
}

bool is_about_clusters(const Policy& policy) {
  return policy.status == PolicyStatus::kActive && policy.linkage.has_value();
}

/// Which issues are looked into, for whoever reads the ledger.
nlohmann::json lists_of(const std::vector<IssueStanding>& standings) {
  nlohmann::json all = nlohmann::json::array();
  for (const IssueStanding& standing : standings) all.push_back(standing_json(standing));
  return all;
}

/// Which clearances of names apply: by their ids, under which the ledger has who gave them and why.
nlohmann::json clearances_of(const std::vector<PolicyClearance>& clearances) {
  nlohmann::json all = nlohmann::json::array();
  for (const PolicyClearance& one : clearances) all.push_back(one.cleared.id);
  return all;
}

void count_step(const Step& step, CycleReport& report) {
  ++report.steps;
  switch (step.kind) {
    case StepKind::kOpened:
      ++report.opened;
      if (step.historical) ++report.historical;
      break;
    case StepKind::kRestated:
      ++report.restated;
      break;
    case StepKind::kWithdrawn:
      ++report.withdrawn;
      break;
    case StepKind::kClosed:
      ++report.closed;
      break;
    case StepKind::kGap:
      ++report.gaps;
      break;
  }
}

}  // namespace

Judge::Judge(const CycleParts& parts, const LogOffset& committed,
             std::optional<UtcTime> dropped_before, EmittedFindings emitted)
    : parts_(parts),
      issues_(*parts.records),
      evaluation_(
          make_evaluation(parts.engine, parts.records->log_id(), dropped_before, parts.threads)),
      emitted_(std::move(emitted)),
      messages_(parts.ledger->origin()),
      committed_(committed),
      dropped_before_(dropped_before) {
  evaluation_->set_clock(thread_time);
}

bool Judge::look_at_footprint() {
  const std::int64_t wait = std::max(parts_.look_least, footprint_.bytes() / kBytesAnEntry);
  if (looked_at_ && at_.seq - *looked_at_ < wait) return false;
  looked_at_ = at_.seq;
  footprint_ = evaluation_->footprint();
  return true;
}

void Judge::note_evicted(const std::string& policy) {
  const auto held = std::ranges::find(footprint_.policies, policy, &PolicyFootprint::policy);
  if (held != footprint_.policies.end()) held->bytes = 0;
}

Result<std::optional<Error>> Judge::to_head(const std::stop_token& stop, CycleReport& report,
                                            bool& committed_anything) {
  const Result<LogOffset> head = parts_.records->head();
  if (!head) return tl::unexpected(head.error());
  const ProgressMeter meter(is_fresh(at_.seq + 1) ? CyclePhase::kJudge : CyclePhase::kReplay, {},
                            parts_.now());
  // What an earlier call could not commit comes first, before more is gathered.
  if (open_chunks_ > 0 && is_fresh(at_.seq)) {
    if (auto done = commit(committed_anything); !done || *done) return done;
  }
  const std::int64_t first = at_.seq;
  while (at_.seq < head->seq) {
    if (stop.stop_requested()) {
      report.interrupted = true;
      break;
    }
    const Result<RecordLog::Chunk> chunk = parts_.records->read(at_);
    if (!chunk) return tl::unexpected(chunk.error());
    if (chunk->end.seq <= at_.seq) {
      return fail(ErrorCode::kCorruption,
                  "the record log ends before its head, at entry " + std::to_string(at_.seq));
    }
    if (auto taken = take_chunk(*chunk, stop, report); !taken) {
      if (!stop.stop_requested()) return tl::unexpected(taken.error());
      report.interrupted = true;  // an activation broken off: judged again at the next start
      break;
    }
    at_ = chunk->end;
    ++open_chunks_;
    const bool full = open_.steps.size() >= kStepsACommit || open_chunks_ >= kChunksACommit;
    if (full && is_fresh(at_.seq)) {
      if (auto done = commit(committed_anything); !done || *done) return done;
    }
    report_progress(meter, at_.seq - first, head->seq - first);
  }
  if (!is_fresh(at_.seq)) return std::nullopt;
  return commit(committed_anything);
}

/// An activation is a page of its own (record_log.h), so that a chunk is one, or has none: what is
/// committed at a chunk's end never holds steps from beyond it.
Result<void> Judge::take_chunk(const RecordLog::Chunk& chunk, const std::stop_token& stop,
                               CycleReport& report) {
  for (const LogEntry& entry : chunk.entries) {
    const PolicySetActivated* activated = activation_of(entry);
    if (activated == nullptr) continue;
    if (chunk.entries.size() == 1) return activate(entry, activated->set_hash, stop, report);
    return fail(ErrorCode::kCorruption, "record log entry " + std::to_string(entry.seq) +
                                            ": policies came into force within a page");
  }
  take_entries(chunk.entries, report);
  return {};
}

void Judge::take_entries(std::span<const LogEntry> entries, CycleReport& report) {
  if (entries.empty()) return;
  std::vector<Step> steps;
  evaluation_->apply(entries, steps);
  unsaved_ += static_cast<std::int64_t>(entries.size());
  std::size_t next = 0;
  for (const LogEntry& entry : entries) {
    if (is_fresh(entry.seq)) ++report.entries;
    if (const auto* record = std::get_if<Record>(&entry.body)) {
      UtcTime& latest = latest_.try_emplace(record->kind, record->time).first->second;
      latest = std::max(latest, record->time);
    }
    note_control(entry);
    if (!ends_backfill(entry)) continue;
    while (next < steps.size() && steps[next].seq <= entry.seq) {
      take_step(std::move(steps[next++]), report);
    }
    messages_.end_of_history(entry.seq, is_fresh(entry.seq), open_.outbox);
  }
  while (next < steps.size()) take_step(std::move(steps[next++]), report);
}

Result<void> Judge::activate(const LogEntry& entry, const Digest& hash, const std::stop_token& stop,
                             CycleReport& report) {
  const Result<CompiledSet> compiled =
      stored_policy_set(*parts_.records, hash, issues_, parts_.compiled.get());
  if (!compiled) return tl::unexpected(compiled.error());
  const auto& [documents, set] = *compiled;

  const ProgressMeter meter(CyclePhase::kActivate, {}, parts_.now());
  const LogReplay replay = [&](std::int64_t last_seq, const auto& batch) -> Result<void> {
    LogOffset place;
    while (place.seq < last_seq) {
      if (stop.stop_requested()) return fail(ErrorCode::kUnavailable, "stopped on request");
      const Result<RecordLog::Chunk> chunk = parts_.records->read(place);
      if (!chunk) return tl::unexpected(chunk.error());
      if (chunk->end.seq <= place.seq) break;
      batch(chunk->entries);
      unsaved_ += static_cast<std::int64_t>(chunk->entries.size());
      place = chunk->end;
      report_progress(meter, place.seq, last_seq);
    }
    return {};
  };
  std::vector<Step> steps;
  if (auto done = evaluation_->activate(set, entry.seq, replay, steps); !done) return done;
  looked_at_.reset();  // other policies hold other things
  const std::optional<Digest> before = std::exchange(set_, hash);
  judged_clusters_ = judged_clusters_ || std::ranges::any_of(set->policies, is_about_clusters);

  const bool fresh = is_fresh(entry.seq);
  bool only_cleared = false;
  if (fresh) {
    ++report.entries;
    const Result<PackedSet> packed = unpack_documents(documents);
    if (!packed) return tl::unexpected(packed.error());
    auto noted = note_activation(entry, hash, sha256(documents), *packed, set->policies.size());
    if (!noted) return noted;
    only_cleared = before && clears_more_than(*before, *packed);
  }
  for (Step& step : steps) {
    if (only_cleared && step.kind == StepKind::kRestated) step.reason = kMoreNamesCleared;
    take_step(std::move(step), report);
  }
  messages_.end_of_history(entry.seq, fresh, open_.outbox);
  return {};
}

/// A set before it that is not to be read makes it news.
bool Judge::clears_more_than(const Digest& before, const PackedSet& packed) const {
  const Result<std::string> former = parts_.records->policy_documents(before);
  if (!former) return false;
  const Result<PackedSet> old_set = unpack_documents(*former);
  return old_set && only_clears_more(*old_set, packed);
}

/// What people publish and sign is the set without the issues that it looks into and the names that
/// are cleared: it is named by the hash that it has so, and beside that by the one that the record
/// log has.
Result<void> Judge::note_activation(const LogEntry& entry, const Digest& hash,
                                    const Digest& documents, const PackedSet& packed,
                                    std::size_t policies) {
  Digest written = hash;
  nlohmann::json fields = {
      {"documents", to_hex(documents)}, {"policies", policies}, {"entry", entry.seq}};
  if (!packed.lists.empty() || !packed.clearances.empty()) {
    written = load_policy_set(packed.texts, UtcTime{0}, table_of(packed)).set.hash;
    fields["activated"] = to_hex(hash);
  }
  if (!packed.lists.empty()) fields["lists"] = lists_of(packed.lists);
  if (!packed.clearances.empty()) fields["clearances"] = clearances_of(packed.clearances);
  fields["set"] = to_hex(written);
  const auto published = last_publication(*parts_.ledger, written);
  if (!published) return tl::unexpected(published.error());
  if (*published) {
    fields["bundle"] = to_hex((*published)->publication.bundle);
    // Not for a set that was put in the log before the configuration asked for this.
    if (parts_.published_only) fields["published_only"] = true;
  }
  open_.events.push_back({std::string(kActivatedType), fields.dump()});
  return {};
}

void Judge::take_step(Step step, CycleReport& report) {
  const bool fresh = is_fresh(step.seq);
  const StepFate fate = emitted_.take(step, fresh);
  if (fate == StepFate::kUnmatched) ++report.unmatched;
  if (fate != StepFate::kToRecord) return;
  messages_.take(step, fresh, open_.outbox);
  if (!fresh) return;
  count_step(step, report);
  open_.steps.push_back(std::move(step));
}

void Judge::note_control(const LogEntry& entry) {
  const Control* control = control_of(entry);
  if (control == nullptr) return;
  if (const auto* drained = std::get_if<SourceDrained>(control)) {
    idle_.erase(drained->source);
    covering_.emplace(drained->source, drained->kind);
  } else if (const auto* idle = std::get_if<SourceIdle>(control)) {
    idle_.insert(idle->source);
  } else if (const auto* removed = std::get_if<SourceRemoved>(control)) {
    idle_.insert(removed->source);
    covering_.erase({removed->source, removed->kind});
    settles_.erase({removed->source, removed->kind});
  } else if (const auto* settles = std::get_if<SourceSettles>(control)) {
    settles_[{settles->source, settles->kind}] = settles->within;
  } else if (const auto* ruled = std::get_if<LinkRuled>(control)) {
    told_rulings_.note(*ruled);
  }
}

std::set<Judge::SourceKind> Judge::standing_sources() const {
  std::set<SourceKind> all = covering_;
  for (const auto& [source, within] : settles_) all.insert(source);
  return all;
}

Result<std::optional<Error>> Judge::commit(bool& committed_anything) {
  open_.offset = at_;
  open_.log_id = parts_.records->log_id();
  open_.coverage = coverage_to_json({at_.seq, evaluation_->coverage(), footprint_});
  const bool grows = !open_.steps.empty() || !open_.events.empty();
  const Result<LedgerReceipt> receipt = parts_.ledger->commit(open_, parts_.now());
  if (!receipt && receipt.error().code == ErrorCode::kUnavailable) return receipt.error();
  if (!receipt) return tl::unexpected(receipt.error());
  committed_ = at_;
  committed_anything = committed_anything || grows;
  open_ = {};
  open_chunks_ = 0;
  return std::nullopt;
}

void Judge::report_progress(const ProgressMeter& meter, std::int64_t done, std::int64_t all) const {
  if (parts_.progress) parts_.progress(meter.at(parts_.now(), done, all, 0, 0, done >= all));
}

}  // namespace tidewaiter
