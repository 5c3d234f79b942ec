#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// The same statements for each of the databases that keep a ledger.
struct OwnersSql {
  std::string sqlite;
  std::string postgres;
};

/// Where a test's ledger has its tables. The tests of the ledger are compiled once and linked with
/// each backend in turn.
class LedgerBackend {
 public:
  virtual ~LedgerBackend() = default;

  /// Where a new ledger of its own goes, its files into `folder`.
  [[nodiscard]] virtual LedgerPaths new_place(const std::filesystem::path& folder) = 0;

  /// The tables of `from`, as they are on disk, become those of `to`, whatever was there. Nobody
  /// has either open.
  virtual void copy_tables(const LedgerPaths& from, const LedgerPaths& to) = 0;

  /// Runs SQL as whoever owns the tables and may do all with them; gives the error's text, or
  /// nothing.
  virtual std::string run_as_owner(const LedgerPaths& paths, const OwnersSql& sql) = 0;
};

/// The backend that the test program is linked with; null if what it needs is not installed.
[[nodiscard]] std::unique_ptr<LedgerBackend> make_ledger_backend();

}  // namespace tidewaiter
