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

constexpr mode_t kOwnerOnly = 0600;
constexpr std::string_view kSchema[] = {
    R"(CREATE TABLE subject_key(
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL UNIQUE,
  key BLOB NOT NULL CHECK(length(key) = 32)
) STRICT)",
};

/// Takes the key out of column 0. The schema's CHECK holds only for a sound file.
SubjectKey read_key(SQLite::Statement& row) {
  const SQLite::Column column = row.getColumn(0);
  SubjectKey key{};
  if (column.getBytes() != static_cast<int>(key.size())) {
    throw SQLite::Exception("a subject's key has not 32 bytes", 11 /* SQLITE_CORRUPT */);
  }
  std::memcpy(key.data(), column.getBlob(), key.size());
  return key;
}

std::optional<SubjectKey> select_key(SQLite::Statement& select, const std::string& subject) {
  select.reset();
  select.bindNoCopy(1, subject);
  if (!select.executeStep()) return std::nullopt;
  return read_key(select);
}

SubjectKey insert_key(SQLite::Statement& insert, const std::string& subject) {
  SubjectKey key{};
  randombytes_buf(key.data(), key.size());
  insert.reset();
  insert.bindNoCopy(1, subject);
  insert.bind(2, key.data(), static_cast<int>(key.size()));
  insert.exec();
  return key;
}

constexpr const char* kSelect = "SELECT key FROM subject_key WHERE subject = ?";
constexpr const char* kInsert = "INSERT INTO subject_key(subject, key) VALUES (?, ?)";

}  // namespace

Vault::Vault(std::unique_ptr<SQLite::Database> database) : database_(std::move(database)) {}
Vault::Vault(Vault&&) noexcept = default;
Vault& Vault::operator=(Vault&&) noexcept = default;
Vault::~Vault() = default;

Result<void> Vault::create(const std::filesystem::path& path) {
  return create_sqlite_file(path, kOwnerOnly, kVaultIdentity, SqliteJournal::kRollback, kSchema);
}

Result<Vault> Vault::open(const std::filesystem::path& path) {
  if (sodium_init() < 0) return fail(ErrorCode::kUnavailable, "cannot start libsodium");
  auto database =
      open_sqlite_file(path, SqliteAccess::kReadWrite, kVaultIdentity, SqliteJournal::kRollback);
  if (!database) return tl::unexpected(database.error());
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0 || (about.st_mode & 0077U) != 0) {
    return fail(ErrorCode::kRefused,
                "the vault `" + path.string() + "` may be read by others; expected mode 0600");
  }
  return Vault(std::move(*database));
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
        found.push_back(select_key(select, subject));
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
        if (!found[i]) found[i] = select_key(select, subjects[i]);
        if (!found[i]) found[i] = insert_key(insert, subjects[i]);
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
    return select_key(select, subject);
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the vault of subject keys"));
  }
}

}  // namespace tidewaiter
