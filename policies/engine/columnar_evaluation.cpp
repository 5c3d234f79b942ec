#include "policies/engine/columnar_evaluation.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <exception>
#include <istream>
#include <iterator>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "policies/engine/held_memory.h"
#include "policies/engine/policy_change.h"
#include "policies/engine/policy_runtime.h"
#include "policies/engine/policy_state.h"
#include "policies/engine/state_archive.h"
#include "policies/engine/thread_pool.h"
#include "policies/linkage/linker.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kKinds = kRecordKinds.size();

std::size_t index_of(RecordKind kind) { return static_cast<std::size_t>(kind); }

using Coverages = std::array<KindCoverage, kKinds>;
using Runtimes = std::vector<std::unique_ptr<PolicyRuntime>>;

/// What the log has said up to some place of it, whatever the policies.
struct LogState {
  Coverages coverages;
  std::int64_t dropped_before = 0;    ///< where the log begins in event time
  std::optional<Linker> linker = {};  ///< if a policy that runs is about clusters
};

using Batches = std::array<KindBatch, kKinds>;

/// An entry after which accounts belong to other clusters than before, or more is known of them.
struct Linking {
  std::int64_t seq = 0;
  std::vector<ClusterMove> moves;
  std::vector<EvidenceChange> evidence;
};
using Linkings = std::vector<Linking>;

/// Takes a control entry into the state, and into the batches that it concerns.
void take_control(const LogEntry& entry, LogState& state, Batches& batches) {
  const auto& control = std::get<Control>(entry.body);
  const auto add = [&](std::size_t kind, std::string gap = {}) {
    KindBatch& batch = batches[kind];
    batch.controls.push_back({batch.entries.size(), entry.seq, entry.backfill, std::move(gap),
                              state.coverages[kind].horizon(), state.dropped_before,
                              state.coverages[kind].late_before()});
  };
  if (const auto* dropped = std::get_if<RecordsDropped>(&control)) {
    state.dropped_before = std::max(state.dropped_before, dropped->before.us);
    for (std::size_t kind = 0; kind < kKinds; ++kind) add(kind);
    return;
  }
  if (const auto* evicted = std::get_if<StateEvicted>(&control)) {
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
      add(kind);
      batches[kind].controls.back().evicted = evicted;
    }
    return;
  }
  const std::optional<RecordKind> stated = stated_kind(control);
  if (!stated) return;
  KindCoverage& coverage = state.coverages[index_of(*stated)];
  if (const auto* settles = std::get_if<SourceSettles>(&control)) return coverage.take(*settles);
  std::string gap;
  if (const auto* drained = std::get_if<SourceDrained>(&control)) coverage.take(*drained);
  if (const auto* idle = std::get_if<SourceIdle>(&control)) {
    if (coverage.take(*idle)) gap = gap_reason(*idle);
  }
  if (const auto* removed = std::get_if<SourceRemoved>(&control)) {
    if (coverage.take(*removed)) gap = gap_reason(*removed);
  }
  add(index_of(*stated), std::move(gap));
}

/// Says whether the entry changes who belongs together, or what is known of it: it is then noted.
bool take_links(const LogEntry& entry, LogState& state, Linkings& linkings) {
  if (!state.linker) return false;
  std::vector<ClusterMove> moves = state.linker->take(entry);
  std::vector<EvidenceChange> evidence = state.linker->evidence_changes();
  if (moves.empty() && evidence.empty()) return false;
  linkings.push_back({entry.seq, std::move(moves), std::move(evidence)});
  return true;
}

/// An entry moves the accounts of policies that do not read it, too: `kind` is that of a record,
/// and a ruling is of none.
void tell_other_kinds(const LogEntry& entry, std::optional<std::size_t> kind, Batches& batches) {
  for (std::size_t other = 0; other < kKinds; ++other) {
    if (other == kind) continue;
    KindBatch::Control regrouping;
    regrouping.before = batches[other].entries.size();
    regrouping.seq = entry.seq;
    regrouping.backfill = entry.backfill;
    regrouping.of_record = kind.has_value();
    regrouping.is_ruling = !kind;
    regrouping.is_revision = entry.replaces.has_value();
    batches[other].controls.push_back(std::move(regrouping));
  }
}

