#pragma once

#include <string_view>

#include "policies/model/error.h"

namespace SQLite {
class Exception;
}

namespace tidewaiter {

/// Says in the project's words what SQLite threw while `doing` something ("commit to the ledger"),
/// and what to do about it.
/// kUnavailable: disk full, read-only, locked, not openable, out of memory: another try may do;
/// kRefused: a constraint or a trigger; kCorruption: all else, such as a damaged file, one that is
/// no database, or a table that is missing, for which waiting does nothing.
[[nodiscard]] Error sqlite_error(const SQLite::Exception& exception, std::string_view doing);

}  // namespace tidewaiter
