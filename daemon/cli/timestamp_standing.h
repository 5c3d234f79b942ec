#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/stores.h"
#include "daemon/timestamp/timestamp_failure.h"
#include "policies/model/error.h"
#include "storage/timestamp/timestamp_authorities.h"

namespace tidewaiter {

/// A token in the state folder, and what is to be thought of it.
struct TokenStanding {
  std::int64_t size = 0;  ///< entries under its head
  std::string file;
  std::optional<VerifiedTimestamp> holds;
  std::string why_not;  ///< where it does not hold or was not judged
};

/// What the folder of timestamps says, for people.
struct TimestampStanding {
  bool judged = false;                ///< authorities are known
  std::vector<TokenStanding> tokens;  ///< that were asked for, by size and then by time
  std::vector<std::int64_t> pending;  ///< sizes of heads whose requests have no answer
  std::optional<TimestampFailure> failure;

  /// The newest that holds; null if there is none.
  [[nodiscard]] const TokenStanding* newest() const;
};

/// Which tokens are looked at. One a day for years are many: what only asks for the newest stops
/// at the first that holds.
enum class TimestampDepth : std::uint8_t { kNewest, kAll };

/// Judges tokens under the certificates in `ca`, else those that the configuration names, and
/// its head by the ledger's key; `tidewaiter ledger verify` holds the head against the entries
/// besides. Errors: those of the files; a configured file of certificates that cannot be read
/// leaves the tokens unjudged.
[[nodiscard]] Result<TimestampStanding> read_timestamps(
    const Stores& stores, TimestampDepth depth,
    const std::optional<std::filesystem::path>& ca = std::nullopt);

/// What `ledger head` and `status` say of it, in one line or more without line ends: the newest
/// token, how many after it do not hold or were not judged, the failure. Nothing where there is
/// nothing to say.
[[nodiscard]] std::vector<std::string> timestamp_lines(const TimestampStanding& standing);

/// The newest token as an object, null if there is none that holds.
[[nodiscard]] nlohmann::ordered_json timestamped_json(const TimestampStanding& standing);
/// The last failure as an object, null if there was a success since.
[[nodiscard]] nlohmann::ordered_json timestamp_failure_json(const TimestampStanding& standing);
/// A token as an object.
[[nodiscard]] nlohmann::ordered_json token_json(const TokenStanding& token);

}  // namespace tidewaiter
