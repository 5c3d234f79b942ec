#pragma once

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "policies/engine/evaluation.h"
#include "policies/engine/reference_clusters.h"
#include "policies/engine/reference_coverage.h"
#include "policies/engine/reference_measures.h"
#include "policies/engine/reference_peers.h"

namespace tidewaiter::reference {

/// Takes the steps of one log entry and numbers them.
class Report {
 public:
  Report(std::string_view log_id, std::int64_t seq, std::vector<Step>& steps)
      : log_id_(log_id), seq_(seq), steps_(&steps) {}

  /// Adds a step under the next ordinal; an opened one gets its finding's id. Returns it as added.
  const Step& add(Step step);

 private:
  std::string log_id_;
  std::int64_t seq_;
  std::int32_t ordinal_ = 0;
  std::vector<Step>* steps_;
};

/// A finding as the ledger has it.
struct Found {
  std::string id;
  std::int64_t opened_seq = 0;
  std::int32_t opened_ordinal = 0;
  Subject subject;
  std::int64_t first = 0;  ///< its run's first and last window, now
  std::int64_t last = 0;
  Interval run;                 ///< the interval of that run
  std::vector<Figure> figures;  ///< as the ledger has them
  bool historical = false;
  bool closed = false;
};

/// One policy's whole state: every input that it ever judged, and its findings.
class PolicyState {
 public:
  explicit PolicyState(const Policy& policy) : policy_(&policy) { coverage_.policy = policy.id; }

  /// What one entry, and those joined to it, do to this policy's findings. `records` are those that
  /// are stored after it. `silent`: the policy is not in force yet, and no eviction concerns it.
  void apply(std::span<const LogEntry> occasion, const Coverage& all_before,
             const Coverage& all_after, const StoredRecords& records, bool silent, Report& report);
  /// Reports what one entry, already applied, says could not be judged.
  void report_gaps(const LogEntry& entry, const Coverage& before, const Coverage& after,
                   Report& report);

  /// Takes over the findings that another version of the policy had.
  void adopt(const std::vector<Found>& old, const Coverage& all, Report& report);
  /// Reports the gaps of the stored log. `silent` are the steps that this state gave while it was
  /// evaluated over it.
  void report_stored_gaps(const std::vector<Step>& silent, Report& report);

  /// Withdraws every finding: the policy is not in force any more.
  void retire(Report& report);

  [[nodiscard]] PolicyCoverage coverage(const Coverage& all) const;
  /// Goes on with the same policy as another set holds it: same hash, perhaps another title.
  void rebind(const Policy& policy) { policy_ = &policy; }

  [[nodiscard]] const Policy& policy() const { return *policy_; }
  /// Those that live, and those that an eviction has closed, in order of opening.
  [[nodiscard]] std::vector<Found> findings() const;

 private:
  struct Window {
    Judgement judgement;
    std::vector<const Input*> inputs;
    bool settled = false;
    UtcTime last{};  ///< of a session: its last input
  };
  /// All windows of one subject, by number; sessions by the time of their first input.
  using Windows = std::map<std::int64_t, Window>;
  /// Neighbouring windows that hold: of one finding. Of a session its first and last time.
  struct Run {
    std::int64_t first = 0;
    std::int64_t last = 0;
    bool repeats = false;  ///< it goes on from the one before it, by `repeat`
  };

  /// The coverage, with what was evicted gone as if retention had dropped it.
  [[nodiscard]] Coverage own(Coverage coverage) const;
  /// The entry that evicts what this policy holds, if `entry` is one.
  [[nodiscard]] const StateEvicted* eviction(const LogEntry& entry) const;
  void evict(const StateEvicted& evicted, const Coverage& coverage, Report& report);
  /// Adds settled windows to what is counted, by their answers, and subjects that have windows;
  /// gives how many windows are not settled.
  std::int64_t count_windows(const Coverage& coverage, PolicyCoverage& counts) const;
  void take_record(const LogEntry& entry, const Coverage& before);
  void forget_dropped(UtcTime before);
  /// Gives every input the cluster that its account belongs to now.
  void regroup(const StoredRecords& records);
  [[nodiscard]] bool is_regrouped(const Subject& subject) const;
  /// Of a cluster: nothing is stated by which its accounts could be linked to others.
  [[nodiscard]] bool may_belong_to_others(const Subject& subject) const;
  [[nodiscard]] ClusterSize cluster_size() const;
  /// Of a finding that goes: the reason. `plan` has the runs of its subject that hold, with the
  /// findings that take them.
  [[nodiscard]] std::string withdrawal(
      const Found& found,
      const std::vector<std::pair<Run, std::optional<std::size_t>>>& plan) const;
  /// Where the first window begins that lies in what is left of the log.
  [[nodiscard]] UtcTime first_judged(const Coverage& coverage) const;
  [[nodiscard]] bool counts(const Record& record) const;
  [[nodiscard]] Interval interval(const Run& run) const;
  [[nodiscard]] std::int64_t windows_in(const Run& run) const {
    return policy_->window.session ? 1 : run.last - run.first + 1;
  }
  /// Whether no later window can belong to the run.
  [[nodiscard]] bool ended(const Run& run, const Coverage& coverage) const;
  [[nodiscard]] Windows sessions_of(const Subject& subject, const Coverage& coverage) const;
  [[nodiscard]] Windows windows_of(const Subject& subject, const Coverage& coverage,
                                   const PeerRecords& peers) const;
  [[nodiscard]] Past past_of(const Subject& subject, std::int64_t k, const Windows& windows,
                             const Coverage& coverage, const PeerRecords& peers) const;
  [[nodiscard]] std::vector<Run> runs_of(const Windows& windows) const;

  void count_unevaluable(const Coverage& after, const PeerRecords& peers);
  void reconcile(std::span<const LogEntry> occasion, const Subject& subject, const Coverage& after,
                 const PeerRecords& peers, Report& report);
  [[nodiscard]] std::string restatement(std::span<const LogEntry> occasion, const Found& found,
                                        const Run& run, const Windows& windows) const;
  void close_ended(const Subject& subject, const Windows& windows, const Coverage& after,
                   Report& report);

  [[nodiscard]] Step step(StepKind kind, const Found& found) const;
  [[nodiscard]] Step gap(const std::string& reason, std::int64_t count) const;
  void open(const Run& run, const Windows& windows, const Subject& subject, bool historical,
            Report& report);
  void restate(Found& found, const Run& run, const Windows& windows, const std::string& reason,
               Report& report);

  const Policy* policy_;
  Inputs inputs_;
  std::set<Subject> subjects_;
  Clusters clusters_;                  ///< of a policy about clusters: after the last entry
  std::set<LinkedAccount> regrouped_;  ///< clusters whose accounts the last entry changed
  /// Settled windows that were there after the last entry.
  std::set<std::pair<Subject, std::int64_t>> settled_;
  std::vector<Found> findings_;  ///< in order of opening
  std::vector<Found> evicted_;   ///< those that an eviction has closed
  PolicyCoverage coverage_;
  std::int64_t too_late_unreported_ = 0;
  std::int64_t unevaluable_unreported_ = 0;
  std::optional<std::int64_t> evicted_unreported_;
  UtcTime evicted_before_{std::numeric_limits<std::int64_t>::min()};
};

}  // namespace tidewaiter::reference
