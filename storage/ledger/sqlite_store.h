#pragma once

#include <filesystem>
#include <memory>

#include "storage/ledger/ledger_store.h"

namespace tidewaiter {

/// Opens ledger.db (WAL, synchronous=FULL). Errors: those of open_sqlite_file().
[[nodiscard]] Result<std::unique_ptr<LedgerStore>> open_sqlite_store(
    const std::filesystem::path& path, Ledger::Mode mode);

}  // namespace tidewaiter
