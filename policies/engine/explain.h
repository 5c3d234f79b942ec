#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "policies/engine/evaluation.h"
#include "policies/engine/explain_clauses.h"
#include "policies/engine/explain_nearest.h"
#include "policies/engine/explain_parties.h"
#include "policies/engine/explain_record.h"
#include "policies/engine/explain_windows.h"
#include "policies/language/policy.h"
#include "policies/model/finding.h"

namespace tidewaiter {

/// Records that one part of a policy decided.
struct ItemTally {
  std::string text;  ///< of the part, canonical
  SourceSpan span;
  std::int64_t records = 0;
  std::int64_t first_seq = 0;
};

/// A window, as far as an explanation tells of it.
struct ExplainedWindow {
  Interval span;
  bool settled = false;
  bool closed = false;
  Interval cover;               ///< what has to be drained for it to be closed
  bool begins_covered = false;  ///< if not, waiting changes nothing: it lacks what was before
  bool dropped = false;
  std::int64_t certain = 0;
  std::int64_t maybe = 0;
  std::vector<Figure> figures;
  reference::Truth answer = reference::Truth::kUnknown;
  double distance = 0.0;  ///< distance_to_report() of the figures
  std::vector<ClauseVerdict> clauses;
  /// The records in it, by time and then by sequence number: those that count, and those of which
  /// that cannot be told. Valid until the explainer takes more.
  std::vector<const reference::Input*> inputs = {};
  /// Of a window that cannot be told: doubt_text(), or that nothing links its account; else empty.
  std::string doubt = {};

  /// What the steps of its clauses lack: tells apart windows whose figures are at one distance.
  [[nodiscard]] double lacks() const;
  [[nodiscard]] bool holds() const { return answer == reference::Truth::kTrue; }
};

/// Why a policy has, or has not, reported a subject. Pointers are into the policy.
struct Explanation {
  std::string subject;
  std::optional<Interval> asked;  ///< only windows that meet it were looked at
  /// Windows with an input, in order.
  std::vector<ExplainedWindow> windows;
  /// The one to look at: the first that holds, else the nearest miss: of those that do not hold the
  /// one at the least distance; of equals the one whose steps lack least, then the one with most
  /// inputs, then the first. Nothing without windows.
  std::optional<std::size_t> shown;

  /// Of a policy about sessions, where none meets the time that was asked for: the last before it,
  /// and the first after it.
  std::optional<Interval> session_before;
  std::optional<Interval> session_after;

  std::array<std::int64_t, kRecordFates> records{};  ///< the subject's, in the windows' time
  std::vector<ItemTally> not_selected_by;            ///< most records first
  std::vector<ItemTally> unknown_by;
  std::map<std::size_t, std::int64_t> exempt_by;  ///< by exemption
  std::map<FieldId, std::int64_t> missing;        ///< fields that made records unknown
  /// The cluster that a cluster has become part of, or that an account is part of where the policy
  /// is about clusters; else empty.
  std::string part_of = {};
  bool is_named = false;             ///< some record, of whatever kind and time, names the subject
  std::int64_t without_subject = 0;  ///< records, of whomever, that lack a field of `for_each`
  /// The subject's records outside the time that was asked for; 0 where the policy is about
  /// clusters: whose records those are is not looked into.
  std::int64_t outside_time = 0;
  PartyGrounds grounds;
  /// Records of the subject that do not count, the nearest first, at most kMostNear.
  std::vector<NearRecord> near;
  static constexpr std::size_t kMostNear = 20;

  /// What the engine that judges live has done about the subject, all steps in order. Their
  /// ordinals and ids are not those of the whole log.
  std::vector<Step> steps;

  [[nodiscard]] std::int64_t count(RecordFate fate) const {
    return records[static_cast<std::size_t>(fate)];
  }
  [[nodiscard]] bool is_between_sessions() const {
    return windows.empty() && (session_before || session_after);
  }
  [[nodiscard]] bool any_holds() const { return shown && windows[*shown].holds(); }
};

/// Which windows are looked at where a time is asked for.
enum class WindowChoice : std::uint8_t {
  kMeeting,  ///< all that meet it
  kWithin,   ///< those that lie in it as a whole: the windows of a run, and none beside it
};

/// Explains one policy and subject over a log, entry by entry. The columnar engine says what was
/// found; each window is looked at by the reference engine, and the two must agree. Pure; one
/// thread at a time; memory grows with the subject's records; with everybody's if the policy
/// compares peers; and with all records of the policy's kind if it is about clusters: who is part
/// of one is known at the end alone.
class Explainer {
 public:
  /// `subject` is to_text(Subject); under a policy about clusters also that of an account, which is
  /// told its cluster. `asked`: the windows that `choice` says are looked at; all,
  /// without it.
  /// The policy counts as active. `dropped_before` is that of the log. `others`: for a policy that
  /// reads findings, the set whose other policies make them; without it the log has them as
  /// records.
  Explainer(const Policy& policy, std::string subject, std::optional<Interval> asked,
            std::optional<UtcTime> dropped_before,
            const std::shared_ptr<const PolicySet>& others = nullptr,
            WindowChoice choice = WindowChoice::kMeeting);
  ~Explainer();

