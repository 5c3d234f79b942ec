#include "storage/postgres/ledger_database.h"

#include <utility>

#include "storage/postgres/ledger_schema.h"
#include "storage/postgres/postgres_store.h"
#include "storage/postgres/table_copy.h"

namespace tidewaiter {
namespace {

/// "TWLG": advisory locks are numbers, one space to a database.
constexpr std::int64_t kSequencerLock = 0x54574C47;

constexpr const char* kVersion = "SELECT version FROM tidewaiter.schema_version";
constexpr const char* kHasLedger = "SELECT count(*) FROM tidewaiter.ledger";
constexpr const char* kTakeLock = "SELECT CASE WHEN pg_try_advisory_lock($1) THEN 1 ELSE 0 END";
constexpr const char* kIsLed =
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND classid = ($1 >> 32)::oid AND objid = ($1 & 4294967295)::oid "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
constexpr const char* kMayChange =
    "SELECT count(*) FROM (VALUES ('ledger'), ('entry'), ('checkpoint'), ('step'), "
    "('disclosure')) AS log(name) "
    "WHERE has_table_privilege('tidewaiter.' || name, 'UPDATE, DELETE, TRUNCATE')";

class LedgerDatabase final : public LedgerServer {
 public:
  explicit LedgerDatabase(PostgresPlace place) : place_(std::move(place)) {}

  std::string name() const override {
    const auto option = [this](const char* key) {
      const auto found = place_.url.options.find(key);
      return found == place_.url.options.end() ? std::string() : found->second;
    };
    const std::string port = option("port");
    return "postgresql://" + place_.url.role + "@" + option("host") +
           (port.empty() ? "" : ":" + port) + "/" + option("dbname");
  }

  Result<bool> has_ledger() const override {
    const auto connection = connect();
    if (!connection) return tl::unexpected(connection.error());
    const auto rows = (*connection)->ask(kHasLedger, {}, "look for the ledger");
    if (!rows) return named(rows.error());
    return rows->number(0, 0) > 0;
  }

  Result<std::unique_ptr<LedgerStore>> open(Ledger::Mode mode) const override {
    return open_postgres_store(
        [self = *this](Ledger::Mode as) {
          return as == Ledger::Mode::kReadWrite ? self.connect_writer() : self.connect();
        },
        mode);
  }

  Result<bool> is_led() const override {
    const auto connection = connect();
    if (!connection) return tl::unexpected(connection.error());
    const SqlValue lock = SqlValue::number(kSequencerLock);
    const auto rows = (*connection)->ask(kIsLed, std::span(&lock, 1), "ask who writes the ledger");
    if (!rows) return named(rows.error());
    return rows->number(0, 0) > 0;
  }

  Result<void> copy_to(const std::filesystem::path& file) const override {
    const auto connection = connect();
    if (!connection) return tl::unexpected(connection.error());
    if (auto copied = copy_tables_to_file(**connection, file); !copied) {
      return named(copied.error());
    }
    return {};
  }

 private:
  using Connected = Result<std::unique_ptr<PostgresConnection>>;

  tl::unexpected<Error> named(Error error) const {
    error.message += "; the ledger is at `" + name() + "`";
    return tl::unexpected(std::move(error));
  }

  /// A connection to tables of a version that is known.
  Connected connect() const {
    auto connection = PostgresConnection::open(place_);
    if (!connection) return named(connection.error());
    const auto rows = (*connection)->ask(kVersion, {}, "look for the ledger's tables");
    if (!rows) return named(rows.error());
    const std::int64_t version = rows->count() == 1 ? rows->number(0, 0) : 0;
    if (version == kLedgerSchemaVersion) return connection;
    return named({ErrorCode::kRefused, "the ledger's tables have schema version " +
                                           std::to_string(version) + ", this program knows " +
                                           std::to_string(kLedgerSchemaVersion) +
                                           ": use the version that made them, or a newer one"});
  }

  Connected connect_writer() const {
    auto connection = connect();
    if (!connection) return connection;
    const auto more = (*connection)->ask(kMayChange, {}, "ask what the role may do");
    if (!more) return named(more.error());
    if (more->number(0, 0) > 0) {
      return named({ErrorCode::kRefused,
                    "the role `" + place_.url.role +
                        "` may change and delete entries: give the daemon a role that owns no "
                        "table, with what `tidewaiter ledger schema` grants"});
    }
    const SqlValue lock = SqlValue::number(kSequencerLock);
    const auto taken =
        (*connection)->ask(kTakeLock, std::span(&lock, 1), "become the ledger's sequencer");
    if (!taken) return named(taken.error());
    if (taken->number(0, 0) == 1) return connection;
    return named({ErrorCode::kRefused,
                  "another process writes the ledger, and only one may: stop it, or have "
                  "tidewaiterd wait for it"});
  }

  PostgresPlace place_;
};

}  // namespace

std::shared_ptr<const LedgerServer> make_ledger_database(PostgresPlace place) {
  return std::make_shared<LedgerDatabase>(std::move(place));
}

}  // namespace tidewaiter
