#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/finding.h"

namespace tidewaiter {

/// What people made of a finding, for a policy that is to be tuned.
enum class JudgedAs : std::uint8_t {
  kStands,         ///< somebody confirmed, accepted or referred it: it must not be lost
  kFalsePositive,  ///< it should not have been found
  kUndecided,
};

/// A finding of the very policy, with its figures, which are those of its first window.
struct JudgedFigures {
  JudgedAs judged = JudgedAs::kUndecided;
  std::int64_t windows = 1;  ///< that its run has
  std::span<const Figure> figures;
};

/// A threshold of `report_when` that could be set tighter.
struct TighterThreshold {
  std::string measure;
  ExprOp now = ExprOp::kGe;      ///< kGe, kGt, kLe or kLt, with the measure at the left
  Value limit;                   ///< what the policy says
  ExprOp instead = ExprOp::kGt;  ///< kGt for an end below, kLt for one above
  Value tighter;                 ///< the value of the last false positive that is left out
  ValueType type = ValueType::kInt64;
  Value nearest;                     ///< of what stands: the value that comes next to `tighter`
  std::int64_t stands = 0;           ///< how many stand; all of them are found as before
  std::int64_t false_positives = 0;  ///< how many there are
  std::int64_t left_out = 0;         ///< of them, those that are found no more: one at least
  std::int64_t later = 0;            ///< of them, those that only a later window of theirs may open
  std::int64_t undecided = 0;        ///< that are found no more, or by a later window
};

/// How a policy could leave out false positives, by what people have decided: for each threshold
/// that every window must meet (a comparison of a measure with a number that `report_when` is, or
/// that it joins with `and`) the mildest one that leaves out all false positives which can be left
/// out so. Those are the ones of a single window: of one that has more, the figures of later ones
/// are not known. What stands is never lost: each of them has a first window that meets the new
/// threshold, and what else its window met it still meets. So nothing is proposed without a finding
/// that
/// stands, nor by a measure of which one that stands has no figure, or one that is not exact. The
/// one that leaves out most comes first. Pure.
///
/// A condition that more records cannot make untrue (part_that_may_fall()) is told as soon as it
/// holds, with the figures of that moment, which say nothing of what its window came to: of such a
/// policy nothing is proposed.
///
/// It is about the findings that were decided, and no forecast: a backtest tells what another
/// threshold finds in stored history.
[[nodiscard]] std::vector<TighterThreshold> tighter_thresholds(
    const Policy& policy, std::span<const JudgedFigures> judged);

}  // namespace tidewaiter
