#pragma once

#include <string_view>

#include "daemon/sources/owners/owner_statement.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Reads one statement of the Beneficial Ownership Data Standard, 0.4 or, by the members that they
/// have, 0.2 and 0.3. docs/sources/bods.md says what becomes of its members. Members are taken by
/// an allow-list: dates of birth, addresses, nationalities and documents of people never are.
/// Pure. Errors: kInvalidInput: no such statement, or one that lacks what it rests on.
[[nodiscard]] Result<OwnerStatement> read_bods_statement(std::string_view object);

}  // namespace tidewaiter
