#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "policies/engine/explain_record.h"
#include "policies/engine/reference_policy.h"
#include "policies/language/policy.h"
#include "policies/linkage/linker.h"
#include "policies/model/log.h"

namespace tidewaiter {

/// One window of a subject, with what it holds and how it was judged.
struct JudgedWindow {
  std::int64_t number = 0;  ///< counted from the epoch; of a session its first time in µs
  Interval span;
  bool settled = false;         ///< the watermark has reached its end
  bool closed = false;          ///< settled, and nothing is missing
  Interval cover;               ///< what has to be drained for it to be closed
  bool begins_covered = false;  ///< the sources have what there was where `cover` begins
  bool dropped = false;         ///< begins before what retention has left: not judged
  /// Does not hold of a cluster of one account, and nothing is stated that could link that to
  /// others.
  bool may_be_of_more = false;
  std::int64_t certain = 0;
  std::int64_t maybe = 0;
  std::vector<const reference::Input*> inputs;
  /// All inputs of the subject, by record; shared by its windows.
  std::shared_ptr<const std::vector<const reference::Input*>> of_subject;
  reference::Past past;  ///< what was known before it
  reference::Judgement judgement;
};

/// Everything that a policy takes from a log, kept record by record, so that each window can be
/// looked at on its own: what explanations and the coverage of tests stand on. Windows are judged
/// by the reference engine, whose answers are those of the columnar one. Memory grows with the
/// inputs: give it the records in question, not a whole log. Pure; one thread at a time.
class InputBook {
 public:
  /// `policy` outlives the book.
  explicit InputBook(const Policy& policy, std::optional<UtcTime> dropped_before = std::nullopt);

  /// Takes the next entry in order; gives the verdict on a record of the policy's kind. If the
  /// policy is about clusters, it is to be given every entry of the log.
  std::optional<RecordVerdict> take(const LogEntry& entry);

  /// Those that have had an input; of clusters those that there are after the last entry.
  [[nodiscard]] std::set<Subject> subjects() const;

  /// What has become of a subject: the cluster that it is now, or is part of; else itself.
  [[nodiscard]] Subject standing(const Subject& subject) const;

  /// The windows of a subject that have an input, in order, as they stand after the last entry.
  /// Pointers in them hold until the next take().
  [[nodiscard]] std::vector<JudgedWindow> windows(const Subject& subject) const;

 private:
  void set_coverage(JudgedWindow& window, const Interval& cover) const;
  [[nodiscard]] reference::Inputs inputs_of_clusters() const;
  [[nodiscard]] reference::ClusterSize cluster_size() const;
  [[nodiscard]] bool may_belong_to_others(const Subject& subject) const;
  [[nodiscard]] std::vector<JudgedWindow> sessions(const Subject& subject) const;
  [[nodiscard]] bool is_too_late(UtcTime time) const;
  void take_control(const Control& control);

  const Policy& policy_;
  reference::Coverage coverage_;
  std::optional<Linker> linker_;  ///< of a policy about clusters
  reference::Inputs inputs_;
  std::set<Subject> subjects_;  ///< of the records: clusters of one account
};

}  // namespace tidewaiter
