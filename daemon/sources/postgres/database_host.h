#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "policies/model/error.h"
#include "storage/postgres/database_url.h"

namespace tidewaiter {

/// Looks a host's addresses up. `left` are the names that are yet to be looked up, this one
/// included: it takes no more than its share of the time, so that a name server that says nothing
/// of one leaves some for the others.
using LookUpHost =
    std::function<Result<std::vector<std::string>>(const std::string& host, std::int64_t left)>;

/// The options of `url` with the addresses of its hosts (libpq's `hostaddr`), so that libpq looks
/// none up, which it would wait for however long that takes. Each host stands there once for each
/// of its addresses, with its port, and stays what a certificate is held against; sockets of this
/// machine stay as they are. A host of several that nobody knows is left out.
/// Errors: those of `look_up`, each with its host, if no host is left; kUnavailable, if one of them
/// is, for that may pass; kInvalidInput: another number of ports than of
/// hosts.
[[nodiscard]] Result<DatabaseUrl> placed(const DatabaseUrl& url, const LookUpHost& look_up);

}  // namespace tidewaiter
