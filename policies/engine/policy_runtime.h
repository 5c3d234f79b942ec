#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/engine/cluster_members.h"
#include "policies/engine/evaluation.h"
#include "policies/engine/frozen_windows.h"
#include "policies/engine/kind_coverage.h"
#include "policies/engine/packed_inputs.h"
#include "policies/engine/paged_array.h"
#include "policies/engine/plan.h"
#include "policies/engine/quiet_subjects.h"
#include "policies/engine/resting_limits.h"
#include "policies/engine/run_pieces.h"
#include "policies/engine/runs.h"
#include "policies/engine/subject_sessions.h"
#include "policies/engine/subject_table.h"
#include "policies/engine/subject_windows.h"
#include "policies/engine/window_grid.h"
#include "policies/engine/window_judge.h"
#include "policies/engine/window_tally.h"

namespace tidewaiter {

/// One kind's part of a batch of log entries.
struct KindBatch {
  struct Entry {
    std::int64_t seq = 0;
    bool backfill = false;
    std::int64_t dropped_before = 0;          ///< where the log begins, in event time
    std::optional<std::int64_t> complete_to;  ///< what all sources had drained before the entry
    /// Where what is too late ends before the entry, if the policy does not say itself.
    std::optional<std::int64_t> late_before;
    std::optional<std::size_t> replaced;  ///< row of the version that it replaces
    std::int64_t replaced_seq = 0;
    bool is_revision = false;  ///< this entry, or one before it of the same occasion
    bool continues = false;    ///< the next entry belongs to the same occasion
  };
  struct Control {
    std::size_t before = 0;  ///< stands before the entry of this place
    std::int64_t seq = 0;
    bool backfill = false;
    std::string gap = {};             ///< the reason of the gap that it opens itself; or empty
    Horizon horizon = {};             ///< after it
    std::int64_t dropped_before = 0;  ///< after it
    std::optional<std::int64_t> late_before = {};  ///< after it, as an entry's
    bool of_record = false;    ///< a record of another kind, which moves accounts and does no more
    bool is_ruling = false;    ///< a person's on links, which does no more either
    bool is_revision = false;  ///< that record is a revision
    const StateEvicted* evicted = nullptr;  ///< of an entry that is one
  };
  std::vector<const Record*> rows;  ///< one an entry, then the replaced versions
  std::vector<Entry> entries;
  Bitmap first;                     ///< entries that replace no version
  std::int64_t first_versions = 0;  ///< how many they are
  UtcTime earliest;                 ///< least time of the entries' records, if there are any
  UtcTime latest;                   ///< greatest
  /// The greatest of what the entries say of lateness, each by itself: dropped_before, complete_to
  /// and late_before.
  Entry strictest;
  std::vector<Control> controls;
  /// By sequence number of the entry that brings them about: of entries and of controls.
  std::map<std::int64_t, MemberRegrouping> regroupings;

  [[nodiscard]] const MemberRegrouping& regrouping_at(std::int64_t seq) const {
    static const MemberRegrouping nothing;
    const auto found = regroupings.find(seq);
    return found == regroupings.end() ? nothing : found->second;
  }
};

/// A step whose ordinal, and so whose finding's id, is not known yet: policies run one after the
/// other through a batch.
struct PendingStep {
  Step step;
  std::optional<std::int64_t> finding;      ///< LiveFinding::order; none for a gap
  std::optional<std::int64_t> merged_into;  ///< likewise, for the reason
};

/// Why a finding is opened that is not the first one of its run.
inline constexpr std::string_view kRepeatReason = "repeat";

/// One policy in force, with all its windows and findings. One thread at a time.
///
/// policy_runtime.cpp takes records in, policy_settling.cpp control entries, policy_regrouping.cpp
/// accounts that move to other clusters; run_review.cpp compares runs with findings after each,
/// finding_steps.cpp makes the steps; policy_freezing.cpp forgets what is done with,
/// policy_resting.cpp keeps in few bytes what waits for the next record or watermark, and
/// policy_quiet.cpp makes no windows where none can hold; policy_eviction.cpp lets go of all that
/// it holds. Where windows are sessions policy_sessions.cpp takes both in; a run is then from a
/// session's first input to its last, in microseconds.
class PolicyRuntime {
 public:
  /// `policy` is one of `set`. The log that it will read begins at `dropped_before` in event time.
  PolicyRuntime(std::shared_ptr<const PolicySet> set, const Policy& policy,
                std::shared_ptr<SubjectTable> subjects, std::int64_t dropped_before,
                const RestingLimits& limits);
  ~PolicyRuntime();

