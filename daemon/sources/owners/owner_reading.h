#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/sources/file_listing.h"
#include "daemon/sources/owners/account_map.h"
#include "daemon/sources/owners/owner_kind.h"
#include "daemon/sources/owners/owner_register.h"
#include "daemon/sources/pull_watch.h"
#include "daemon/sources/source_config.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

/// What a source's files say of the accounts.
struct OwnerReading {
  OwnerRegister statements;
  /// The organisations that are accounts, by their ids in the files.
  std::map<std::string, std::set<std::string>> accounts;
  std::set<std::string> named;  ///< identifiers of the map that they have, as named_by()
  std::vector<QuarantinedInput> bad;
  std::int64_t objects = 0;     ///< all that the files hold, bad ones included
  std::int64_t unreadable = 0;  ///< of these: told in `bad`, as are those that can be read in part
  std::int64_t parties = 0;     ///< statements about organisations and people
  std::int64_t relations = 0;
  std::int64_t others = 0;       ///< of another kind: passed over
  std::int64_t of_accounts = 0;  ///< relations that the accounts' owners are told by
  int passes = 0;
};

/// Reads the files as often as new owners of owners turn up in them, and keeps what is about the
/// accounts and theirs alone: memory grows with the accounts, never with the files.
/// `passed` is called with the bytes of each file that has been read.
/// Errors: kInvalidInput at "path:line": more bad statements than `max_bad` allows, chains of more
/// than 64 owners, more than 1,000,000 statements about the accounts; kUnavailable if such a file
/// is still being written, if one ends within a statement or is damaged, if one has changed since
/// it was listed, and if there is none, or one of which nothing can be read: that would pass for a
/// register of organisations without owners.
[[nodiscard]] Result<OwnerReading> read_owner_files(
    const SourceConfig& config, const std::vector<ListedFile>& files, const AccountMap& accounts,
    const OwnerKind& kind, UtcTime now, const PullWatch& watch,
    const std::function<void(std::int64_t)>& passed);

}  // namespace tidewaiter
