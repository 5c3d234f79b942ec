#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "policies/model/error.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// The exhibits in a backup. One that is lost or changed where it lies is copied as it is, or is
/// not, and named: the rest of a state is not without a backup for its sake. One thread at a time.
class ExhibitCopy {
 public:
  /// `from`: folder of exhibits that are kept; empty, or not there: there are none.
  ExhibitCopy(std::filesystem::path from, std::filesystem::path to)
      : from_(std::move(from)), to_(std::move(to)) {}

  /// To be called before the ledger is copied. Errors: kUnavailable.
  [[nodiscard]] Result<void> begin();
  /// Errors: those of writing; what cannot be read where it lies is left out.
  [[nodiscard]] Result<void> copy() const;
  /// Holds the copies against where they are from, and against the entries of the `ledger` in the
  /// copy; `with_keys`: the keys in its vault, too. Gives what of the exhibits is not as the
  /// entries say, a sentence each. Errors: kCorruption for a copy that is not what was copied;
  /// kUnavailable where an erasure came between, so that this cannot be told.
  [[nodiscard]] Result<std::vector<std::string>> gaps(const LedgerPaths& ledger,
                                                      bool with_keys) const;

 private:
  [[nodiscard]] Result<void> compare() const;
  std::filesystem::path from_;
  std::filesystem::path to_;
  std::map<std::string, std::string> erased_before_;  ///< as PayloadFolder::erased()
};

}  // namespace tidewaiter
