#pragma once

#include <cstdint>
#include <filesystem>

#include "policies/model/error.h"

namespace tidewaiter {

/// What there is to verify.
struct LedgerPlace {
  enum class Kind : std::uint8_t { kDatabase, kTiles, kProof, kBundle };
  Kind kind = Kind::kDatabase;
  std::filesystem::path
      path;  ///< the database, the folder of tiles or of a report, or the proof's file
};

/// What `path` leads to: a file that begins as a SQLite database or a transparency log proof does,
/// a folder with `ledger.db`, a folder of tiles, or a report's bundle. Looks no deeper: whether a
/// database is a ledger is for the verifier to judge. Errors: kNotFound if there is nothing of
/// these, kUnavailable if that cannot be told.
[[nodiscard]] Result<LedgerPlace> find_ledger(const std::filesystem::path& path);

}  // namespace tidewaiter
