#pragma once

#include <filesystem>

#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// A ledger's tables in a file, for what reads a file alone (verifier, fsck, backup): the file that
/// they are, or a private copy of a server's, which goes with the object. Moves, never copies.
class LedgerInFile {
 public:
  /// Errors: those of LedgerServer::copy_to(); kUnavailable if no folder can be made for it.
  [[nodiscard]] static Result<LedgerInFile> of(const LedgerPaths& paths);

  LedgerInFile(LedgerInFile&& other) noexcept;
  LedgerInFile& operator=(LedgerInFile&&) = delete;
  LedgerInFile(const LedgerInFile&) = delete;
  LedgerInFile& operator=(const LedgerInFile&) = delete;
  ~LedgerInFile();

  /// Where the parts lie: no server, `database` is the file.
  [[nodiscard]] const LedgerPaths& paths() const { return paths_; }

 private:
  explicit LedgerInFile(LedgerPaths paths) : paths_(std::move(paths)) {}
  LedgerPaths paths_;
  std::filesystem::path folder_;  ///< of the copy; empty: there is none
};

}  // namespace tidewaiter
