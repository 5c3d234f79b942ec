#pragma once

#include <filesystem>
#include <utility>

#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// A ledger's tables in a file, for what reads a file alone (verifier, fsck, backup): the file that
/// they are, or a private copy of a server's, which goes with the object. A process that is ended
/// before leaves it in the folder for temporary files, where the next one of the same user that
/// makes a copy removes it. Moves, never copies.
class LedgerInFile {
 public:
  /// With a server's tables the lock store is copied, too, as it was at the same moment: the tables
  /// of then and a head that was signed since would look like a tail that was cut. What else rests
  /// on the ledger, such as tokens, is to be read before.
  /// Errors: those of LedgerServer::copy_to(); kUnavailable if no folder can be made for it.
  [[nodiscard]] static Result<LedgerInFile> of(const LedgerPaths& paths);

  LedgerInFile(LedgerInFile&& other) noexcept;
  LedgerInFile& operator=(LedgerInFile&&) = delete;
  LedgerInFile(const LedgerInFile&) = delete;
  LedgerInFile& operator=(const LedgerInFile&) = delete;
  ~LedgerInFile();

  /// Where the parts lie: no server, `database` is the file, and `lock` the lock store of its
  /// moment, or the place where none could be read.
  [[nodiscard]] const LedgerPaths& paths() const { return paths_; }

 private:
  explicit LedgerInFile(LedgerPaths paths) : paths_(std::move(paths)) {}
  [[nodiscard]] Result<void> make_folder();
  [[nodiscard]] Result<void> copy_from(const LedgerPaths& paths);

  LedgerPaths paths_;
  std::filesystem::path folder_;  ///< of the copy; empty: there is none
  int fd_ = -1;                   ///< of `folder_`, locked: it is in use
};

}  // namespace tidewaiter
