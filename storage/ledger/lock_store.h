#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "policies/model/error.h"
#include "storage/ledger/checkpoint.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {

/// lock.db: the last head that was signed, apart from the ledger. Nothing is published that did
/// not go through swap(), so that two histories cannot both be.
/// One thread at a time. Errors of all: kUnavailable, kCorruption.
class LockStore {
 public:
  /// Makes a store that holds no head. Errors: kRefused if `path` is there.
  [[nodiscard]] static Result<void> create(const std::filesystem::path& path,
                                           const std::string& origin);
  /// Errors: kNotFound; kRefused for a newer schema or the store of another origin.
  [[nodiscard]] static Result<LockStore> open(const std::filesystem::path& path,
                                              const std::string& origin);

  LockStore(LockStore&&) noexcept;
  LockStore& operator=(LockStore&&) noexcept;
  ~LockStore();

  /// The last signed note, verbatim, with its number.
  [[nodiscard]] Result<NumberedNote> head() const;

  /// Puts `next` in the place of `old`, synced on return. Errors: kRefused, with nothing changed,
  /// if the store does not hold `old`.
  [[nodiscard]] Result<void> swap(const NumberedNote& old, const NumberedNote& next);

 private:
  explicit LockStore(std::unique_ptr<SQLite::Database> database);
  std::unique_ptr<SQLite::Database> database_;
};

}  // namespace tidewaiter
