#pragma once

#include <string>

#include "policies/model/error.h"

namespace tidewaiter {

/// What a database's code (SQLSTATE; PostgreSQL 15, appendix A) says, by what a person can do about
/// it; `role` is who asked. kRefused: who the role is, or what it may read. kUnavailable: what may
/// pass. kInvalidInput: all else. The code stands in the message, and none of the database's words.
[[nodiscard]] Error database_error(const std::string& state, const std::string& role);

}  // namespace tidewaiter
