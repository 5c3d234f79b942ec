#pragma once

#include <optional>
#include <string_view>

#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/ledger/act.h"
#include "storage/review/act_rules.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

/// Says whether an act about a hold or an erasure may become an entry; the part of check_act() that
/// asks this book. Errors: kRefused for an erasure of somebody whom a hold keeps, or whose findings
/// are to be kept longer and nobody says that this is known, for one's own hold, release or erasure
/// approved, and for an opinion on what does not wait; kNotFound; kInvalidInput for a subject that
/// is no id.
[[nodiscard]] Result<void> check_erasure_act(const SignedAct& act, const ActBasis& basis);

/// So long a finding, and the records that it rests on, are kept (docs/operations.md).
inline constexpr Duration kFindingsKept{3653 * kDay.us};  // ten years, with their leap days

/// Until when findings that name `part` are to be kept: kFindingsKept after the last of them was
/// recorded. Nothing where there is none, or that time has come.
[[nodiscard]] std::optional<UtcTime> to_be_kept_until(const CaseBook& book, std::string_view part,
                                                      UtcTime now);

}  // namespace tidewaiter
