#pragma once

#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "policies/authoring/threshold_tuning.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

/// By what people have decided about findings of this very policy (its version and meaning), how it
/// could find less of what is none and lose nothing that stands.
[[nodiscard]] std::vector<TighterThreshold> tuning_of(const CaseBook& book, const Policy& policy);

/// "`n` > 9 in the place of ≥ 3 leaves out 3 of 4 false positives, and none of 2 that stand (the
/// nearest has 57); 1 undecided is found no more".
[[nodiscard]] std::string tuning_text(const TighterThreshold& one);

/// [{"measure", "now", "limit", "instead", "tighter", "nearest", "stands", "false_positives",
/// "left_out", "later", "undecided"}]
[[nodiscard]] nlohmann::ordered_json tuning_json(std::span<const TighterThreshold> all);

}  // namespace tidewaiter
