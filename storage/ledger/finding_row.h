#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/ledger/entry.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// A row of table `finding` as it is stored, with how its evidence was chosen: the projection has
/// no column for that, the last entry with evidence says it (`$.evidence.chosen`).
struct FindingRow {
  std::int64_t index = 0;  ///< of its first entry
  std::string id;
  std::string state;
  bool ended = false;
  std::string policy;
  std::int64_t policy_version = 0;
  std::string policy_hash;
  std::string severity;
  std::string subject;
  std::int64_t run_from = 0;
  std::int64_t run_to = 0;
  std::int64_t windows = 0;
  std::string figures;
  bool historical = false;
  std::string reason;
  std::string evidence;
  std::int64_t evidence_total = 0;
  std::int64_t opened_seq = 0;
  std::int32_t opened_ordinal = 0;
  std::int64_t recorded = 0;
  std::optional<std::string> chosen;
};

/// The finding without the lists of its entries. Errors: kCorruption naming finding and column.
[[nodiscard]] Result<FindingState> finding_from_row(FindingRow row);

/// The columns of `finding` that a step may leave as they are: absent.
struct CarriedColumns {
  std::optional<std::string> subject;
  std::optional<std::string> figures;
  std::optional<std::string> evidence;
};

/// Errors: kInvalidInput for what JCS cannot hold.
[[nodiscard]] Result<CarriedColumns> carried_columns(const Step& step, const BuiltEntry& entry);

}  // namespace tidewaiter