  /// Goes on as `policy`, one of `set` with the same hash: what it asks of records comes from there
  /// from the next join() on. Two of one hash differ in up to when issues of lists are known.
  void rebind(std::shared_ptr<const PolicySet> set, const Policy& policy);

  /// Puts what the policy asks of a record into the plan.
  void join(Plan& plan, ColumnSet& columns);

  /// Asks the plan, which policies share, for all that run() needs of a batch.
  void prepare(const KindBatch& batch, Plan& plan, const ColumnSet& columns);
  /// Goes through the batch that was prepared; steps come in the order of their entries. `silent`:
  /// gaps are kept for take_gaps() and not reported. Threads: runs of several policies at once are
  /// safe, for they only read what policies share.
  void run(const KindBatch& batch, const ColumnSet& columns, bool silent,
           std::vector<PendingStep>& steps);

  [[nodiscard]] const Policy& policy() const { return policy_; }
  [[nodiscard]] PolicyCoverage coverage() const;

  /// Findings that live, and those that an eviction has closed, by subject (sorted) and run.
  struct Standing {
    Subject subject;
    std::uint32_t subject_id = 0;
    std::size_t place = 0;  ///< among the subject's findings, or those that were evicted
    bool evicted = false;
  };
  [[nodiscard]] std::vector<Standing> standing() const;
  [[nodiscard]] LiveFinding& finding(const Standing& standing) {
    return standing.evicted ? evicted_[standing.place].finding
                            : states_[standing.subject_id]->findings[standing.place];
  }
  /// Whether the window after the finding's run has settled, or the session.
  [[nodiscard]] bool has_ended(const Standing& standing) {
    return run_has_ended(finding(standing).run);
  }
  [[nodiscard]] Interval interval(const WindowRun& run) const;

  /// A step about a finding as it stands now: run, figures, evidence.
  [[nodiscard]] PendingStep step_about(const Standing& standing, StepKind kind, std::int64_t seq);
  /// A step that withdraws a finding: what the ledger has.
  [[nodiscard]] Step withdrawal(std::uint32_t subject, const LiveFinding& finding, std::int64_t seq,
                                std::string reason) const;
  /// The steps of all gaps since the last report, which are then reported.
  void take_gaps(std::int64_t seq, std::vector<PendingStep>& steps);

  /// The figures that the ledger has of a finding.
  [[nodiscard]] std::vector<Figure> stated_figures(const LiveFinding& finding) const {
    return figures(finding.stated);
  }
  /// Makes the present figures of a finding the ones that the ledger has.
  void state_anew(const Standing& standing);

  /// Processor time that was spent on it, as whoever runs it says.
  void note_time(std::int64_t ns) { time_ns_ += ns; }
  [[nodiscard]] std::int64_t time_ns() const { return time_ns_; }

  /// Of what it holds, what no eviction frees: which account belongs to which cluster.
  [[nodiscard]] std::int64_t members_bytes() const {
    return members_ ? static_cast<std::int64_t>(members_->own_bytes()) : 0;
  }

  /// The next LiveFinding::order.
  std::int64_t next_order = 0;

  /// For snapshots, between two batches: all that the entries so far have left. What reads it is
  /// new, of the same policy and subjects.
  template <class Archive>
  void serialize(Archive& archive);

