#pragma once

#include <map>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// Where a database is, and as whom it is read.
struct DatabaseUrl {
  std::map<std::string, std::string, std::less<>>
      options;  ///< by libpq's names, `sslmode` included
  std::string role;
};

/// Reads "postgresql://ROLE@HOST:PORT/NAME?sslmode=verify-full&sslrootcert=/etc/…". The host of a
/// Unix socket is its folder, percent-encoded or as `?host=/run/postgresql`. Without `sslmode` it
/// is `verify-full`, and on this machine (a socket, a loopback address) none is needed. Errors:
/// kInvalidInput: no such URL, no role or database, an option that none may have, a password (which
/// is named elsewhere), or a way to another machine that does not verify whom it speaks to.
/// Messages do not repeat the URL.
[[nodiscard]] Result<DatabaseUrl> read_database_url(std::string_view url);

}  // namespace tidewaiter
