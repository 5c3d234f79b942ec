#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/ledger/entry.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// Puts rows into the tables of ledger.db with statements that are prepared once. Every function
/// belongs into a transaction of its caller and throws SQLite::Exception. Does not outlive the
/// database.
class LedgerWriter {
 public:
  explicit LedgerWriter(SQLite::Database& database);

  /// Rows of `entry` and `disclosure`.
  void put_entry(std::int64_t index, std::string_view nodes, const BuiltEntry& entry);
  /// Rows of `step` and `finding` (docs/ledger-format.md §6).
  /// Errors: kRefused for a finding that is opened twice, or goes on without having been opened.
  [[nodiscard]] Result<void> put_step(std::int64_t index, const Step& step, const BuiltEntry& entry,
                                      UtcTime ts);
  void put_position(const std::string& log_id, const LogOffset& offset);
  void put_coverage(const std::string& text);
  void put_message(const OutboxMessage& message, UtcTime now);
  void put_checkpoint(const NumberedCheckpoint& signed_head, UtcTime now);

 private:
  [[nodiscard]] std::optional<std::int64_t> find_finding(const std::string& id);
  [[nodiscard]] Result<std::int64_t> open_finding(std::int64_t index, const Step& step,
                                                  const BuiltEntry& entry, UtcTime ts);
  [[nodiscard]] Result<std::int64_t> update_finding(const Step& step, const BuiltEntry& entry);

  SQLite::Statement entry_;
  SQLite::Statement disclosure_;
  SQLite::Statement step_;
  SQLite::Statement finding_open_;
  SQLite::Statement finding_update_;
  SQLite::Statement finding_find_;
  SQLite::Statement position_;
  SQLite::Statement coverage_;
  SQLite::Statement message_;
  SQLite::Statement checkpoint_;
};

}  // namespace tidewaiter
