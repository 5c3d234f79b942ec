#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/error.h"
#include "storage/ledger/checkpoint.h"

namespace tidewaiter {

/// What a ledger that goes on for another one, which was lost, says of that one in entry 0
/// (docs/ledger-format.md §3, `previous`).
struct FormerLedger {
  std::string checkpoint;    ///< signed note of its last head that is known
  std::string verifier_key;  ///< of the key that signed it
  std::int64_t kept = 0;     ///< how many of its entries are in hand; what follows them is lost
  std::string reason;        ///< why it does not go on itself: for people, not empty
};

/// The head that `former` speaks of. Errors: kInvalidInput, saying what is not as the format has
/// it: the note's form, its signature, its origin, which is not `origin`, `kept`, the reason.
[[nodiscard]] Result<Checkpoint> former_head(const FormerLedger& former, std::string_view origin);

/// The member `previous`.
[[nodiscard]] nlohmann::json former_to_json(const FormerLedger& former);
/// Errors: kInvalidInput for what former_to_json() does not give. Its content is not judged.
[[nodiscard]] Result<FormerLedger> former_from_json(const nlohmann::json& member);

}  // namespace tidewaiter
