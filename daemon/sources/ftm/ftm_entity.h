#pragma once

#include <optional>
#include <string_view>

#include "daemon/sources/owners/owner_statement.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Reads one entity of FollowTheMoney, as `entities.ftm.json` has them: `id`, `schema` and
/// `properties` whose values are lists of texts. docs/sources/ftm.md says what becomes of them.
/// Properties are taken by an allow-list: dates of birth, addresses, nationalities and documents of
/// people never are. Entities of other schemata give nothing. Pure.
/// Errors: kInvalidInput: no such entity, one that is nested in another, or a link without ends.
[[nodiscard]] Result<OwnerStatement> read_ftm_entity(std::string_view object);

/// The share that `percentage` says, which is free text: "25", "25 %", "25.5%", "25-50", "> 50",
/// "50+", "less than 25". Nothing for all else: it is not known.
[[nodiscard]] std::optional<ShareRange> ftm_share(std::string_view text);

}  // namespace tidewaiter
