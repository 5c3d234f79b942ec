#pragma once

#include <string>
#include <vector>

#include "daemon/sources/contract/contract_cursor.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/fetcher.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

// What `source check` tells of a source over HTTP, in plain lines.

/// How far it has been read, with lag, pages and retries. `is_new`: nothing has been pulled yet.
[[nodiscard]] std::vector<std::string> told_state(const ContractCursor& state, bool is_new,
                                                  UtcTime now);

/// How long a key is good, in the words of `told_state` and of `source list`: "the key …wxyz
/// (key_7) expires at 2026-12-31T00:00:00Z, in 12 days"; empty if its end is not known.
[[nodiscard]] std::string told_key(const KeyStanding& key, UtcTime now);

/// What the server answered to one question. Errors: what does not work, and what to do.
[[nodiscard]] Result<std::string> told_answer(const Feed& feed, const FeedQuestion& question,
                                              const FetchOutcome& outcome);

}  // namespace tidewaiter