 private:
  struct SubjectState {
    SubjectWindows windows;
    SubjectSessions sessions;
    std::vector<LiveFinding> findings;
    bool active = false;   ///< stands in active_: INVARIANT: true if it awaits the watermark
    bool is_idle = false;  ///< stands in idle_
    /// How many spans stayed the last time that windows were forgotten: they hold, or are not
    /// closed.
    std::size_t spans_kept = 0;
    /// All inputs that windows hold, where the state may come to rest.
    PackedInputs inputs;
    bool may_rest = false;
    bool was_touched = false;  ///< a record has come since windows settled
    /// False of a cluster of which nobody can say whether it is the whole: what does not hold of it
    /// may hold of the accounts that it belongs to.
    bool could_be_linked = true;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(windows, sessions, findings, active, is_idle, spans_kept, inputs, may_rest,
              was_touched, could_be_linked);
    }
  };
  /// The entry in hand.
  struct Occasion {
    std::int64_t seq = 0;
    bool backfill = false;
    bool is_control = false;
    bool is_revision = false;
    std::int64_t settled_before = 0;  ///< last window settled before the entry
    bool is_ruling = false;           ///< a person's, on what links accounts
  };
  /// What an entry did to the windows of one subject.
  struct Effect {
    WindowRun touched;
    std::optional<WindowRun> flipped;  ///< windows that began or ceased to hold lie in here
    bool regrouped = false;            ///< the subject is a cluster, and has other accounts now
  };
  /// What an entry did to the inputs of one subject.
  struct InputChange {
    std::optional<WindowRun> windows;  ///< those that hold the inputs
    bool regrouped = false;
  };
  using InputChanges = std::map<std::uint32_t, InputChange>;  ///< by subject
  using SizeBands = std::map<std::uint32_t, std::int64_t>;    ///< by cluster

  /// The sessions in some stretch of time before an entry changes them.
  struct StoodBefore {
    WindowRun region;
    std::vector<std::int64_t> settled;  ///< where those that had settled begin, in order
    bool held = false;                  ///< one of them held
  };

  /// A subject, and its windows whose answers the occasion in hand may change.
  struct Reached {
    std::uint32_t subject = kNoSubjectNumber;
    WindowRun windows;
  };

  struct Truths;
  [[nodiscard]] bool judges_all(const KindBatch& batch) const;
  void judge_entries(const KindBatch& batch, const ColumnSet& columns, Truths& truths);
  [[nodiscard]] Bitmap due_entries(const KindBatch& batch, const Truths& truths) const;
  void run_due(const KindBatch& batch, std::size_t entry, const ColumnSet& columns,
               const Truths& truths, std::vector<PendingStep>& steps);
  /// Brings what entries soon after this one will touch into the cache.
  void prefetch(const Bitmap& due, std::size_t entry) const;
  void count_rows(const KindBatch& batch, const Truths& truths);
  void run_entry(const KindBatch& batch, std::size_t entry, const Truths& truths,
                 std::vector<PendingStep>& steps);
  /// Adds the input of a row (`sign` 1) or takes it back (−1).
  void change_row(const KindBatch& batch, std::size_t row, std::int64_t seq, int sign,
                  const Truths& truths);
  /// Judges what the occasion that ends with `entry` has reached.
  void end_occasion(const KindBatch::Entry& entry, std::vector<PendingStep>& steps);
  void put_reached_in_order();
  void reach_peers();
  [[nodiscard]] std::optional<WindowRun> windows_of_peers();
  /// Adds the windows of clusters that are compared with what has changed, or are in another band
  /// than `before`.
  void reach_peers_of(const SizeBands& before, InputChanges& changes);
  void judge_reached(const Reached& reached, const Occasion& occasion,
                     std::vector<PendingStep>& steps);
  void run_control(const KindBatch::Control& control, const MemberRegrouping& regrouping,
                   bool silent, std::vector<PendingStep>& steps);
  /// Lets go of all inputs and windows, and closes findings as they stand.
  void evict(const KindBatch::Control& control, std::vector<PendingStep>& steps);
  void close_evicted(std::int64_t seq, std::vector<PendingStep>& steps);
  [[nodiscard]] std::int64_t unsettled_windows() const;
  void forget_all();
  /// The first window that begins in what is left of the log, and was not evicted.
  [[nodiscard]] std::int64_t first_left(std::int64_t dropped_before) const;
  /// Takes an entry in whose policy is about clusters: the record, if it `matters`, and the moves.
  void run_member_entry(const KindBatch& batch, std::size_t entry, const Truths& truths,
                        bool matters, std::vector<PendingStep>& steps);
  /// Adds the input in hand (`sign` 1) or takes it back (−1).
  void change_input(std::uint32_t subject, const Input& input, int sign, InputChanges& changes);
  /// Moves accounts, with their inputs. Gives the bands that the clusters were in before, if these
  /// are compared.
  SizeBands regroup(const MemberRegrouping& regrouping, InputChanges& changes);
  /// Adds all windows of a cluster, if what could link it is known now and was not, or the other
  /// way.
  void note_evidence(std::uint32_t cluster, InputChanges& changes);
  void regroup_alone(const MemberRegrouping& regrouping, const Occasion& occasion,
                     std::vector<PendingStep>& steps);
  /// Judges the windows that the changes reach.
  using Effects = std::map<std::uint32_t, Effect>;  ///< by subject
  void judge_changes(const InputChanges& changes, Effects& effects);
  void reconcile_all(const Effects& effects, const Occasion& occasion,
                     std::vector<PendingStep>& steps);
  /// Of a finding whose cluster has become part of another one: the finding that has its windows.
  [[nodiscard]] std::optional<std::int64_t> taken_over_by(std::uint32_t subject,
                                                          const WindowRun& run) const;
  /// Settles the windows of all subjects that the changes reach.
  void settle_all(const std::vector<StatusMap::Change>& changes, const Occasion& occasion,
                  std::vector<PendingStep>& steps);
  void run_session_entry(const KindBatch& batch, std::size_t row, const Truths& truths,
                         std::vector<PendingStep>& steps);
  void run_session_control(const KindBatch::Control& control, std::vector<PendingStep>& steps);
  [[nodiscard]] SessionRules session_rules() const;
  [[nodiscard]] WindowStatus status_of(const SessionExtent& session) const;
  /// The watermark, or the least time.
  [[nodiscard]] std::int64_t sessions_settled_to() const;
  /// A time before which every session had settled that ended there: Occasion::settled_before.
  [[nodiscard]] std::int64_t sessions_settled_before() const;
  /// Takes the sessions of a region out of what is counted, before they change …
  [[nodiscard]] StoodBefore take_down(SubjectState& state, const WindowRun& region);
  /// … and judges and counts what is there now.
  [[nodiscard]] Effect put_up(SubjectState& state, const StoodBefore& before);
  /// Nothing where nothing has changed.
  [[nodiscard]] std::optional<Effect> settle_sessions(SubjectState& state);
  [[nodiscard]] std::optional<Effect> forget_sessions(SubjectState& state);

