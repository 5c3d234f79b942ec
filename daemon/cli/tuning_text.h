#pragma once

#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "policies/authoring/threshold_tuning.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

/// By what people have decided about findings of this very policy (its version and meaning), how it
/// could leave out false positives and keep every finding that somebody confirmed, accepted or
/// referred: also where that waits for another person or was superseded (last_outcome_of()).
[[nodiscard]] std::vector<TighterThreshold> tuning_of(const CaseBook& book, const Policy& policy);

/// The new threshold as a condition that a policy can have, and what it does: "`n > 9` in the place
/// of `>= 3` leaves out 3 of 4 false positives, and none of 2 that somebody confirmed, accepted or
/// referred (the nearest has 57); of 1 more only a later window can be found; 2 undecided would be
/// found later or not at all".
[[nodiscard]] std::string tuning_text(const TighterThreshold& one);

/// [{"measure", "now", "limit", "instead", "tighter", "nearest", "stands", "false_positives",
/// "left_out", "later", "undecided"}]
[[nodiscard]] nlohmann::ordered_json tuning_json(std::span<const TighterThreshold> all);

}  // namespace tidewaiter
