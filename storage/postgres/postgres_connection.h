#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "storage/postgres/database_url.h"
#include "storage/postgres/sql_value.h"

namespace tidewaiter {

/// Hands a role's password to `use`, which keeps nothing of it; hands nothing to it where the role
/// is known by its socket or certificate.
using PasswordReader =
    std::function<Result<void>(const std::function<void(std::string_view password)>& use)>;

/// Where a database is, and how one is let in. Copies; holds no secret.
struct PostgresPlace {
  DatabaseUrl url;
  PasswordReader password;
};

/// A statement that changes rows. `if_none`: what is wrong if it changes none; empty: nothing is.
/// `text` has to live as long as the connection, which prepares it once.
struct SqlChange {
  const char* text = nullptr;
  std::vector<SqlValue> values;
  std::string if_none = {};
};

/// One connection to a PostgreSQL, with synchronous_commit=on and bounds to what is waited for: a
/// connection 10 s, after its host was looked up, a statement 5 s or what give() says, a lock 10 s;
/// a peer that is gone shows after about 10 s. The client waits for an answer 5 s longer than the
/// database for a statement, and then gives the connection up.
///
/// What the database says of itself comes as its code (SQLSTATE) alone, for its words may quote
/// data. Errors: kUnavailable (no way there, a time-out, a full disk: another try may do), kRefused
/// (who the role is, what it may do, a constraint, missing tables), kCorruption (all else).
/// One thread at a time.
class PostgresConnection {
 public:
  [[nodiscard]] static Result<std::unique_ptr<PostgresConnection>> open(const PostgresPlace& place);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  /// From now on a statement may take so long at the database.
  [[nodiscard]] Result<void> give(std::chrono::seconds statement);
  /// Statements without values, the results of which do not matter. `doing` is for messages: "read
  /// the ledger's tree".
  [[nodiscard]] Result<void> run(const char* text, std::string_view doing);
  /// One statement, prepared at its first use; `text` has to live as long as the connection.
  [[nodiscard]] Result<SqlRows> ask(const char* text, std::span<const SqlValue> values,
                                    std::string_view doing);
  /// Changes in order, many to a round trip; the first that fails ends them with its error. Belongs
  /// into a transaction.
  [[nodiscard]] Result<void> change(std::span<const SqlChange> changes, std::string_view doing);
  /// Ends a transaction. The database waits for a synchronous standby for as long as it takes, and
  /// the client for a statement's answer. Errors: also kUnavailable if it was not committed, or
  /// nobody can say.
  [[nodiscard]] Result<void> commit(std::string_view doing);

  /// Whether it can be asked again. A connection that was lost stays lost.
  [[nodiscard]] bool is_alive() const;

 private:
  class Impl;
  explicit PostgresConnection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tidewaiter