bool evicts(const LogEntry& entry) {
  const auto* const control = std::get_if<Control>(&entry.body);
  return control != nullptr && std::holds_alternative<StateEvicted>(*control);
}

/// Where a part of the entries ends that begins at `at`: entries that are joined stay together.
/// What a policy takes of a batch is told before the batch, so that an eviction is the last of its
/// part.
std::size_t end_of_part(std::span<const LogEntry> entries, std::size_t at) {
  std::size_t end = std::min(at + kBatchEntries, entries.size());
  while (end < entries.size() && entries[end].joined) ++end;
  const auto part = entries.subspan(at, end - at);
  const auto eviction = std::ranges::find_if(part, evicts);
  return eviction == part.end() ? end : at + static_cast<std::size_t>(eviction - part.begin()) + 1;
}

/// What is the same for all policies of the entries, whose records alone stand in `rows` yet.
void summarise(KindBatch& batch) {
  batch.first.assign(batch.entries.size(), false);
  if (batch.entries.empty()) return;
  batch.strictest = batch.entries.front();
  batch.earliest = batch.latest = batch.rows.front()->time;
  for (std::size_t i = 0; i < batch.entries.size(); ++i) {
    const KindBatch::Entry& entry = batch.entries[i];
    if (!entry.replaced) {
      batch.first.set(i);
      ++batch.first_versions;
    }
    batch.earliest = std::min(batch.earliest, batch.rows[i]->time);
    batch.latest = std::max(batch.latest, batch.rows[i]->time);
    KindBatch::Entry& strictest = batch.strictest;
    strictest.dropped_before = std::max(strictest.dropped_before, entry.dropped_before);
    strictest.complete_to = std::max(strictest.complete_to, entry.complete_to);
    strictest.late_before = std::max(strictest.late_before, entry.late_before);
  }
}

/// Sorts a batch by kind of record. The entries must stay where they are.
Batches split_by_kind(std::span<const LogEntry> entries, LogState& state, Linkings& linkings) {
  Batches batches;
  std::array<std::vector<const Record*>, kKinds> replaced;
  for (const LogEntry& entry : entries) {
    const bool links = take_links(entry, state, linkings);
    const auto* record = std::get_if<Record>(&entry.body);
    if (record == nullptr) {
      const bool ruled = std::holds_alternative<LinkRuled>(std::get<Control>(entry.body));
      if (ruled && links) tell_other_kinds(entry, std::nullopt, batches);
      take_control(entry, state, batches);
      continue;
    }
    const std::size_t kind = index_of(record->kind);
    if (links) tell_other_kinds(entry, kind, batches);
    KindBatch::Entry row;
    row.seq = entry.seq;
    row.backfill = entry.backfill;
    row.dropped_before = state.dropped_before;
    row.complete_to = state.coverages[kind].complete_to();
    row.late_before = state.coverages[kind].late_before();
    if (entry.replaces) {
      row.replaced = replaced[kind].size();  // from the first replaced row; shifted below
      row.replaced_seq = entry.replaces->seq;
      replaced[kind].push_back(&entry.replaces->record);
    }
    row.is_revision = entry.replaces.has_value();
    if (entry.joined && !batches[kind].entries.empty()) {
      KindBatch::Entry& before = batches[kind].entries.back();
      before.continues = true;
      row.is_revision = row.is_revision || before.is_revision;
    }
    batches[kind].entries.push_back(row);
    batches[kind].rows.push_back(record);
  }
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    KindBatch& batch = batches[kind];
    for (KindBatch::Entry& entry : batch.entries) {
      if (entry.replaced) *entry.replaced += batch.entries.size();
    }
    summarise(batch);
    batch.rows.insert(batch.rows.end(), replaced[kind].begin(), replaced[kind].end());
  }
  return batches;
}

