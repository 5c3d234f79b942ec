#include "storage/witness/witness_store.h"

#include <cstring>
#include <system_error>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/files/durable_file.h"
#include "storage/ledger/key_file.h"
#include "storage/ledger/merkle.h"
#include "storage/sqlite/digest_column.h"
#include "storage/sqlite/sqlite_error.h"
#include "storage/sqlite/sqlite_file.h"

namespace tidewaiter {

namespace {

constexpr SqliteIdentity kWitnessIdentity{0x54575753, 1, "witness"};  // "TWWS"
constexpr mode_t kDatabaseMode = 0640;
constexpr mode_t kAnyoneReads = 0444;
constexpr std::size_t kMostKeyText = 4096;

constexpr std::string_view kWitnessSchema[] = {
    R"(CREATE TABLE log(
  origin TEXT PRIMARY KEY,
  vkey TEXT NOT NULL,
  size INTEGER NOT NULL CHECK(size >= 0),
  root BLOB NOT NULL CHECK(length(root) = 32),
  note TEXT NOT NULL
) STRICT, WITHOUT ROWID)",
};

struct WitnessFiles {
  std::filesystem::path key;
  std::filesystem::path verifier_key;
  std::filesystem::path database;
};

WitnessFiles files_in(const std::filesystem::path& folder) {
  return {folder / "witness.key", folder / "witness.vkey", folder / "witness.db"};
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code failure;
  const bool made = std::filesystem::create_directories(folder, failure);
  if (!failure && made) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failure);
  }
  if (failure) {
    return fail(ErrorCode::kUnavailable,
                "cannot make the folder `" + folder.string() + "`: " + failure.message());
  }
  return {};
}

/// The key in the file, or a new one that is in the file from now on.
Result<SigningKey> key_in(const std::filesystem::path& file) {
  Result<SigningKey> known = read_key_file(file);
  if (known || known.error().code != ErrorCode::kNotFound) return known;
  Result<SigningKey> made = SigningKey::generate();
  if (!made) return made;
  if (auto written = create_key_file(file, *made); !written) return tl::unexpected(written.error());
  return made;
}

Result<WitnessIdentity> read_identity_files(const WitnessFiles& files) {
  Result<SigningKey> key = read_key_file(files.key);
  if (!key) return tl::unexpected(key.error());
  const Result<std::string> text = read_whole_file(files.verifier_key, kMostKeyText);
  if (!text) return tl::unexpected(text.error());
  const Result<WitnessKey> named = parse_witness_key(text->substr(0, text->find('\n')));
  if (!named) return tl::unexpected(named.error());
  if (named->key != key->public_key()) {
    return fail(ErrorCode::kCorruption, "`" + files.verifier_key.string() +
                                            "` is not the verifier key of `" + files.key.string() +
                                            "`: put back the one that belongs to it");
  }
  return WitnessIdentity{named->name, std::move(*key)};
}

constexpr const char* kSelectLogs = "SELECT vkey, size, root, note FROM log";

Result<WitnessedLog> read_log(SQLite::Statement& row) {
  WitnessedLog log;
  Result<VerifierKey> key = parse_verifier_key(row.getColumn(0).getString());
  const SQLite::Column root = row.getColumn(2);
  if (!key || root.getBytes() != static_cast<int>(sizeof(Digest))) {
    return fail(ErrorCode::kCorruption, "a row of the witness's logs cannot be read");
  }
  log.key = std::move(*key);
  log.head.size = row.getColumn(1).getInt64();
  std::memcpy(log.head.root.bytes.data(), root.getBlob(), sizeof(Digest));
  log.note = row.getColumn(3).getString();
  return log;
}

Result<std::optional<WitnessedLog>> select_log(SQLite::Database& database,
                                               const std::string& origin) {
  SQLite::Statement select(database, std::string(kSelectLogs) + " WHERE origin = ?");
  select.bind(1, origin);
  if (!select.executeStep()) return std::nullopt;
  Result<WitnessedLog> log = read_log(select);
  if (!log) return tl::unexpected(log.error());
  return std::move(*log);
}

void store_head(SQLite::Database& database, const WitnessedLog& log) {
  SQLite::Statement update(database,
                           "UPDATE log SET size = ?, root = ?, note = ? WHERE origin = ?");
  update.bind(1, log.head.size);
  bind_digest(update, 2, log.head.root);
  update.bind(3, log.note);
  update.bind(4, log.key.name);
  update.exec();
}

}  // namespace

WitnessStore::WitnessStore(WitnessIdentity identity, std::unique_ptr<SQLite::Database> database)
    : identity_(std::move(identity)), database_(std::move(database)) {}
