#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "policies/model/error.h"
#include "policies/model/finding.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// What becomes of a step of evaluation.
enum class StepFate : std::uint8_t {
  kToRecord,   ///< under the ids that it has now
  kOfErased,   ///< about an erased subject, of whom nothing new is found
  kUnmatched,  ///< of a finding that the ledger should have, and none there fits it
};

/// What the ledger has of findings, for a log of which a subject was erased. Such a log counts and
/// groups as it did, but its subjects have other names, and steps of one entry come in another
/// order: judged again, a finding gets another id than the one under which it was recorded. So each
/// is told by the entry, policy, subject and run with which it was opened, and goes on under its
/// recorded id and subject. Who has another name now is told by the evidence: the subject itself,
/// what was its alone, and clusters, which go by the name of one of their accounts. Of an erased
/// subject nothing new is opened, and what goes on names nobody; a cluster that is found anew may
/// go by the opaque name.
class EmittedFindings {
 public:
  /// `erased`: what stands in the log where ids stood; without any nothing is read, and every step
  /// is left as it is. Errors: those of the ledger; kCorruption for an entry that does not read
  /// back.
  [[nodiscard]] static Result<EmittedFindings> read(const Ledger& ledger,
                                                    std::set<std::string> erased);

  /// Takes a step of evaluation, in order. `fresh`: it is not in the ledger yet. Puts the recorded
  /// ids in the place of its own.
  [[nodiscard]] StepFate take(Step& step, bool fresh);

  /// For snapshots: what it has told of the steps so far. What reads it has read the same ledger,
  /// or a later state of it.
  template <class Archive>
  void serialize(Archive& archive) {
    std::set<std::string> taken = taken_ids();
    archive(taken, recorded_, of_erased_);
    mark_taken(taken);
  }

 private:
  struct Opened {
    std::string id;
    std::string subject;  ///< empty: erased, or the policy has none
    Interval run;
    std::vector<std::int64_t> evidence;
    bool taken = false;
  };
  using Place = std::pair<std::int64_t, std::string>;  ///< sequence number and policy

  [[nodiscard]] std::set<std::string> taken_ids() const;
  void mark_taken(const std::set<std::string>& ids);
  [[nodiscard]] bool is_erased(const Subject& subject) const;
  [[nodiscard]] StepFate take_opening(const Step& step, bool fresh);
  [[nodiscard]] Opened* find(const Step& step);

  std::set<std::string> erased_;
  std::map<Place, std::vector<Opened>> opened_;
  /// A finding as the ledger has it.
  struct Recorded {
    std::string id;
    std::optional<Subject> subject;  ///< in the place of the one that a step has, if it is another

    template <class Archive>
    void serialize(Archive& archive) {
      archive(id, subject);
    }
  };
  std::map<std::string, Recorded> recorded_;  ///< by the id that evaluation gives
  std::set<std::string> of_erased_;           ///< ids that evaluation gives to what is not recorded
};

}  // namespace tidewaiter