class ColumnarEvaluation final : public Evaluation {
 public:
  ColumnarEvaluation(std::string log_id, UtcTime dropped_before, std::size_t threads,
                     const RestingLimits& limits)
      : log_id_(std::move(log_id)), limits_(limits), pool_(threads) {
    state_.dropped_before = dropped_before.us;
  }

  void apply(std::span<const LogEntry> entries, std::vector<Step>& steps) override {
    if (entries.empty()) return;
    assert(entries.front().seq > last_seq_);
    std::vector<PendingStep> pending;
    for (std::size_t at = 0; at < entries.size();) {
      const std::size_t end = end_of_part(entries, at);
      pending.clear();
      run(entries.subspan(at, end - at), state_, runtimes_, false, pending);
      number(pending, steps);
      at = end;
    }
    last_seq_ = entries.back().seq;
  }

  Result<void> activate(std::shared_ptr<const PolicySet> set, std::int64_t seq,
                        const LogReplay& replay, std::vector<Step>& steps) override;

  std::vector<PolicyCoverage> coverage() const override {
    std::vector<PolicyCoverage> all;
    all.reserve(runtimes_.size());
    for (const auto& runtime : runtimes_) all.push_back(runtime->coverage());
    return all;
  }

  std::int64_t last_seq() const override { return last_seq_; }

  void set_clock(ThreadClock clock) override { clock_ = std::move(clock); }
  EvaluationFootprint footprint() const override;

  Result<void> save(std::ostream& bytes) const override;
  Result<void> restore(std::shared_ptr<const PolicySet> set, std::istream& bytes) override;

 private:
  /// What one kind of record is turned into, for the policies that run.
  struct Kind {
    ColumnSet columns;
    std::unique_ptr<Plan> plan;
    std::vector<std::shared_ptr<SubjectTable>> tables;  ///< of the policies that run
    /// All ever used, so that a subject keeps its number. Shared with the runtimes.
    std::map<std::vector<FieldId>, std::shared_ptr<SubjectTable>> all_tables;

    void save(StateWriter& writer);
    /// False: what was read does not fit together.
    [[nodiscard]] bool restore(StateReader& reader);
  };

  void make_plans(const Runtimes& runtimes);
  /// Does work of a policy, on whatever thread, and has its time noted.
  template <class Work>
  void charge(PolicyRuntime& runtime, const Work& work) const {
    if (!clock_) return work();
    const std::int64_t start = clock_();
    work();
    runtime.note_time(clock_() - start);
  }
  static void number_links(const Linkings& linkings, Kind& kind, KindBatch& batch);
  [[nodiscard]] bool restore_kinds(StateReader& reader);
  [[nodiscard]] bool restore_policies(const std::shared_ptr<const PolicySet>& set,
                                      StateReader& reader);
  void run(std::span<const LogEntry> entries, LogState& state, const Runtimes& runtimes,
           bool silent, std::vector<PendingStep>& pending);
  void number(std::vector<PendingStep>& pending, std::vector<Step>& steps);
  /// One that has read nothing yet, if a policy is about clusters.
  [[nodiscard]] std::optional<Linker> linker_for(const Runtimes& runtimes) const;
  [[nodiscard]] std::unique_ptr<PolicyRuntime> make_runtime(
      const std::shared_ptr<const PolicySet>& set, const Policy& policy);

  std::string log_id_;
  RestingLimits limits_;
  ThreadClock clock_;
  ThreadPool pool_;
  std::int64_t last_seq_ = 0;
  LogState state_;
  /// Null where no policy has read the kind yet: a Kind has a place for every field there is.
  std::array<std::unique_ptr<Kind>, kKinds> kinds_;
  Runtimes runtimes_;  ///< by policy id
  /// Ids of all findings, by policy and LiveFinding::order.
  std::map<std::string, std::vector<std::string>> finding_ids_;
};

std::unique_ptr<PolicyRuntime> ColumnarEvaluation::make_runtime(
    const std::shared_ptr<const PolicySet>& set, const Policy& policy) {
  std::unique_ptr<Kind>& kind = kinds_[index_of(policy.reads)];
  if (kind == nullptr) kind = std::make_unique<Kind>();
  auto& table = kind->all_tables[policy.for_each];
  if (table == nullptr) table = std::make_shared<SubjectTable>(policy.for_each);
  return std::make_unique<PolicyRuntime>(set, policy, table, state_.dropped_before, limits_);
}

