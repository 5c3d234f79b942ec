#pragma once

#include <filesystem>
#include <string_view>

#include <SQLiteCpp/Exception.h>

#include "policies/model/error.h"

namespace tidewaiter {

/// Says in the project's words what SQLite threw while `doing` something to the database at `path`,
/// and what to do about it: kCorruption for damaged files, kUnavailable for all else.
[[nodiscard]] Error sqlite_error(const SQLite::Exception& thrown, const std::filesystem::path& path,
                                 std::string_view doing);

}  // namespace tidewaiter
