#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/stores.h"
#include "storage/ledger/checkpoint.h"

namespace tidewaiter {

/// The last head that the configured witnesses have cosigned, as many as the configuration asks
/// for.
struct WitnessedHeadState {
  Checkpoint head;                     ///< its note has the cosignatures
  std::vector<std::string> witnesses;  ///< names of the configuration
};

/// Nothing if no witness is configured, or no head has their quorum yet, or the file is no
/// checkpoint of the ledger or has a cosignature that does not hold: nothing rests on it, so that
/// this is told in a line on standard error. Errors: kUnavailable.
[[nodiscard]] Result<std::optional<WitnessedHeadState>> read_witnessed(Invocation& run,
                                                                       const Stores& stores);

/// The member `witnessed` of answers in JSON: null, or an object.
[[nodiscard]] nlohmann::ordered_json witnessed_json(
    const std::optional<WitnessedHeadState>& witnessed);

/// For people: `14 (audit, liaison)`, or `0`.
[[nodiscard]] std::string witnessed_text(const std::optional<WitnessedHeadState>& witnessed);

}  // namespace tidewaiter