std::optional<Linker> ColumnarEvaluation::linker_for(const Runtimes& runtimes) const {
  for (const auto& runtime : runtimes) {
    if (const auto& linkage = runtime->policy().linkage) {
      return Linker(*linkage, UtcTime{state_.dropped_before});
    }
  }
  return std::nullopt;
}

void ColumnarEvaluation::make_plans(const Runtimes& runtimes) {
  for (const auto& kind : kinds_) {
    if (kind == nullptr) continue;
    kind->columns.forget_uses();
    kind->plan.reset();
    kind->tables.clear();
  }
  for (const auto& runtime : runtimes) {
    Kind& kind = *kinds_[index_of(runtime->policy().reads)];
    if (kind.plan == nullptr) kind.plan = std::make_unique<Plan>(kind.columns);
    runtime->join(*kind.plan, kind.columns);
    const auto& table = kind.all_tables[runtime->policy().for_each];
    if (std::ranges::find(kind.tables, table) == kind.tables.end()) kind.tables.push_back(table);
  }
}

/// Puts them into the batch by the numbers of the kind's clusters, if a policy asks for them.
void ColumnarEvaluation::number_links(const Linkings& linkings, Kind& kind, KindBatch& batch) {
  const auto table = kind.all_tables.find({kFieldCluster});
  if (table == kind.all_tables.end()) return;
  const auto number = [&](const LinkedAccount& account) {
    return table->second->number_of(kind.columns, account);
  };
  for (const Linking& linking : linkings) {
    MemberRegrouping& numbered = batch.regroupings[linking.seq];
    for (const ClusterMove& move : linking.moves) {
      numbered.moves.push_back({number(move.account), number(move.from), number(move.to)});
    }
    for (const EvidenceChange& change : linking.evidence) {
      numbered.evidence.push_back({number(change.account), change.is_stated});
    }
  }
}

void ColumnarEvaluation::run(std::span<const LogEntry> entries, LogState& state,
                             const Runtimes& runtimes, bool silent,
                             std::vector<PendingStep>& pending) {
  Linkings linkings;
  Batches batches = split_by_kind(entries, state, linkings);
  for (std::size_t i = 0; i < kKinds; ++i) {
    if (kinds_[i] == nullptr || kinds_[i]->plan == nullptr) continue;
    Kind& kind = *kinds_[i];
    kind.columns.load(batches[i].rows);
    kind.plan->start_batch();
    for (const auto& table : kind.tables) table->load(kind.columns);
    number_links(linkings, kind, batches[i]);
  }
  std::vector<PolicyRuntime*> due;
  for (const auto& runtime : runtimes) {
    const std::size_t i = index_of(runtime->policy().reads);
    if (batches[i].entries.empty() && batches[i].controls.empty()) continue;
    charge(*runtime, [&] { runtime->prepare(batches[i], *kinds_[i]->plan, kinds_[i]->columns); });
    due.push_back(runtime.get());
  }
  // Each policy writes to a list of its own, and the lists follow one another in the order of the
  // policies, so that nothing tells which thread was first.
  std::vector<std::vector<PendingStep>> by_policy(due.size());
  pool_.run(due.size(), [&](std::size_t at) {
    const std::size_t i = index_of(due[at]->policy().reads);
    charge(*due[at], [&] { due[at]->run(batches[i], kinds_[i]->columns, silent, by_policy[at]); });
  });
  for (auto& steps : by_policy) std::ranges::move(steps, std::back_inserter(pending));
}

