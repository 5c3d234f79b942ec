#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "policies/model/error.h"
#include "storage/timestamp/timestamp_authorities.h"
#include "storage/timestamp/timestamp_folder.h"
#include "storage/verify/head_check.h"
#include "storage/verify/problem_list.h"
#include "storage/verify/verify.h"

namespace tidewaiter {

/// Checks the tokens beside a ledger (docs/ledger-format.md §11): each is about a head of this log
/// whose root the entries give, and holds under somebody's authorities.
class TimestampCheck {
 public:
  /// Reads the folder now: a daemon that goes on stores a head before its token, so that no token
  /// is newer than entries which are read later. `authorities`, which outlives this, are those from
  /// outside; null: whose signatures the tokens carry is not judged.
  TimestampCheck(const std::filesystem::path& folder, const TimestampAuthorities* authorities);
  /// Over tokens that were read before the entries were.
  TimestampCheck(Result<std::vector<StoredTimestamp>> tokens,
                 const TimestampAuthorities* authorities);

  /// At which sizes check() needs the roots.
  [[nodiscard]] const std::set<std::int64_t>& sizes() const { return sizes_; }

  /// Reports what does not hold, puts what holds into the report, and notes what was not checked.
  /// With authorities at least one token must be there: who asks for it must not get less.
  void check(const DerivedTree& tree, ProblemList& problems, VerifyReport& report) const;

 private:
  /// Nothing, or why the token says nothing of this log.
  [[nodiscard]] Result<void> check_head(const StoredTimestamp& token,
                                        const DerivedTree& tree) const;
  [[nodiscard]] Result<void> check_token(const StoredTimestamp& token, VerifyReport& report) const;

  const TimestampAuthorities* authorities_;
  Result<std::vector<StoredTimestamp>> tokens_;
  std::set<std::int64_t> sizes_;
};

}  // namespace tidewaiter
