#include "storage/postgres/ledger_database.h"

#include <chrono>
#include <optional>
#include <utility>

#include "storage/postgres/ledger_schema.h"
#include "storage/postgres/postgres_store.h"
#include "storage/postgres/sequencer_lock.h"
#include "storage/postgres/table_copy.h"

namespace tidewaiter {
namespace {

constexpr const char* kVersion =
    "SELECT version, CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END "
    "FROM tidewaiter.schema_version";
constexpr const char* kHasLedger = "SELECT count(*) FROM tidewaiter.ledger";
/// Below what a service manager waits for a sign of life, with the time of a new connection, so
/// that a database that stands still is an error before it is the daemon's end.
constexpr std::chrono::seconds kStatementWithin{25};

/// Rights that go beyond what ledger_schema_sql() grants, of one column or of a whole table.
constexpr const char* kMayChange =
    "SELECT (SELECT count(*) FROM (VALUES ('schema_version'), ('ledger'), ('entry'), "
    "('checkpoint'), ('step'), ('disclosure')) AS log(name) "
    "WHERE has_any_column_privilege('tidewaiter.' || name, 'UPDATE')) "
    "+ (SELECT count(*) FROM (VALUES ('schema_version'), ('ledger'), ('entry'), ('checkpoint'), "
    "('step'), ('disclosure'), ('finding'), ('position'), ('coverage'), ('outbox')) AS every(name) "
    "WHERE has_table_privilege('tidewaiter.' || name, 'DELETE, TRUNCATE, TRIGGER')) "
    "+ (SELECT count(*) FROM (VALUES ('id'), ('channel'), ('body'), ('queued')) AS message(name) "
    "WHERE has_column_privilege('tidewaiter.outbox', name, 'UPDATE'))";

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
        [self = *this, last = std::make_shared<LastSession>()](Ledger::Mode as) {
          return as == Ledger::Mode::kReadWrite ? self.connect_writer(*last) : self.connect();
        },
        mode);
  }

  Result<bool> is_led() const override {
    const auto connection = reach();
    if (!connection) return tl::unexpected(connection.error());
    const auto holder = sequencer(**connection);
    if (!holder) return named(holder.error());
    return holder->has_value();
  }

  Result<void> copy_to(const std::filesystem::path& file,
                       const std::function<Result<void>()>& at_moment) const override {
    const auto connection = connect();
    if (!connection) return tl::unexpected(connection.error());
    if (auto copied = copy_tables_to_file(**connection, file, at_moment); !copied) {
      return named(copied.error());
    }
    return {};
  }

 private:
  using Connected = Result<std::unique_ptr<PostgresConnection>>;
  /// By which one store was the sequencer last: shared by the copies of its way to connect.
  using LastSession = std::optional<ServerSession>;

  tl::unexpected<Error> named(Error error) const {
    error.message += "; the ledger is at `" + name() + "`";
    return tl::unexpected(std::move(error));
  }

  /// A connection to tables of a version that is known, with the short bounds of connecting.
  Connected reach() const {
    auto connection = PostgresConnection::open(place_);
    if (!connection) return named(connection.error());
    const auto rows = (*connection)->ask(kVersion, {}, "look for the ledger's tables");
    if (!rows) return named(rows.error());
    const std::int64_t version = rows->count() == 1 ? rows->number(0, 0) : 0;
    if (version != kLedgerSchemaVersion) {
      return named({ErrorCode::kRefused, "the ledger's tables have schema version " +
                                             std::to_string(version) + ", this program knows " +
                                             std::to_string(kLedgerSchemaVersion) +
                                             ": use the version that made them, or a newer one"});
    }
    // What it lacks yet would look like a ledger that was cut, or written by nobody.
    if (rows->number(0, 1) == 0) return connection;
    return named({ErrorCode::kUnavailable,
                  "the database is a standby, which may lag behind and takes no writes: name the "
                  "primary, or promote it"});
  }

  Connected connect() const {
    auto connection = reach();
    if (!connection) return connection;
    if (auto bound = (*connection)->give(kStatementWithin); !bound) return named(bound.error());
    return connection;
  }

  tl::unexpected<Error> not_taken(PostgresConnection& connection, const LastSession& last) const {
    const auto holder = sequencer(connection);
    if (!holder) return named(holder.error());
    if (!*holder) {
      return named({ErrorCode::kUnavailable, "who wrote the ledger has just let go of it"});
    }
    if (*holder == last) {
      return named({ErrorCode::kUnavailable,
                    "the database still serves the connection that this process has lost: it lets "
                    "go of the ledger when it misses the keep-alives"});
    }
    return named({ErrorCode::kRefused,
                  "another process writes the ledger, and only one may: stop it, or have "
                  "tidewaiterd wait for it"});
  }

  Connected connect_writer(LastSession& last) const {
    auto connection = connect();
    if (!connection) return connection;
    const auto more = (*connection)->ask(kMayChange, {}, "ask what the role may do");
    if (!more) return named(more.error());
    if (more->number(0, 0) > 0) {
      return named({ErrorCode::kRefused, "the role `" + place_.url.role +
                                             "` may change or delete rows that have to stay as "
                                             "they are: give the daemon a role that owns no "
                                             "table, with what `tidewaiter ledger schema` grants"});
    }
    const auto taken = try_sequencer_lock(**connection);
    if (!taken) return named(taken.error());
    if (!*taken) return not_taken(**connection, last);
    const auto own = sequencer(**connection);
    if (!own) return named(own.error());
    last = *own;
    return connection;
  }

  PostgresPlace place_;
};

}  // namespace

std::shared_ptr<const LedgerServer> make_ledger_database(PostgresPlace place) {
  return std::make_shared<LedgerDatabase>(std::move(place));
}

}  // namespace tidewaiter
