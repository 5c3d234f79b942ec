#include "storage/evidence/vault.h"

#include <cstring>
#include <string_view>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sodium.h>
#include <sys/stat.h>

#include "storage/sqlite/sqlite_error.h"

namespace tidewaiter {
namespace {

using Wrapping = std::optional<WrappingKey>;

constexpr mode_t kOwnerOnly = 0600;
constexpr std::string_view kSchema[] = {
    R"(CREATE TABLE subject_key(
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL UNIQUE,
  key BLOB NOT NULL CHECK(length(key) IN (32, 72))
) STRICT)",
    R"(CREATE TABLE wrapping(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  key_id TEXT NOT NULL
) STRICT)",
};

constexpr const char* kSelect = "SELECT key FROM subject_key WHERE subject = ?";
constexpr const char* kInsert = "INSERT INTO subject_key(subject, key) VALUES (?, ?)";

/// Rolls back what an error found; says it as SQLite's own would be.
SQLite::Exception unsound(const std::string& message) { return {message, 11 /* SQLITE_CORRUPT */}; }

/// A key as its row has it. The schema's CHECK holds only for a sound file.
SubjectKey read_key(std::string_view stored, std::string_view subject, const Wrapping& wrapping) {
  if (wrapping) {
    const Result<SubjectKey> key = wrapping->unwrap(stored, subject);
    if (!key) throw unsound(key.error().message);
    return *key;
  }
  SubjectKey key{};
  if (stored.size() != key.size()) throw unsound("a subject's key has not 32 bytes");
  std::memcpy(key.data(), stored.data(), key.size());
  return key;
}

std::string stored_form(const SubjectKey& key, std::string_view subject, const Wrapping& wrapping) {
  if (wrapping) return wrapping->wrap(key, subject);
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

void bind_blob(SQLite::Statement& statement, int place, std::string_view bytes) {
  statement.bind(place, bytes.data(), static_cast<int>(bytes.size()));
}

std::optional<SubjectKey> select_key(SQLite::Statement& select, const std::string& subject,
                                     const Wrapping& wrapping) {
  select.reset();
  select.bindNoCopy(1, subject);
  if (!select.executeStep()) return std::nullopt;
  return read_key(select.getColumn(0).getString(), subject, wrapping);
}

SubjectKey insert_key(SQLite::Statement& insert, const std::string& subject,
                      const Wrapping& wrapping) {
  SubjectKey key{};
  randombytes_buf(key.data(), key.size());
  insert.reset();
  insert.bindNoCopy(1, subject);
  bind_blob(insert, 2, stored_form(key, subject, wrapping));
  insert.exec();
  return key;
}

/// The table of schema 1 has another CHECK, and is the only one there.
void upgrade_schema(SQLite::Database& database) {
  const auto version = [&] { return database.execAndGet("PRAGMA user_version").getInt(); };
  if (version() == kVaultIdentity.version) return;
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  if (version() == kVaultIdentity.version) return;  // another process was faster
  database.exec("ALTER TABLE subject_key RENAME TO subject_key_1");
  for (const std::string_view statement : kSchema) database.exec(std::string(statement));
  database.exec("INSERT INTO subject_key SELECT id, subject, key FROM subject_key_1");
  database.exec("DROP TABLE subject_key_1");
  database.exec("PRAGMA user_version = " + std::to_string(kVaultIdentity.version));
  transaction.commit();
}

/// Opens what only its owner may read; for writing, in the schema of today.
Result<std::unique_ptr<SQLite::Database>> open_owned(const std::filesystem::path& path,
                                                     SqliteAccess access) {
  if (sodium_init() < 0) return fail(ErrorCode::kUnavailable, "cannot start libsodium");
  auto database = open_sqlite_file(path, access, kVaultIdentity, SqliteJournal::kRollback);
  if (!database) return database;
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0 || (about.st_mode & 0077U) != 0) {
    return fail(ErrorCode::kRefused,
                "the vault `" + path.string() + "` may be read by others; expected mode 0600");
  }
  try {
    if (access == SqliteAccess::kReadWrite) upgrade_schema(**database);
    return database;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "open the vault of subject keys"));
  }
}

