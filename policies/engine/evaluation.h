#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/finding.h"
#include "policies/model/log.h"

namespace tidewaiter {

/// What a policy could and could not tell, since it was activated. An evaluation that has read the
/// log counts what that still holds.
struct PolicyCoverage {
  std::string policy;
  std::int64_t records_read = 0;      ///< records of the policy's kind, in force
  std::int64_t records_selected = 0;  ///< condition true, and not exempt
  std::int64_t records_unknown = 0;   ///< condition or exemption unknown, or without a subject
  std::int64_t records_exempt = 0;    ///< selected, but for an exemption
  std::int64_t records_too_late = 0;  ///< behind the watermark by more than wait_for_late, or
                                      ///< before what retention has left: not judged
  std::int64_t windows_true = 0;      ///< settled windows, by the answer of report_when
  std::int64_t windows_false = 0;
  std::int64_t windows_not_evaluable = 0;  ///< settled, and still unknown: never a pass
  std::int64_t subjects = 0;
};

/// What one policy costs.
struct PolicyFootprint {
  std::string policy;
  std::int64_t bytes = 0;    ///< of memory that it holds (held_memory.h)
  std::int64_t time_ns = 0;  ///< of processor time, by the clock that was given
  RecordKind reads = RecordKind::kUsage;
};

/// What an evaluation costs: of time since it was made, of memory now. No answer depends on it.
struct EvaluationFootprint {
  /// What policies share: names of subjects and of values, who belongs together, what findings are
  /// called.
  std::int64_t shared_bytes = 0;
  std::vector<PolicyFootprint> policies;  ///< those in force, by id

  [[nodiscard]] std::int64_t bytes() const;  ///< all of them
};

/// Processor time of the thread that asks, in nanoseconds from wherever it begins.
using ThreadClock = std::function<std::int64_t()>;

/// Reads the log again from its first entry up to and including `last_seq`, in order, in batches,
/// as it is stored now: without what retention has dropped. Evaluation calls it when a new policy
/// set must see what was stored before.
using LogReplay = std::function<Result<void>(
    std::int64_t last_seq, const std::function<void(std::span<const LogEntry>)>& batch)>;

/// The set that has this policy alone, active whatever its status.
[[nodiscard]] std::shared_ptr<const PolicySet> active_alone(const Policy& policy);

/// The replay of an empty log: nothing was stored before. It has no errors.
[[nodiscard]] LogReplay nothing_before();

/// Which of two engines answers. Both give the same steps, byte for byte.
enum class EngineKind : std::uint8_t {
  kColumnar,   ///< batches as columns, one plan of shared predicates, panes
  kReference,  ///< one record at a time, windows by brute force: the oracle
};

/// More threads than any machine this runs on has use for.
inline constexpr std::size_t kMostThreads = 64;

/// Judges a log by a policy set. Evaluation is a function of (policy sets, log entries in sequence
/// order, log id): no clock, no I/O, no logging, no randomness; cutting the log into other batches
/// gives the same steps. Not thread-safe: one caller at a time.
///
/// A window of a subject is judged when it holds at least one record of the policy's kind whose
/// condition is not false. It is *closed* once the sources' coverage spans it: the earliest covered
/// instant (greatest over the sources that have stated coverage for the policy's kind) is at or
/// before its start and the watermark (least drained `to` over those that are not idle) at or after
/// its end. While it is open, what may still come is unknown, so `report_when` is true only if
/// every completion gives true: a threshold on a count opens a finding at once; "less than" waits
/// until the window is closed. A window that can never be closed (its start was not covered) and is
/// not certain stays "not evaluable".
///
/// Retention takes records away, whole days of event time at once. The log says so
/// (RecordsDropped), and a window that begins before what is left is not judged any more. So an
/// evaluation that went on through a drop and one that is made after it and reads what is left give
/// the same steps from the next entry on, and number the findings alike all along.
///
/// Consecutive holding windows of one subject are one run, and one finding. docs/evaluation.md
/// has the rules of opening, restating, withdrawing and closing, with worked examples.
class Evaluation {
 public:
  virtual ~Evaluation() = default;

  /// Takes the next entries in order of their sequence numbers, which rise and may leave gaps, and
  /// appends the steps they bring about, ordered by (seq, ordinal). Entries before the first
  /// activation only leave coverage. PolicySetActivated entries are not passed here: see
  /// activate().
  virtual void apply(std::span<const LogEntry> entries, std::vector<Step>& steps) = 0;

  /// Puts `set` in force at log entry `seq` (the PolicySetActivated entry, after the last taken),
  /// or at 0, before the first entry of a log. The new set sees the stored log through `replay`:
  /// findings that it makes there are opened here as historical; findings of the old set that it
  /// confirms keep their id (restated if figures, run or policy hash differ), the others are
  /// withdrawn with reason "policy-changed". Errors: only those of `replay`; the old set then stays
  /// in force.
  [[nodiscard]] virtual Result<void> activate(std::shared_ptr<const PolicySet> set,
                                              std::int64_t seq, const LogReplay& replay,
                                              std::vector<Step>& steps) = 0;

  /// One entry a policy in force, by policy id.
  [[nodiscard]] virtual std::vector<PolicyCoverage> coverage() const = 0;

  [[nodiscard]] virtual std::int64_t last_seq() const = 0;

  /// From here on the time of each policy is taken by `clock`. What several policies ask of records
  /// is charged to the first of them.
  virtual void set_clock(ThreadClock clock) = 0;
  /// Goes through all that is held. The reference engine, which nobody runs for long, counts
  /// nothing: there are no policies in its answer.
  [[nodiscard]] virtual EvaluationFootprint footprint() const = 0;

  /// Writes all that it knows, so that restore() goes on as it would have: with the same steps,
  /// findings' names and coverage. Whether the bytes arrived is the stream's to say.
  /// Errors: kUnsupported, and nothing is written: the reference engine has no such form.
  [[nodiscard]] virtual Result<void> save(std::ostream& bytes) const = 0;

  /// Takes up what save() wrote. It has taken no entry yet, is of the same log and has as many
  /// layers; `set` is the one that was in force, or an empty one if none was. REQUIRES: the bytes
  /// come from the same code, built alike, and are whole: what is wrong with them may ask for
  /// any amount of memory before it shows. Errors: kUnsupported; kCorruption, after which the
  /// evaluation is of no use.
  [[nodiscard]] virtual Result<void> restore(std::shared_ptr<const PolicySet> set,
                                             std::istream& bytes) = 0;
};

/// `log_id` goes into finding ids. `dropped_before` is where the log that the evaluation is about
/// to read begins, as its last RecordsDropped entry says; nothing if it has none. `threads`,
/// from 1 to kMostThreads, is how many threads judge a batch, the caller's among them; the steps do
/// not depend on it. The reference engine has one.
[[nodiscard]] std::unique_ptr<Evaluation> make_evaluation(
    EngineKind kind, std::string log_id, std::optional<UtcTime> dropped_before = std::nullopt,
    std::size_t threads = 1);

}  // namespace tidewaiter