  /// Takes the next entries of the log, in order.
  void take(std::span<const LogEntry> entries);

  [[nodiscard]] const Policy& policy() const;

  /// What the log so far comes to. The explainer outlives the explanation.
  /// Errors: kCorruption if the two engines disagree, which is a defect of the program.
  [[nodiscard]] Result<Explanation> explain() const;

 private:
  /// What the policy's conditions said of the records of one subject.
  struct Tally {
    std::array<std::int64_t, kRecordFates> records{};
    std::map<const Expr*, ItemTally> not_selected_by;
    std::map<const Expr*, ItemTally> unknown_by;
    std::map<std::size_t, std::int64_t> exempt_by;
    std::map<FieldId, std::int64_t> missing;

    /// `by` is 1, or -1 to take back a version that another replaces.
    void add(std::int64_t seq, const RecordVerdict& verdict, std::int64_t by);
    void add(const Tally& other);
  };

  struct Findings;
  void take_own(std::span<const LogEntry> entries);
  /// A version of a record, as far as the explanation is about it.
  struct Seen {
    std::optional<Subject> subject;
    bool is_named = false;  ///< its subject is the one that is explained
    bool is_read = false;   ///< it is of the kind that the policy reads
    bool is_asked = false;  ///< it is read, and lies in a window that was asked for
    bool is_ours = false;   ///< it bears on the subject
  };
  [[nodiscard]] Seen see(const Record& record) const;
  void take_record(const LogEntry& entry);
  /// Counts a version (`by` 1), or takes one back that another replaces (−1), where it lies outside
  /// the time that was asked for.
  void count_outside(const Seen& seen, std::int64_t by);
  /// A revision is the same record: its last version is what is told.
  void take_back(const ReplacedRecord& former, const Seen& seen);
  [[nodiscard]] bool in_question(UtcTime time) const;
  [[nodiscard]] bool is_looked_at(const Interval& window) const;
  /// Of all records whose subject it is now.
  [[nodiscard]] Tally whole_tally() const;
  [[nodiscard]] bool is_about_us(const Step& step) const;
  [[nodiscard]] Result<void> check_agreement(const std::vector<JudgedWindow>& windows) const;
  void choose_shown(Explanation& explanation) const;
  void add_window(const JudgedWindow& window, Explanation& explanation) const;

  std::shared_ptr<const PolicySet> set_;  // shared with the evaluation, which points into it
  std::string subject_;
  std::string recorded_;  ///< what record_subject() calls it
  std::optional<Interval> asked_;
  WindowChoice choice_;
  bool others_count_ = false;  ///< what others did is part of the answer
  InputBook book_;
  std::unique_ptr<Evaluation> evaluation_;
  std::vector<Step> steps_;
  /// Sequence numbers of the versions that the evaluation has: another subject's only if ours were
  /// revised into them.
  std::unordered_set<std::int64_t> taken_;
  PartyBook parties_;
  NearBook near_;
  /// Of one subject, or of every cluster of one account: any may be part of the cluster in the end.
  std::map<Subject, Tally> tallies_;
  std::optional<Subject> own_;  ///< the one asked for, once a record of any kind has named it
  std::int64_t without_subject_ = 0;
  std::unique_ptr<Findings> findings_;  ///< what the policy reads; null: records
  std::int64_t outside_time_ = 0;
};

/// Why a window that is not closed may lack records: "not closed", "it began before what the
/// sources cover", "settled while a source was idle". Empty of a closed one.
[[nodiscard]] std::string open_text(const ExplainedWindow& window);

/// One line for people: why the subject was not reported: "nearest window 2026-01-01T10:00:00Z:
/// n >= 3: n is 1, 2 short", "4 records not selected, by `output_tokens > 10`; the nearest, entry
/// 7: output_tokens is 5, 6 short", "no record of the subject". What cannot be told is told by its
/// cause, before any figure.
[[nodiscard]] std::string why_not(const Policy& policy, const Explanation& explanation);

}  // namespace tidewaiter