  /// Takes in from which time on records are not too late: no earlier window changes any more.
  void note_late_line(const KindBatch::Control& control);
  /// Whether what windows hold may be forgotten once no record can change them: where an answer
  /// depends on nothing else.
  [[nodiscard]] bool freezes() const;
  /// Forgets windows of subjects that nothing happened to since they settled.
  void freeze_idle();
  /// Forgets windows of a subject, if enough of them are done with.
  void freeze_some(SubjectState& state, std::uint32_t subject);
  void freeze(SubjectState& state, std::uint32_t subject);
  /// Counts what is forgotten of a subject.
  void count_frozen(std::span<const SubjectWindows::Done> done, std::uint32_t subject);
  /// Has the subject looked at when its last window is done with.
  void note_idle(SubjectState& state, std::uint32_t subject);
  /// Whether it counts among the subjects that have windows, be they forgotten.
  [[nodiscard]] bool has_windows(const SubjectState& state, std::uint32_t subject) const;
  /// Notes the input in hand, which `state` has taken (`sign` 1) or given back, for when it rests.
  void note_input(SubjectState& state, std::uint32_t subject, int sign);
  /// Whether there has been an input, and all of its windows are not done with.
  [[nodiscard]] bool has_state(std::uint32_t subject) const {
    return states_.has(subject) || resting_.has(subject);
  }
  /// The state of a subject that has one: made again where it is at rest.
  [[nodiscard]] SubjectState& wake(std::uint32_t subject);
  /// Fills the inputs of a state, and outlines_, with what is at rest.
  void end_rest(std::uint32_t subject, SubjectState& state);
  void keep_spare(std::unique_ptr<SubjectState>& state);
  /// Whether a subject is at rest, with no window that begins before `first`. REQUIRES: it is not
  /// quiet.
  [[nodiscard]] bool rests_after(std::uint32_t subject, std::int64_t first);
  /// Puts a state to rest, if it may, or makes it quiet, for which windows that are done with are
  /// forgotten. References to it end here.
  void let_rest(std::uint32_t subject);
  /// The same, if no record has come to it since it was asked the last time; else it may become
  /// quiet all the same.
  void let_rest_alone(std::uint32_t subject);
  /// Puts those to rest that records have woken longest ago, if they are many and easily woken.
  void let_some_rest();
  /// Settles the windows of a subject that is at rest and goes on resting, for it awaits the
  /// watermark still. False: not done, for its state has to be woken, or is awake.
  [[nodiscard]] bool settle_at_rest(std::uint32_t subject,
                                    const std::vector<StatusMap::Change>& changes);
  /// The bytes of a state at rest, or of a quiet subject; and what they are copied to.
  [[nodiscard]] static std::span<const std::uint8_t> bytes_at_rest(
      const QuietSubjects::Bytes& resting);
  [[nodiscard]] static QuietSubjects::Bytes made_at_rest(std::span<const std::uint8_t> bytes);
  /// How the windows of a state at rest stand, which replaces what is in `outline`; gives where its
  /// bytes end. REQUIRES: it is not quiet.
  static const std::uint8_t* read_outline_at_rest(const QuietSubjects::Bytes& resting,
                                                  std::vector<SpanOutline>& outline);

