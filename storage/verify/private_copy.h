#pragma once

#include <filesystem>
#include <memory>

#include "policies/model/error.h"

namespace tidewaiter {

/// A database with its WAL and rollback journal, copied into a folder of its own under the system's
/// folder for temporary files, which goes with the object. SQLite may roll back, recover and lock
/// there, and leaves nothing beside the original.
class PrivateCopy {
 public:
  /// Copies. Gives nothing if the WAL or the journal was begun anew, ended or vanished meanwhile,
  /// so that the parts may not belong together: try again. A writer that only appends to the WAL,
  /// or moves its pages into the database, does not disturb: every page that changes while it is
  /// copied is in the WAL, which is copied last.
  /// Errors: kUnavailable (no room, no permission).
  [[nodiscard]] static Result<std::unique_ptr<PrivateCopy>> take(
      const std::filesystem::path& original);

  PrivateCopy(const PrivateCopy&) = delete;
  PrivateCopy& operator=(const PrivateCopy&) = delete;
  ~PrivateCopy();

  [[nodiscard]] const std::filesystem::path& database() const { return database_; }

 private:
  PrivateCopy() = default;
  std::filesystem::path folder_;
  std::filesystem::path database_;
};

/// Says whether a WAL or a rollback journal with contents lies beside a database.
[[nodiscard]] bool has_pending_changes(const std::filesystem::path& database);

}  // namespace tidewaiter
