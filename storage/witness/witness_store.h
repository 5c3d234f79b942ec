#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "storage/ledger/cosignature.h"
#include "storage/witness/witness.h"

namespace SQLite {
class Database;
}

namespace tidewaiter {

/// A witness's folder: `witness.key` (its seed, mode 0400), `witness.vkey` (its verifier key, one
/// line) and `witness.db` (the logs that it knows, and the head of each that it cosigned last; a
/// rollback journal with synchronous=EXTRA).
///
/// The database must never be put back to an older copy: a witness that forgets a head can be shown
/// another history. One thread at a time uses an object; processes share the folder.
/// Errors of all: kUnavailable, kCorruption.
class WitnessStore {
 public:
  /// Makes the folder and what is missing in it. Killed before it returns, it can be called again:
  /// a key that is there without a database is kept.
  /// Errors: kInvalidInput for a name that is no key name; kRefused if a witness is there.
  [[nodiscard]] static Result<WitnessKey> create(const std::filesystem::path& folder,
                                                 const std::string& name);
  /// Errors: kNotFound; kRefused for a newer schema, or a key that others may read; kCorruption if
  /// the two keys are not a pair.
  [[nodiscard]] static Result<WitnessStore> open(const std::filesystem::path& folder);

  WitnessStore(WitnessStore&&) noexcept;
  WitnessStore& operator=(WitnessStore&&) noexcept;
  ~WitnessStore();

  [[nodiscard]] WitnessKey key() const;

  /// Witnesses a log from now on; does nothing if it does already.
  /// Errors: kRefused if it knows another key for that origin.
  [[nodiscard]] Result<void> add_log(const VerifierKey& key);
  [[nodiscard]] Result<std::optional<WitnessedLog>> log(const std::string& origin) const;
  /// By origin.
  [[nodiscard]] Result<std::vector<WitnessedLog>> logs() const;

  /// Answers the body of one request. Checking against the last head and storing the new one are
  /// one transaction, which is on disk before this returns: of two requests at a time, in one
  /// process or in two, the second is judged by what the first has left.
  [[nodiscard]] Result<WitnessAnswer> answer(std::string_view body, std::int64_t seconds);

 private:
  WitnessStore(WitnessIdentity identity, std::unique_ptr<SQLite::Database> database);
  [[nodiscard]] Result<WitnessAnswer> answer(const Submission& submission, std::int64_t seconds);

  WitnessIdentity identity_;
  std::unique_ptr<SQLite::Database> database_;
};

}  // namespace tidewaiter
