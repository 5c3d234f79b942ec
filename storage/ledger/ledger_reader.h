#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/ledger/commit_rules.h"
#include "storage/ledger/ledger.h"
#include "storage/ledger/ledger_store.h"

namespace tidewaiter {

// Questions to ledger.db. Errors of all: kUnavailable, kCorruption.

/// The one row of table `ledger`.
[[nodiscard]] Result<LedgerIdentity> read_identity(SQLite::Database& database);

/// Reads entries one by one with one prepared statement: who looks through a ledger asks for each
/// of them. Holds no transaction open between two calls. The database outlives it.
class EntryReader {
 public:
  explicit EntryReader(SQLite::Database& database) : database_(database) {}

  /// The bytes of an entry. Errors: kNotFound.
  [[nodiscard]] Result<std::string> read(std::int64_t index);

 private:
  SQLite::Database& database_;
  std::optional<SQLite::Statement> select_;  // from the first call on
};

/// The checkpoint with the largest number, its signature not judged.
[[nodiscard]] Result<std::optional<NumberedCheckpoint>> read_last_checkpoint(
    SQLite::Database& database);

/// The id of a finding about `subject`, if there is one that names it. An empty subject is nobody.
[[nodiscard]] Result<std::optional<std::string>> finding_about(SQLite::Database& database,
                                                               const std::string& subject);

[[nodiscard]] Result<CommitBasis> read_basis(SQLite::Database& database);
/// By name.
[[nodiscard]] Result<std::vector<Disclosure>> read_disclosures(SQLite::Database& database,
                                                               std::int64_t index);
[[nodiscard]] Result<std::string> read_coverage(SQLite::Database& database);
[[nodiscard]] Result<std::vector<OutboxMessage>> read_pending(SQLite::Database& database,
                                                              std::int64_t limit);
[[nodiscard]] Result<std::vector<NoticedMessage>> read_messages_after(SQLite::Database& database,
                                                                      std::int64_t last);
/// The least `run.from` of all findings' entries. Errors: kCorruption for an entry without.
[[nodiscard]] Result<std::optional<UtcTime>> read_earliest_run(SQLite::Database& database);
/// FindingState::unchanged (unchanged_entries.h) of the finding whose `step.finding` is `finding`.
/// SQLite::Exception passes through.
[[nodiscard]] Result<std::vector<std::int64_t>> read_unchanged(SQLite::Database& database,
                                                               std::int64_t finding);
[[nodiscard]] Result<std::vector<FindingState>> read_findings(SQLite::Database& database,
                                                              const FindingQuery& query);

}  // namespace tidewaiter
