#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "postgres_server.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// A PostgreSQL of this program's own with databases for ledgers in it, each with the tables that
/// ledger_schema_sql() makes and the role `tidewaiter`, who may do what it grants.
class LedgerSite {
 public:
  static constexpr const char* kRole = "tidewaiter";
  static constexpr const char* kPassword = "canary-k3y-0043";

  /// The one of this program; null if PostgreSQL is not installed.
  static LedgerSite* instance();

  /// A new database with empty tables: its name.
  std::string new_database();
  /// Replaces database `to` by a copy of `from`. Ends all connections to either.
  void copy_database(const std::string& from, const std::string& to);

  [[nodiscard]] std::shared_ptr<const LedgerServer> server_for(const std::string& database);
  /// The database that server_for() was asked for.
  [[nodiscard]] std::string database_of(const LedgerPaths& paths) const {
    return names_.at(paths.server.get());
  }
  [[nodiscard]] std::string url_of(const std::string& database,
                                   const std::string& role = kRole) const;
  [[nodiscard]] Sql owner_of(const std::string& database) const {
    return {server_.host(), "owner", PostgresServer::kOwnerPassword, database};
  }
  [[nodiscard]] PostgresServer& server() { return server_; }

 private:
  explicit LedgerSite(const std::filesystem::path& programs);
  PostgresServer server_;
  int made_ = 0;
  std::map<const LedgerServer*, std::string> names_;
};

}  // namespace tidewaiter
