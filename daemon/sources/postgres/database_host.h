#pragma once

#include <functional>
#include <string>
#include <vector>

#include "policies/model/error.h"
#include "storage/postgres/database_url.h"

namespace tidewaiter {

/// Looks a host's addresses up, for no longer than a connection may take.
using LookUpHost = std::function<Result<std::vector<std::string>>(const std::string& host)>;

/// The options of `url` with the addresses of its hosts (libpq's `hostaddr`), so that libpq looks
/// none up, which it would wait for however long that takes. Each host stands there once for each
/// of its addresses, with its port, and stays what a certificate is held against; sockets of this
/// machine stay as they are. A host of several that nobody knows is left out.
/// Errors: those of `look_up`, if no host is left; kInvalidInput: another number of ports than of
/// hosts.
[[nodiscard]] Result<DatabaseUrl> placed(const DatabaseUrl& url, const LookUpHost& look_up);

}  // namespace tidewaiter
