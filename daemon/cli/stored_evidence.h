#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/error.h"
#include "policies/model/log.h"

namespace tidewaiter {

class RecordLog;

/// What the record log has of the entries that findings rest on. Damage of it hides nothing that
/// the ledger says.
struct StoredEvidence {
  std::vector<LogEntry> entries;
  std::int64_t gone = 0;        ///< so many retention or an erasure has taken
  std::optional<Error> damage;  ///< the last reason why one could not be read
};

[[nodiscard]] StoredEvidence stored_evidence(const RecordLog& records,
                                             std::span<const std::int64_t> places);

/// `[{"seq", "record"}]`, each record as the native format has it.
[[nodiscard]] nlohmann::ordered_json evidence_json(std::span<const LogEntry> entries);

}  // namespace tidewaiter