  [[nodiscard]] bool is_quiet(std::uint32_t subject) const {
    return resting_.has(subject) && QuietSubjects::is_one(resting_[subject]);
  }
  /// Adds the input in hand to a subject that is quiet, or new, and stays quiet with it. False:
  /// nothing is done, for it has windows, or needs them now.
  [[nodiscard]] bool take_quietly(std::uint32_t subject);
  /// Makes the state of a subject quiet, if no window of it can hold. True: there is none now.
  [[nodiscard]] bool become_quiet(std::uint32_t subject);
  /// Fills the inputs of a state, and outlines_, with those of a quiet subject, which it ceases to
  /// be.
  void end_quiet(std::uint32_t subject, SubjectState& state);
  /// Before statuses change: makes the windows of those quiet subjects for which they are needed.
  void prepare_quiet(const StatusMap& after, const std::vector<StatusMap::Change>& changes);
  /// Whether one of the windows in alike_ has a status then by which it cannot be counted.
  [[nodiscard]] bool is_untold_by(const std::vector<StatusMap::Change>& changes) const;
  /// Counts the windows of quiet subjects anew.
  void settle_quiet(const std::vector<StatusMap::Change>& changes);
  /// Whether a subject of active_ is quiet, and so awaits nothing: it has to be taken out then.
  [[nodiscard]] bool leaves_active(std::uint32_t subject);
  /// Forgets windows of a quiet subject that no record can change. False: they have to be made.
  [[nodiscard]] bool freeze_quietly(std::uint32_t subject);
  /// Whether what is to be forgotten of its windows lies side by side. Fills done_, and gives it.
  [[nodiscard]] std::optional<WindowRun> done_quietly(const QuietSubjects::Bytes& subject);
  /// Whether it is known what a quiet subject's windows of this status count as …
  [[nodiscard]] bool tells_quiet(WindowStatus status) const;
  /// … and what that is.
  [[nodiscard]] static std::optional<RangeAnswer> quiet_answer(WindowStatus status);
  /// Adds so many windows to what is counted.
  void count_quiet(WindowStatus status, std::int64_t windows);
  /// Has it looked at when about half of its windows are done with.
  void note_quiet_idle(std::uint32_t subject);
  void put_idle(std::int64_t window, std::uint32_t subject);
  /// Whether these are the same windows, however they are cut.
  [[nodiscard]] static bool are_the_same(std::span<const Span> spans,
                                         std::span<const AlikeWindows> windows);
  /// For snapshots: the states at rest.
  template <class Archive>
  void serialize_resting(Archive& archive);
  /// Tells the judge of all states, which have been read.
  void take_in_states();
  /// The same for the outline; counts what becomes of its windows in `counted`, by place_of().
  using Counted = std::array<std::int64_t, 3>;
  [[nodiscard]] static bool close_at_rest(const std::vector<StatusMap::Change>& changes,
                                          std::vector<SpanOutline>& spans, Counted& counted);
  /// Whether so many windows of a subject are done with that it is worth while to forget them.
  [[nodiscard]] static bool is_worth_freezing(std::size_t done, std::size_t kept, std::size_t all);

  /// Counts the windows that retention has left nothing of, or a part only.
  void forget_frozen();

