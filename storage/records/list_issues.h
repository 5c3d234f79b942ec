#pragma once

#include <string>

#include "policies/model/digest.h"
#include "policies/model/error.h"

namespace SQLite {
class Database;
}

namespace tidewaiter {

/// Keeps the parties of an issue of a published list under their SHA-256, once. Nothing removes
/// them: each is named by a policy set that the log has an entry of, or is about to be.
/// SQLite::Exception passes through all of these.
[[nodiscard]] Result<void> keep_list_issue(SQLite::Database& db, const std::string& text);

/// Errors: kNotFound if there is none; kCorruption if it is another text.
[[nodiscard]] Result<std::string> stored_list_issue(SQLite::Database& db, const Digest& digest);

/// Whether each has the SHA-256 under which it is kept, and each that a stored policy set names is
/// there. Errors: kCorruption, naming the first that has not, or is not.
[[nodiscard]] Result<void> check_list_issues(SQLite::Database& db);

}  // namespace tidewaiter