void note_wrapping(SQLite::Database& database, const Wrapping& wrapping) {
  database.exec("DELETE FROM wrapping");
  if (!wrapping) return;
  SQLite::Statement insert(database, "INSERT INTO wrapping VALUES (1, ?)");
  insert.bind(1, wrapping->id());
  insert.exec();
}

/// Nothing where keys lie plain, as all do in schema 1.
std::optional<std::string> noted_wrapping(SQLite::Database& database) {
  if (database.execAndGet("PRAGMA user_version").getInt() == 1) return std::nullopt;
  SQLite::Statement select(database, "SELECT key_id FROM wrapping");
  if (!select.executeStep()) return std::nullopt;
  return select.getColumn(0).getString();
}

Result<void> check_wrapping(SQLite::Database& database, const std::filesystem::path& path,
                            const Wrapping& given) {
  const std::optional<std::string> noted = noted_wrapping(database);
  const std::string name = "the vault `" + path.string() + "`";
  if (noted && !given) {
    return fail(ErrorCode::kRefused, name + " is wrapped by key " + *noted +
                                         ": name that key's file as `ledger.vault_key`");
  }
  if (!noted && given) {
    return fail(ErrorCode::kRefused,
                name +
                    " is not wrapped, though `ledger.vault_key` names a key: `tidewaiter ledger "
                    "rotate-key` wraps it");
  }
  if (noted && *noted != given->id()) {
    return fail(ErrorCode::kRefused, name + " is wrapped by key " + *noted +
                                         ", and `ledger.vault_key` names key " + given->id() +
                                         ": `tidewaiter ledger rotate-key --from FILE` rotates");
  }
  return {};
}

}  // namespace

Vault::Vault(std::unique_ptr<SQLite::Database> database, std::optional<WrappingKey> wrapping)
    : database_(std::move(database)), wrapping_(std::move(wrapping)) {}
Vault::Vault(Vault&&) noexcept = default;
Vault& Vault::operator=(Vault&&) noexcept = default;
Vault::~Vault() = default;

Result<void> Vault::create(const std::filesystem::path& path,
                           const std::filesystem::path& wrapping) {
  const Result<Wrapping> key = wrapping_key_at(wrapping);
  if (!key) return tl::unexpected(key.error());
  std::vector<std::string> statements(std::begin(kSchema), std::end(kSchema));
  if (*key) statements.push_back("INSERT INTO wrapping VALUES (1, '" + (*key)->id() + "')");
  const std::vector<std::string_view> schema(statements.begin(), statements.end());
  return create_sqlite_file(path, kOwnerOnly, kVaultIdentity, SqliteJournal::kRollback, schema);
}

Result<Vault> Vault::open(const std::filesystem::path& path,
                          const std::filesystem::path& wrapping) {
  return open_as(path, wrapping, SqliteAccess::kReadWrite);
}

Result<Vault> Vault::open_read_only(const std::filesystem::path& path,
                                    const std::filesystem::path& wrapping) {
  return open_as(path, wrapping, SqliteAccess::kReadOnly);
}

Result<Vault> Vault::open_as(const std::filesystem::path& path,
                             const std::filesystem::path& wrapping, SqliteAccess access) {
  auto database = open_owned(path, access);
  if (!database) return tl::unexpected(database.error());
  Result<Wrapping> key = wrapping_key_at(wrapping);
  if (!key) return tl::unexpected(key.error());
  try {
    if (auto fits = check_wrapping(**database, path, *key); !fits) {
      return tl::unexpected(fits.error());
    }
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "open the vault of subject keys"));
  }
  return Vault(std::move(*database), std::move(*key));
}

