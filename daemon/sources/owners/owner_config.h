#pragma once

#include <optional>
#include <string>

#include "policies/model/time.h"

namespace tidewaiter {

/// What the configuration says of a source of ownership statements, beside `path` and what all
/// sources have.
struct OwnerSourceConfig {
  /// A CSV file of `account` and `identifier`: whose statements are about which account; relative
  /// to the configuration file's folder. Empty: there is none.
  std::string accounts;
  /// The scheme of the identifiers that are ids of accounts, in lower case. Empty: there is none.
  std::string account_in;
  std::optional<UtcTime> since;  ///< the first day that is told of; absent: the last whole one
};

}  // namespace tidewaiter
