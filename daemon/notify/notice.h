#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "policies/model/time.h"

namespace tidewaiter {

/// A message of the outbox on its way: what channels of every kind make their own words of. It has
/// no subject and no evidence, as no message of the outbox has.
struct Notice {
  std::int64_t id = 0;  ///< in the outbox
  std::string key;      ///< `<key id of the ledger>-<outbox id>`: the same at each attempt
  std::string body;     ///< the JSON object
  // Members of the body; empty where it has none.
  std::string type;    ///< "finding.opened", "history.digest", "channel.test"
  std::string origin;  ///< of the ledger
  std::string text;    ///< one sentence, for people
  std::string finding;
  std::string policy;
  std::string severity;
  UtcTime at;  ///< of the attempt
};

/// Reads the members that are texts; a body that is no object has none.
[[nodiscard]] Notice make_notice(std::int64_t id, std::string key, std::string body, UtcTime at);

/// One line of printable ASCII: what else there is becomes `?`. For headers, where a line end would
/// begin another one.
[[nodiscard]] std::string as_header(std::string_view text);

}  // namespace tidewaiter
