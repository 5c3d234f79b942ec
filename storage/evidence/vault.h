#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "storage/evidence/subject_key.h"
#include "storage/evidence/wrapping_key.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {

/// Says whether a subject that has no key may be given a new one: an error says why not.
using NewKeyRule = std::function<Result<void>(const std::string& subject)>;

/// Stands before the id of a payload (payload_folder.h) where a subject's text stands of other
/// keys: no subject's text begins so.
inline constexpr std::string_view kExhibitKeyPrefix = "exhibit ";

inline constexpr SqliteIdentity kVaultIdentity{0x54575654, 2, "vault"};

/// vault.db: the keys of the subjects that the ledger speaks of, apart from the ledger, mode 0600;
/// plain, or wrapped by a key that lies elsewhere.
/// One thread at a time. Errors of all: kUnavailable, kCorruption.
class Vault {
 public:
  /// Makes an empty vault. `wrapping` is the file of the key that wraps; empty: keys lie plain.
  /// Errors: kRefused if `path` is there; those of WrappingKey::read().
  [[nodiscard]] static Result<void> create(const std::filesystem::path& path,
                                           const std::filesystem::path& wrapping = {});
  /// A vault of schema 1 becomes one of schema 2 where it stands: a copy of it would keep keys
  /// where nobody destroys them.
  /// Errors: kNotFound; kRefused for a newer schema, a file that others may read, or a vault that
  /// is not wrapped as `wrapping` says; those of WrappingKey::read().
  [[nodiscard]] static Result<Vault> open(const std::filesystem::path& path,
                                          const std::filesystem::path& wrapping = {});

  /// Opens without changing anything, of schema 1 too: for find() and take_over().
  [[nodiscard]] static Result<Vault> open_read_only(const std::filesystem::path& path,
                                                    const std::filesystem::path& wrapping = {});

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

  /// WrappingKey::id() of the key that wraps the vault at `path`; nothing where keys lie plain.
  /// A rewrap() that was cut off is rolled back first, for which the vault has to be opened
  /// kReadWrite: kReadOnly refuses it. Errors: those of open() but for what concerns a wrapping
  /// key.
  [[nodiscard]] static Result<std::optional<std::string>> wrapped_by(
      const std::filesystem::path& path, SqliteAccess access = SqliteAccess::kReadOnly);

  /// Wraps every key anew, by `to`, or lays them plain without it, in one transaction: after an
  /// error all are as they were. What the former key wrapped is overwritten in the database; of the
  /// rollback journal, which held it, the disk may keep blocks. Says how many keys.
  [[nodiscard]] Result<std::int64_t> rewrap(std::optional<WrappingKey> to);

  /// Destroys the keys of all subjects that `chosen` chooses, in one transaction; says how many. In
  /// the database they are overwritten; of the rollback journal the disk may keep blocks. No other
  /// connection keeps them.
  [[nodiscard]] Result<std::int64_t> destroy(
      const std::function<bool(const std::string& subject)>& chosen);

  /// Takes in each key of `former` whose subject has none here, wrapped as this vault's are, in one
  /// transaction; says how many. On disk on return. Those of payloads stay behind: no entry of the
  /// new ledger names them, so that no erasure would reach them.
  [[nodiscard]] Result<std::int64_t> take_over(const Vault& former);

 private:
  static Result<Vault> open_as(const std::filesystem::path& path,
                               const std::filesystem::path& wrapping, SqliteAccess access);
  Vault(std::unique_ptr<SQLite::Database> database, std::optional<WrappingKey> wrapping);
  std::unique_ptr<SQLite::Database> database_;
  std::optional<WrappingKey> wrapping_;
};

}  // namespace tidewaiter
