#include "storage/review/last_outcome.h"

#include <algorithm>
#include <map>
#include <string>
#include <variant>

namespace tidewaiter {
namespace {

/// Goes back through the acts of a case, and of those that it came from, with one finding.
class WayBack {
 public:
  WayBack(const CaseBook& book, const Case& c, const FindingState& finding)
      : book_(book), finding_(finding), home_(c.id) {}

  /// The outcome, if the act is a decision about the finding that counts.
  std::optional<Outcome> take(const RecordedAct& act) {
    const Act& what = act.act.act;
    if (const auto* const second = std::get_if<SecondOpinion>(&what.body)) {
      seconds_.emplace(second->decision, Second{act.index, second->approves});
    }
    if (const auto* const merged = std::get_if<Merged>(&what.body)) leave(*merged, what.case_id);
    if (const auto* const split = std::get_if<CaseSplit>(&what.body)) leave(*split, what.case_id);
    const auto* const decided = std::get_if<Decided>(&what.body);
    if (decided == nullptr || what.case_id != home_ || !counts(act, *decided)) return std::nullopt;
    return decided->outcome;
  }

 private:
  struct Second {
    std::int64_t index = 0;
    bool approves = false;
  };

  /// Before a merge it was in the case that was merged, if that has it: merged cases keep theirs.
  void leave(const Merged& merged, const std::string& from) {
    if (merged.into != home_) return;
    const Case* const before = book_.find(from);
    if (before != nullptr && before->finding(finding_.id) != nullptr) home_ = from;
  }

  void leave(const CaseSplit& split, const std::string& from) {
    const bool went = split.into == home_ &&
                      std::ranges::find(split.findings, finding_.id) != split.findings.end();
    if (went) home_ = from;
  }

  [[nodiscard]] bool counts(const RecordedAct& act, const Decided& decided) const {
    const auto second = seconds_.find(act.index);
    const bool seconded = second != seconds_.end();
    if (seconded && !second->second.approves) return false;
    if (decided.outcome == Outcome::kNeedsInformation) return false;
    if (decided.outcome == Outcome::kFalsePositive && act.second_needed && !seconded) return false;
    // Whoever approved had seen what was found until then.
    return finding_.entries.front() < (seconded ? second->second.index : act.index);
  }

  const CaseBook& book_;
  const FindingState& finding_;
  std::string home_;                        ///< the case that it is in at this time
  std::map<std::int64_t, Second> seconds_;  ///< by the decision's entry
};

}  // namespace

std::optional<Outcome> last_outcome_of(const CaseBook& book, const Case& c,
                                       const FindingState& finding) {
  WayBack way(book, c, finding);
  for (auto act = c.acts.rbegin(); act != c.acts.rend(); ++act) {
    if (const auto outcome = way.take(*act)) return outcome;
  }
  return std::nullopt;
}

}  // namespace tidewaiter
