#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidewaiter {

/// The version of the tables that this program makes, reads and writes.
inline constexpr std::int64_t kLedgerSchemaVersion = 1;

/// The SQL by which the owner of a database makes the ledger's tables in the schema `tidewaiter`
/// and gives `role` what a daemon needs, in one transaction (docs/ledger-format.md §2): of the log
/// itself INSERT and SELECT alone. The role is there before. Tables that are there already make it
/// fail.
[[nodiscard]] std::string ledger_schema_sql(std::string_view role);

}  // namespace tidewaiter