  /// Forgets what retention has dropped: statuses_ says from which window on there is more.
  void forget_dropped(const MemberRegrouping& regrouping, const Occasion& occasion,
                      std::vector<PendingStep>& steps);
  [[nodiscard]] Effect forget_dropped(SubjectState& state);
  void judge_dropped(SubjectState& state, std::uint32_t subject);
  /// Steps of several subjects, in the order of the subjects.
  using StepsBySubject = std::vector<std::pair<std::uint32_t, std::vector<PendingStep>>>;
  void append_in_order(StepsBySubject by_subject, std::vector<PendingStep>& steps) const;
  /// Says whether the subject awaits the watermark still.
  [[nodiscard]] bool settle(SubjectState& state, std::uint32_t subject,
                            const std::vector<StatusMap::Change>& changes, const Occasion& occasion,
                            std::vector<PendingStep>& steps);
  /// Whether a window of the subject is to settle, or a run of it to end.
  [[nodiscard]] bool awaits_watermark(const SubjectState& state) const;
  bool fill_input(const Truths& truths, std::size_t row, std::int64_t seq, std::int64_t time,
                  std::int64_t weight);
  /// Describes what a row is to a pattern, `steps` having the truths of its steps.
  void fill_marks(const std::vector<const TruthBits*>& steps, std::size_t row,
                  MeasureInput& measure) const;
  void fill_value(const ValueBits& values, std::size_t row, std::size_t measure,
                  MeasureInput& input) const;
  [[nodiscard]] SubjectState& state_of(std::uint32_t subject);
  void judge(SubjectState& state, std::size_t span, Effect& effect);
  /// Judges anew after inputs of these windows were changed; what holds none any more goes.
  [[nodiscard]] Effect judge_inputs(SubjectState& state, std::uint32_t subject,
                                    const WindowRun& inputs);
  [[nodiscard]] Effect judge_windows(SubjectState& state, std::uint32_t subject,
                                     const WindowRun& windows);
  void await_watermark(SubjectState& state, std::uint32_t subject);
  /// Judges all spans that lie in `windows`, or in part.
  void judge_all(SubjectState& state, const WindowRun& windows, Effect& effect);
  /// The windows in which runs may have changed, or where they are cut.
  [[nodiscard]] std::optional<WindowRun> changed_windows(const SubjectState& state,
                                                         const Effect& effect) const;
  /// Empty where runs are not cut.
  [[nodiscard]] RunCutter run_cutter(SubjectState& state);
  /// Whether a finding is a further one of the run that the finding before it is of.
  [[nodiscard]] bool goes_on_from_another(const SubjectState& state, std::size_t place) const;
  void reconcile(SubjectState& state, std::uint32_t subject, const Effect& effect,
                 const Occasion& occasion, std::vector<PendingStep>& steps);
  void review(SubjectState& state, std::uint32_t subject, std::size_t place,
              const std::optional<WindowRun>& former, const Effect& effect,
              const Occasion& occasion, std::vector<PendingStep>& steps);
  void close_where_ended(SubjectState& state, std::uint32_t subject, std::size_t place,
                         const Occasion& occasion, std::vector<PendingStep>& steps);
  /// The stretches of windows that hold within `region`, as runs count.
  [[nodiscard]] std::vector<WindowRun> held_in(const SubjectState& state,
                                               const WindowRun& region) const;
  /// The number of the first window of a run in SubjectWindows.
  [[nodiscard]] std::int64_t first_window(const SubjectState& state, const WindowRun& run) const;
  [[nodiscard]] bool first_has_settled(const WindowRun& run) const;
  [[nodiscard]] bool run_has_ended(const WindowRun& run) const;
  [[nodiscard]] std::int64_t windows_in(const WindowRun& run) const {
    return policy_.window.session ? 1 : run.last - run.first + 1;
  }
  static std::size_t place_of(RangeAnswer answer) { return static_cast<std::size_t>(answer); }
  [[nodiscard]] std::vector<Value> values_at(SubjectState& state, std::int64_t k);
  /// The figures of a finding: of its run's first window.
  [[nodiscard]] std::vector<Value> first_values(SubjectState& state, const LiveFinding& finding);
  [[nodiscard]] std::vector<Figure> figures(const std::vector<Value>& values) const;
  [[nodiscard]] Step blank(StepKind kind, std::int64_t seq) const;
  [[nodiscard]] Step present(std::uint32_t subject, const LiveFinding& finding, StepKind kind,
                             std::int64_t seq);