/// Puts steps into the order of the log and gives them ordinals and ids.
void ColumnarEvaluation::number(std::vector<PendingStep>& pending, std::vector<Step>& steps) {
  // Each policy's steps are in order, and the policies follow one another. Gaps come after all
  // findings, whose ordinals, and so ids, do not depend on them.
  std::ranges::stable_sort(pending, {}, [](const PendingStep& step) {
    return std::pair(step.step.seq, !step.finding.has_value());
  });
  std::int64_t seq = -1;
  std::int32_t ordinal = 0;
  for (PendingStep& one : pending) {
    Step& step = one.step;
    if (step.seq != seq) ordinal = 0;
    seq = step.seq;
    step.ordinal = ordinal++;
    if (one.finding) {
      auto& ids = finding_ids_[step.policy];
      const auto order = static_cast<std::size_t>(*one.finding);
      if (step.kind == StepKind::kOpened) {
        ids.resize(std::max(ids.size(), order + 1));
        ids[order] = finding_id(log_id_, step.policy, step.seq, step.ordinal);
      }
      step.finding = ids[order];
      if (one.merged_into) {
        step.reason = "merged:" + ids[static_cast<std::size_t>(*one.merged_into)];
      }
    }
    steps.push_back(std::move(step));
  }
}

Result<void> ColumnarEvaluation::activate(std::shared_ptr<const PolicySet> set, std::int64_t seq,
                                          const LogReplay& replay, std::vector<Step>& steps) {
  assert(seq > last_seq_ || (seq == 0 && last_seq_ == 0));
  const auto running = [this](const Policy& policy) {
    return std::ranges::find_if(runtimes_, [&](const auto& runtime) {
      return runtime != nullptr && runtime->policy().id == policy.id;
    });
  };
  Runtimes fresh;
  std::vector<const Policy*> kept;
  for (const Policy& policy : set->policies) {
    if (policy.status != PolicyStatus::kActive) continue;
    const auto old = running(policy);
    if (old != runtimes_.end() && (*old)->policy().hash == policy.hash) {
      kept.push_back(&policy);
    } else {
      fresh.push_back(make_runtime(set, policy));
    }
  }
  std::optional<Linker> linker;
  bool goes_on = false;
  if (!fresh.empty()) {
    make_plans(fresh);
    LogState state;
    state.dropped_before = state_.dropped_before;
    state.linker = linker_for(fresh);
    std::vector<PendingStep> silent;
    Result<void> done = replay(seq - 1, [&](std::span<const LogEntry> entries) {
      for (std::size_t at = 0; at < entries.size();) {
        const std::size_t end = end_of_part(entries, at);
        run(entries.subspan(at, end - at), state, fresh, true, silent);
        silent.clear();
        at = end;
      }
    });
    if (!done) {
      make_plans(runtimes_);
      return done;
    }
    // It has read the log up to here, as one has that a policy goes on with: a set has one linkage.
    if (state.linker) linker = std::move(state.linker);
  }
  for (const Policy* policy : kept) goes_on = goes_on || policy->linkage;
  if (linker || !goes_on) state_.linker = std::move(linker);

  std::map<std::string, PolicyChange> changes;  // by policy id
  for (auto& runtime : runtimes_) changes[runtime->policy().id].before = std::move(runtime);
  for (auto& runtime : fresh) changes[runtime->policy().id].after = std::move(runtime);
  for (const Policy* policy : kept) {
    PolicyChange& change = changes[policy->id];
    change.after = std::move(change.before);
    change.after->rebind(set, *policy);
    change.kept = true;
  }
  runtimes_.clear();
  std::vector<PendingStep> pending;
  for (auto& [id, change] : changes) {
    if (!change.kept) {
      const auto known = static_cast<std::int64_t>(finding_ids_[id].size());
      compare_findings(change, seq, known, pending);
    }
    if (change.after != nullptr) runtimes_.push_back(std::move(change.after));
  }
  number(pending, steps);
  make_plans(runtimes_);
  last_seq_ = seq;
  return {};
}

EvaluationFootprint ColumnarEvaluation::footprint() const {
  EvaluationFootprint all;
  for (const auto& runtime : runtimes_) {
    HeldMemory held;
    held(*runtime);
    const Policy& policy = runtime->policy();
    const std::int64_t kept = runtime->members_bytes();
    all.shared_bytes += kept;
    all.policies.push_back({policy.id, held.bytes() - kept, runtime->time_ns(), policy.reads});
  }
  HeldMemory shared;
  shared(state_.coverages, finding_ids_, state_.linker);
  for (const auto& kind : kinds_) {
    if (kind == nullptr) continue;
    shared(kind->columns);
    for (const auto& [for_each, table] : kind->all_tables) shared(*table);
  }
  all.shared_bytes += shared.bytes();
  return all;
}

