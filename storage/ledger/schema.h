#pragma once

#include <span>
#include <string_view>

#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {

inline constexpr SqliteIdentity kLedgerIdentity{0x54574C47, 1, "ledger"};
inline constexpr SqliteIdentity kLockIdentity{0x54574C4B, 1, "lock store"};

/// The statements that make ledger.db, in order: each is exactly what column `sql` of
/// `sqlite_schema` then holds (docs/ledger-format.md §2).
[[nodiscard]] std::span<const std::string_view> ledger_schema();
/// The same for lock.db (§5).
[[nodiscard]] std::span<const std::string_view> lock_schema();

}  // namespace tidewaiter
