#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "policies/linkage/linkage.h"
#include "policies/model/field.h"
#include "policies/model/record.h"

namespace tidewaiter::reference {

/// The texts that a record has for a field, each element of a list one; a text of no length is
/// none.
[[nodiscard]] std::vector<std::string> stated_texts(const Record& record, FieldId id);

/// Who acts when, and what is done: what a record is by a lockstep link; nothing if it is no act.
/// A list as target makes several.
struct StatedAct {
  LinkedAccount account;
  std::int64_t slot = 0;
  std::pair<std::string, std::string> target;  ///< text, and the source where that makes it unique
  auto operator<=>(const StatedAct&) const = default;
};
[[nodiscard]] std::vector<StatedAct> stated_acts(const LockstepLink& link, const Record& record);

/// All pairs, the lesser account first, that are in step in some stretch: found anew from all acts.
[[nodiscard]] std::set<std::pair<LinkedAccount, LinkedAccount>> pairs_in_step(
    const LockstepLink& link, const std::set<StatedAct>& acts);

}  // namespace tidewaiter::reference
