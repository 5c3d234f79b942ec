#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sources/owners/owner_statement.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Names, identifiers and country of an entity, by the members that all versions have.
void take_bods_entity(const nlohmann::json& entity, StatedParty& party);
/// Names of a person, and nothing else.
void take_bods_person(const nlohmann::json& person, StatedParty& party);
/// `interests`; what cannot be read is not known, and told in `doubt`.
void take_bods_interests(const nlohmann::json& relation, StatedRelation& to, std::string& doubt);
/// `share`: nothing if it is not known. `doubt` is set if it is there and cannot be.
[[nodiscard]] std::optional<ShareRange> bods_share(const nlohmann::json& share, std::string& doubt);

/// The day of `statementDate`; of one that is rounded, its first. Nothing: it has none.
/// Errors: kInvalidInput for what is no date.
[[nodiscard]] Result<std::optional<DayNumber>> bods_day(const nlohmann::json& statement);

/// A statement of version 0.2 or 0.3: it has `statementType`.
[[nodiscard]] Result<OwnerStatement> read_older_bods(const nlohmann::json& statement);

/// "`subject` is missing, or no text".
[[nodiscard]] tl::unexpected<Error> bods_fault(std::string message);

}  // namespace tidewaiter
