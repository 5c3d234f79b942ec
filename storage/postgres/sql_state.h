#pragma once

#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// The code that ends a message of which nothing else was asked for (PQERRORS_SQLSTATE):
/// "FATAL:  28P01" → "28P01". Empty: it has none.
[[nodiscard]] std::string sql_state_in(std::string_view message);

/// What a code (SQLSTATE) says to whoever was `doing` something ("read the ledger's tree"), by what
/// a person can do about it. kUnavailable: another try may do; kRefused: who the role is, what it
/// may do, a constraint, missing tables; kInvalidInput: a value that no column can hold;
/// kCorruption: all else.
[[nodiscard]] Error sql_state_error(std::string_view state, std::string_view doing);

}  // namespace tidewaiter
