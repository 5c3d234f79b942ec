#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "daemon/pipeline/cycle.h"
#include "daemon/pipeline/emitted_findings.h"
#include "daemon/pipeline/messages.h"
#include "daemon/pipeline/policy_documents.h"
#include "daemon/pipeline/progress.h"
#include "policies/engine/evaluation.h"
#include "storage/ledger/ledger.h"
#include "storage/records/record_log.h"
#include "storage/records/told_rulings.h"
#include "storage/snapshot/snapshot_file.h"

namespace tidewaiter {

/// The second half of a cycle: reads the log chunk by chunk, judges it, and commits what is new.
///
/// INVARIANT: every commit carries the offset of the chunk that its last step came from, and
/// nothing from beyond it. So the ledger's offset says exactly which steps it has, and a start
/// after a kill emits those after it and no other.
class Judge {
 public:
  /// `committed` is the ledger's position, checked against the log; `dropped_before` is where the
  /// log begins (RecordLog::dropped_before), `emitted` what the ledger has. Evaluation begins at
  /// the log's first entry: what it knew before the process ended is rebuilt by judging again.
  Judge(const CycleParts& parts, const LogOffset& committed, std::optional<UtcTime> dropped_before,
        EmittedFindings emitted);

  [[nodiscard]] Messages& messages() { return messages_; }

  /// Judges up to the log's head. On request to stop it ends between chunks, with what is judged
  /// committed. `committed_anything` is set if the ledger has grown. Gives the error (kUnavailable)
  /// of a ledger that takes no commit for now: what is judged waits, and the next call tries again.
  /// All errors that are returned as such are fatal.
  [[nodiscard]] Result<std::optional<Error>> to_head(const std::stop_token& stop,
                                                     CycleReport& report, bool& committed_anything);

  /// Whether no window waits for the source: the log says last of it that it is idle, or removed.
  [[nodiscard]] bool is_idle(const std::string& source) const { return idle_.contains(source); }

  /// A source, and what it delivers.
  using SourceKind = std::pair<std::string, RecordKind>;
  /// The sources of which the log says something that counts until they are removed: what they
  /// cover, or how long they take to settle.
  [[nodiscard]] std::set<SourceKind> standing_sources() const;

  /// How long the source takes to settle, as the log says; 0 if it does not.
  [[nodiscard]] Duration settles(const SourceKind& source) const {
    const auto found = settles_.find(source);
    return found == settles_.end() ? Duration{} : found->second;
  }

  /// Whether a policy about clusters has been in force. Any record may have linked accounts, so
  /// that the findings of then can be numbered alike only while all records are there.
  [[nodiscard]] bool has_judged_clusters() const { return judged_clusters_; }

  /// The rulings that the log has. Whoever appends one notes it: it is not judged yet.
  [[nodiscard]] ToldRulings& told_rulings() { return told_rulings_; }

  [[nodiscard]] const Evaluation& evaluation() const { return *evaluation_; }

  /// What evaluation held when it was last looked at; nothing before that.
  [[nodiscard]] const EvaluationFootprint& footprint() const { return footprint_; }
  /// Looks again, if so many entries were judged since the last time that going through all that is
  /// held is little work beside them. True: it has.
  [[nodiscard]] bool look_at_footprint();
  /// Says of policies that they hold nothing any more, until it is looked at again.
  void note_evicted(const std::string& policy);
  /// Behind the latest record of the kind that was judged. REQUIRES: there has been one.
  [[nodiscard]] UtcTime end_of_records(RecordKind kind) const {
    return latest_.at(kind) + Duration{1};
  }

  /// Goes on where a process left off, in the place of judging the log up to there again. Nothing
  /// has been judged yet. Errors: kRefused if it is of another code, log or place, or holds texts
  /// of records that are gone; kCorruption; those of the log. After one the judge is of no use, and
  /// another has to begin at the log's first entry.
  [[nodiscard]] Result<void> restore(SnapshotReader& snapshot);
  /// Writes what it knows to a file; gives its bytes. Errors: kUnavailable.
  /// REQUIRES: may_save(), and the engine is not the reference, which has no snapshots.
  [[nodiscard]] Result<std::int64_t> save(const std::filesystem::path& path);
  /// Whether the whole log is judged and the ledger has it, and no records were dropped since this
  /// process began: their texts stay in memory, and are not to be written. Errors: those of the
  /// log.
  [[nodiscard]] Result<bool> may_save() const;
  /// How many entries were judged since the last snapshot, those counted that the activation of a
  /// policy set judged again: what a start without another one costs.
  [[nodiscard]] std::int64_t unsaved() const { return unsaved_; }
  /// Up to where the log is judged.
  [[nodiscard]] const LogOffset& at() const { return at_; }

  /// For snapshots: what it knows beside the evaluation.
  template <class Archive>
  void serialize(Archive& archive);

 private:
  [[nodiscard]] Result<void> check_fits(const SnapshotHead& head) const;
  [[nodiscard]] Result<void> take_chunk(const RecordLog::Chunk& chunk, const std::stop_token& stop,
                                        CycleReport& report);
  void take_entries(std::span<const LogEntry> entries, CycleReport& report);
  [[nodiscard]] Result<void> activate(const LogEntry& entry, const Digest& hash,
                                      const std::stop_token& stop, CycleReport& report);
  [[nodiscard]] Result<void> note_activation(const LogEntry& entry, const Digest& hash,
                                             const Digest& documents, const PackedSet& packed,
                                             std::size_t policies);
  [[nodiscard]] bool clears_more_than(const Digest& before, const PackedSet& packed) const;
  void take_step(Step step, CycleReport& report);
  void note_control(const LogEntry& entry);
  [[nodiscard]] Result<std::optional<Error>> commit(bool& committed_anything);
  [[nodiscard]] bool is_fresh(std::int64_t seq) const { return seq > committed_.seq; }
  void report_progress(const ProgressMeter& meter, std::int64_t done, std::int64_t all) const;

  const CycleParts& parts_;
  IssueShelf issues_;  ///< that the log keeps
  std::unique_ptr<Evaluation> evaluation_;
  EmittedFindings emitted_;
  Messages messages_;
  LogOffset at_;         ///< judged up to here
  LogOffset committed_;  ///< in the ledger up to here
  LedgerCommit open_;    ///< judged, not committed yet
  std::int64_t open_chunks_ = 0;
  std::set<std::string> idle_;
  std::set<SourceKind> covering_;  ///< have stated coverage, and were not removed since
  std::map<SourceKind, Duration> settles_;
  ToldRulings told_rulings_;
  bool judged_clusters_ = false;
  std::map<RecordKind, UtcTime> latest_;  ///< time of a record of each kind
  EvaluationFootprint footprint_;
  std::optional<std::int64_t> looked_at_;  ///< up to which entry the log was judged then
  std::optional<Digest> set_;              ///< in force
  std::optional<UtcTime> dropped_before_;  ///< where the log began when the process did
  std::int64_t unsaved_ = 0;
};

}  // namespace tidewaiter
