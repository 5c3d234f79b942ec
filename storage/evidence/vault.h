#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policies/model/error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {

/// 32 random bytes from which the salts of one subject's disclosures derive. Whoever destroys it
/// leaves digests behind that say nothing.
using SubjectKey = std::array<std::byte, 32>;

/// Says whether a subject that has no key may be given a new one: an error says why not.
using NewKeyRule = std::function<Result<void>(const std::string& subject)>;

inline constexpr SqliteIdentity kVaultIdentity{0x54575654, 1, "vault"};

/// vault.db: the keys of the subjects that the ledger speaks of, apart from the ledger, mode 0600.
/// One thread at a time. Errors of all: kUnavailable, kCorruption.
class Vault {
 public:
  /// Makes an empty vault. Errors: kRefused if `path` is there.
  [[nodiscard]] static Result<void> create(const std::filesystem::path& path);
  /// Errors: kNotFound; kRefused for a newer schema, or a file that others may read.
  [[nodiscard]] static Result<Vault> open(const std::filesystem::path& path);

  Vault(Vault&&) noexcept;
  Vault& operator=(Vault&&) noexcept;
  ~Vault();

  /// One key for each of `subjects`, made where there was none and `may_make` allows it. Every key
  /// is on disk on return, file and directory synced, so that what is salted with it may be
  /// committed elsewhere. Errors: those of `may_make` too, with no key made.
  [[nodiscard]] Result<std::vector<SubjectKey>> keys_for(std::span<const std::string> subjects,
                                                         const NewKeyRule& may_make);

  /// The key of a subject, if it has one.
  [[nodiscard]] Result<std::optional<SubjectKey>> find(const std::string& subject) const;

 private:
  explicit Vault(std::unique_ptr<SQLite::Database> database);
  std::unique_ptr<SQLite::Database> database_;
};

}  // namespace tidewaiter