  std::shared_ptr<const PolicySet>
      set_;  // shared: keeps policy_ alive, which may outlive a set in force
  const Policy& policy_;
  std::shared_ptr<const PolicySet> asked_set_;  // shared: keeps asked_ alive
  const Policy* asked_;             ///< what is asked of records: policy_, or as it was said last
  std::vector<Interval> in_force_;  ///< when it judges
  std::shared_ptr<SubjectTable> subjects_;  // shared with policies of the same for_each
  MeasureLayout layout_;
  WindowJudge judge_;
  WindowGrid grid_;
  std::int64_t panes_;
  StatusMap statuses_;  ///< of no use where windows are sessions
  Horizon horizon_;     ///< of sessions, for which there is no numbering of windows
  std::int64_t dropped_before_;
  /// Where it began anew the last time that what it held was evicted.
  std::int64_t evicted_before_ = std::numeric_limits<std::int64_t>::min();
  /// A finding that an eviction has closed: nothing but another version of the policy changes it.
  struct Evicted {
    std::uint32_t subject = 0;
    LiveFinding finding;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(subject, finding);
    }
  };
  std::vector<Evicted> evicted_;
  std::optional<ClusterMembers> members_;  ///< of a policy about clusters

  NodeId condition_ = 0;
  NodeId truth_ = 0;
  std::vector<std::optional<NodeId>> where_;      ///< by measure
  std::vector<std::optional<NodeId>> arguments_;  ///< by measure
  std::vector<std::optional<NodeId>> groups_;     ///< by measure
  std::vector<std::vector<NodeId>> steps_;        ///< by measure: of its pattern, `without` last
  std::optional<NodeId> sizes_;                   ///< what evidence is chosen by

  /// By subject; null: no input so far, nothing left of it, or it is at rest.
  PagedArray<std::unique_ptr<SubjectState>> states_;
  /// By subject: of those at rest, all that makes the state again; and those that are quiet.
  /// INVARIANT: it has a page wherever states_ has one.
  PagedArray<QuietSubjects::Bytes> resting_;
  RestingLimits limits_;
  std::optional<QuietSubjects> quiet_;      ///< none: every subject has windows
  WindowTally quiet_windows_;               ///< of all quiet subjects, those that are not forgotten
  std::vector<AlikeWindows> alike_;         ///< of the quiet subject in hand
  std::vector<SubjectWindows::Done> done_;  ///< those of them to be forgotten
  std::vector<std::unique_ptr<SubjectState>> spare_;  ///< with room for what is woken next
  std::deque<std::uint32_t> awake_;    ///< subjects that records have woken, in this order
  std::vector<std::uint8_t> bytes_;    ///< of the state that goes to rest
  std::vector<SpanOutline> outlines_;  ///< of the state in hand
  std::vector<std::uint32_t> active_;  ///< subjects with a window to settle or a run to end
  /// A subject with windows to forget, to be looked at when this window is done with.
  struct Idle {
    std::int64_t window = 0;
    std::uint32_t subject = 0;

    /// Of a heap, whose front is the one that is looked at first.
    bool operator<(const Idle& other) const { return window > other.window; }
    template <class Archive>
    void serialize(Archive& archive) {
      archive(window, subject);
    }
  };
  std::vector<Idle> idle_;                                               ///< a heap
  std::int64_t last_frozen_ = std::numeric_limits<std::int64_t>::min();  ///< window: no later one
  FrozenWindows frozen_;
  /// By subject: the pane of the latest record that a forgotten window of it holds.
  struct FrozenPane {
    std::int64_t pane = std::numeric_limits<std::int64_t>::min();  ///< none
    bool operator==(const FrozenPane&) const = default;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(pane);
    }
  };
  PagedArray<FrozenPane> frozen_panes_;
  Input input_;
  std::unique_ptr<Truths> prepared_;  ///< of the batch in hand
  std::vector<Reached> reached_;      ///< by the occasion in hand
  std::int64_t latest_pane_ = std::numeric_limits<std::int64_t>::min();  ///< of all inputs so far

  std::int64_t time_ns_ = 0;
  PolicyCoverage counts_;                          ///< of records
  std::int64_t windows_by_answer_[3] = {0, 0, 0};  ///< settled windows, by place_of()
  std::int64_t subjects_with_windows_ = 0;
  std::int64_t gap_too_late_ = 0;
  std::int64_t gap_not_evaluable_ = 0;
  std::map<std::string, std::int64_t> gaps_by_reason_;  ///< of sources, and of evictions
};

}  // namespace tidewaiter