void ColumnarEvaluation::Kind::save(StateWriter& writer) {
  writer(columns, static_cast<std::uint64_t>(all_tables.size()));
  for (const auto& [for_each, table] : all_tables) writer(for_each, table->keys());
}

bool ColumnarEvaluation::Kind::restore(StateReader& reader) {
  std::uint64_t count = 0;
  reader(columns, count);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::vector<FieldId> for_each;
    SubjectTable::Keys keys;
    reader(for_each, keys);
    auto& table = all_tables[for_each];
    table = std::make_shared<SubjectTable>(for_each);
    if (!table->take_up(columns, keys)) return false;
  }
  return true;
}

Result<void> ColumnarEvaluation::save(std::ostream& bytes) const {
  StateWriter writer(bytes);
  writer(last_seq_, state_.coverages, state_.dropped_before, finding_ids_);
  for (const auto& kind : kinds_) {
    writer(kind != nullptr);
    if (kind != nullptr) kind->save(writer);
  }
  writer(static_cast<std::uint64_t>(runtimes_.size()));
  for (const auto& runtime : runtimes_) {
    writer(runtime->policy().id, runtime->policy().hash, *runtime);
  }
  writer(state_.linker.has_value());
  if (state_.linker) writer(*state_.linker);
  return {};
}

bool ColumnarEvaluation::restore_kinds(StateReader& reader) {
  for (auto& kind : kinds_) {
    bool is_there = false;
    reader(is_there);
    if (!is_there) continue;
    kind = std::make_unique<Kind>();
    if (!kind->restore(reader)) return false;
  }
  return true;
}

/// They are those of the set that are active, by id.
bool ColumnarEvaluation::restore_policies(const std::shared_ptr<const PolicySet>& set,
                                          StateReader& reader) {
  for (const Policy& policy : set->policies) {
    if (policy.status == PolicyStatus::kActive) runtimes_.push_back(make_runtime(set, policy));
  }
  std::ranges::sort(runtimes_, {}, [](const auto& runtime) { return runtime->policy().id; });
  std::uint64_t count = 0;
  reader(count);
  if (count != runtimes_.size()) return false;
  for (const auto& runtime : runtimes_) {
    std::string id;
    Digest hash;
    reader(id, hash);
    if (id != runtime->policy().id || hash != runtime->policy().hash) return false;
    reader(*runtime);
  }
  return true;
}

Result<void> ColumnarEvaluation::restore(std::shared_ptr<const PolicySet> set,
                                         std::istream& bytes) {
  assert(last_seq_ == 0 && runtimes_.empty());
  try {
    StateReader reader(bytes);
    reader(last_seq_, state_.coverages, state_.dropped_before, finding_ids_);
    if (!restore_kinds(reader) || !restore_policies(set, reader)) {
      return fail(ErrorCode::kCorruption, "the state was saved under other policies");
    }
    bool links = false;
    reader(links);
    if (links) state_.linker = linker_for(runtimes_);
    if (links != state_.linker.has_value()) {
      return fail(ErrorCode::kCorruption, "the state was saved under another linkage");
    }
    if (links) reader(*state_.linker);
  } catch (const std::exception& fault) {  // cereal's, and those of the memory that it asks for
    return fail(ErrorCode::kCorruption,
                std::string("the saved state cannot be read: ") + fault.what());
  }
  make_plans(runtimes_);
  return {};
}

}  // namespace

std::unique_ptr<Evaluation> make_columnar_evaluation(std::string log_id, UtcTime dropped_before,
                                                     std::size_t threads, RestingLimits limits) {
  return std::make_unique<ColumnarEvaluation>(std::move(log_id), dropped_before, threads, limits);
}

}  // namespace tidewaiter