Result<std::vector<SubjectKey>> Vault::keys_for(std::span<const std::string> subjects,
                                                const NewKeyRule& may_make) {
  std::vector<std::optional<SubjectKey>> found;
  found.reserve(subjects.size());
  try {
    bool all = true;
    {
      SQLite::Transaction reading(*database_);
      SQLite::Statement select(*database_, kSelect);
      for (const std::string& subject : subjects) {
        found.push_back(select_key(select, subject, wrapping_));
        all = all && found.back().has_value();
      }
    }
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      if (found[i]) continue;
      if (auto may = may_make(subjects[i]); !may) return tl::unexpected(may.error());
    }
    if (!all) {
      // A subject may be named twice: it is looked up again before a key is made.
      SQLite::Transaction writing(*database_, SQLite::TransactionBehavior::IMMEDIATE);
      SQLite::Statement select(*database_, kSelect);
      SQLite::Statement insert(*database_, kInsert);
      for (std::size_t i = 0; i < subjects.size(); ++i) {
        if (!found[i]) found[i] = select_key(select, subjects[i], wrapping_);
        if (!found[i]) found[i] = insert_key(insert, subjects[i], wrapping_);
        select.reset();
      }
      writing.commit();
    }
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "use the vault of subject keys"));
  }
  std::vector<SubjectKey> keys;
  keys.reserve(found.size());
  for (const auto& key : found) keys.push_back(*key);
  return keys;
}

Result<std::optional<SubjectKey>> Vault::find(const std::string& subject) const {
  try {
    SQLite::Statement select(*database_, kSelect);
    return select_key(select, subject, wrapping_);
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the vault of subject keys"));
  }
}

Result<std::optional<std::string>> Vault::wrapped_by(const std::filesystem::path& path,
                                                     SqliteAccess access) {
  const auto database = open_owned(path, access);
  if (!database) return tl::unexpected(database.error());
  try {
    return noted_wrapping(**database);
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "open the vault of subject keys"));
  }
}

Result<std::int64_t> Vault::rewrap(std::optional<WrappingKey> to) {
  try {
    std::int64_t count = 0;
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement select(*database_, "SELECT id, subject, key FROM subject_key ORDER BY id");
    SQLite::Statement update(*database_, "UPDATE subject_key SET key = ?2 WHERE id = ?1");
    for (; select.executeStep(); ++count) {
      const std::string subject = select.getColumn(1).getString();
      const SubjectKey key = read_key(select.getColumn(2).getString(), subject, wrapping_);
      update.reset();
      update.bind(1, select.getColumn(0).getInt64());
      bind_blob(update, 2, stored_form(key, subject, to));
      update.exec();
    }
    select.reset();
    note_wrapping(*database_, to);
    transaction.commit();
    wrapping_ = std::move(to);
    return count;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "wrap the vault's keys anew"));
  }
}

Result<std::int64_t> Vault::destroy(const std::function<bool(const std::string& subject)>& chosen) {
  try {
    std::vector<std::int64_t> ids;
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement select(*database_, "SELECT id, subject FROM subject_key ORDER BY id");
    while (select.executeStep()) {
      if (chosen(select.getColumn(1).getString())) ids.push_back(select.getColumn(0).getInt64());
    }
    select.reset();
    SQLite::Statement remove(*database_, "DELETE FROM subject_key WHERE id = ?1");
    for (const std::int64_t id : ids) {
      remove.reset();
      remove.bind(1, id);
      remove.exec();
    }
    transaction.commit();
    return static_cast<std::int64_t>(ids.size());
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "destroy keys of the vault"));
  }
}

Result<std::int64_t> Vault::take_over(const Vault& former) {
  try {
    std::int64_t count = 0;
    SQLite::Statement select(*former.database_, "SELECT subject, key FROM subject_key ORDER BY id");
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement insert(*database_, std::string(kInsert) + " ON CONFLICT(subject) DO NOTHING");
    while (select.executeStep()) {
      const std::string subject = select.getColumn(0).getString();
      if (subject.starts_with(kExhibitKeyPrefix)) continue;
      const SubjectKey key = read_key(select.getColumn(1).getString(), subject, former.wrapping_);
      insert.reset();
      insert.bind(1, subject);
      bind_blob(insert, 2, stored_form(key, subject, wrapping_));
      count += insert.exec();
    }
    transaction.commit();
    return count;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "take the keys of another vault over"));
  }
}

}  // namespace tidewaiter