WitnessStore::WitnessStore(WitnessStore&&) noexcept = default;
WitnessStore& WitnessStore::operator=(WitnessStore&&) noexcept = default;
WitnessStore::~WitnessStore() = default;

Result<WitnessKey> WitnessStore::create(const std::filesystem::path& folder,
                                        const std::string& name) {
  if (!is_key_name(name)) {
    return fail(ErrorCode::kInvalidInput,
                "a witness's name has no white space and no '+', as "
                "`witness.example.org/audit`, got `" +
                    name + "`");
  }
  const WitnessFiles files = files_in(folder);
  const Result<bool> there = is_there(files.database);
  if (!there) return tl::unexpected(there.error());
  if (*there) {
    return fail(ErrorCode::kRefused, "there is a witness in `" + folder.string() +
                                         "` already: name another folder, or use that one");
  }
  if (auto made = make_folder(folder); !made) return tl::unexpected(made.error());
  const Result<SigningKey> key = key_in(files.key);
  if (!key) return tl::unexpected(key.error());
  WitnessKey named{name, key->public_key()};
  if (auto placed = place_file(files.verifier_key, kAnyoneReads, format_witness_key(named) + "\n");
      !placed) {
    return tl::unexpected(placed.error());
  }
  // Last: a folder with a database is a whole witness.
  if (auto made = create_sqlite_file(files.database, kDatabaseMode, kWitnessIdentity,
                                     SqliteJournal::kRollback, kWitnessSchema);
      !made) {
    return tl::unexpected(made.error());
  }
  return named;
}

Result<WitnessStore> WitnessStore::open(const std::filesystem::path& folder) {
  const WitnessFiles files = files_in(folder);
  auto database = open_sqlite_file(files.database, SqliteAccess::kReadWrite, kWitnessIdentity,
                                   SqliteJournal::kRollback);
  if (!database) return tl::unexpected(database.error());
  Result<WitnessIdentity> identity = read_identity_files(files);
  if (!identity) return tl::unexpected(identity.error());
  return WitnessStore(std::move(*identity), std::move(*database));
}

WitnessKey WitnessStore::key() const { return {identity_.name, identity_.key.public_key()}; }

Result<void> WitnessStore::add_log(const VerifierKey& key) {
  try {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    const auto known = select_log(*database_, key.name);
    if (!known) return tl::unexpected(known.error());
    if (*known) {
      if ((*known)->key == key) return {};
      return fail(ErrorCode::kRefused, "another key is known for the origin `" + key.name +
                                           "`: a log with a new key has a new origin");
    }
    SQLite::Statement insert(*database_, "INSERT INTO log VALUES (?, ?, 0, ?, '')");
    insert.bind(1, key.name);
    insert.bind(2, format_verifier_key(key));
    bind_digest(insert, 3, empty_tree_root());
    insert.exec();
    transaction.commit();
    return {};
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "add a log to the witness"));
  }
}

Result<std::optional<WitnessedLog>> WitnessStore::log(const std::string& origin) const {
  try {
    return select_log(*database_, origin);
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the witness's logs"));
  }
}

Result<std::vector<WitnessedLog>> WitnessStore::logs() const {
  try {
    std::vector<WitnessedLog> all;
    SQLite::Statement select(*database_, std::string(kSelectLogs) + " ORDER BY origin");
    while (select.executeStep()) {
      Result<WitnessedLog> log = read_log(select);
      if (!log) return tl::unexpected(log.error());
      all.push_back(std::move(*log));
    }
    return all;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the witness's logs"));
  }
}

Result<WitnessAnswer> WitnessStore::answer(std::string_view body, std::int64_t seconds) {
  const Result<Submission> submission = read_submission(body);
  if (!submission) return refuse_unreadable(submission.error());
  try {
    return answer(*submission, seconds);
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "store the head of a log"));
  }
}

/// SQLite's exceptions pass through.
Result<WitnessAnswer> WitnessStore::answer(const Submission& submission, std::int64_t seconds) {
  SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
  const auto log = select_log(*database_, submission.checkpoint.origin);
  if (!log) return tl::unexpected(log.error());
  Result<WitnessVerdict> verdict =
      judge_submission(submission, *log ? &**log : nullptr, identity_, seconds);
  if (!verdict) return tl::unexpected(verdict.error());
  if (verdict->next) {
    store_head(*database_, *verdict->next);
    transaction.commit();
  }
  return std::move(verdict->answer);
}

}  // namespace tidewaiter
