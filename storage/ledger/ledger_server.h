#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "storage/ledger/ledger_store.h"

namespace tidewaiter {

/// A database server that keeps a ledger's tables in the place of the file ledger.db. Key, lock
/// store and vault stay files. Opens nothing by itself; any thread may use one object.
class LedgerServer {
 public:
  virtual ~LedgerServer() = default;

  /// For messages: where it is and by which role, no secret.
  [[nodiscard]] virtual std::string name() const = 0;

  /// Whether there is a ledger, or only its empty tables.
  /// Errors: kRefused without tables, saying how they are made, or with those of a newer version;
  /// kUnavailable without a way there, or where it leads to a standby.
  [[nodiscard]] virtual Result<bool> has_ledger() const = 0;

  /// Opens the tables. kReadWrite makes this connection the sequencer, as long as it lasts; no
  /// other one writes meanwhile. Errors: those of has_ledger(); kRefused while another one is it.
  [[nodiscard]] virtual Result<std::unique_ptr<LedgerStore>> open(Ledger::Mode mode) const = 0;

  /// Whether another connection is the sequencer now. Errors: those of has_ledger().
  [[nodiscard]] virtual Result<bool> is_led() const = 0;

  /// Writes a new ledger.db at `file` with the rows that the tables have at one moment, as far as
  /// that one's columns can hold them (storage/postgres/table_copy.h). Calls `at_moment` when the
  /// moment is there and no row was read yet; its error ends the copy.
  /// Errors: kRefused if `file` is there; those of has_ledger().
  [[nodiscard]] virtual Result<void> copy_to(
      const std::filesystem::path& file, const std::function<Result<void>()>& at_moment) const = 0;
};

/// The tables of a ledger, on its server or in its file.
[[nodiscard]] Result<std::unique_ptr<LedgerStore>> open_store(const LedgerPaths& paths,
                                                              Ledger::Mode mode);

}  // namespace tidewaiter
