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

/// Takes the row from `at`, which has the columns in the order of the members above and answers
/// `number(column)`, `text(column)` and `is_null(column)`.
template <class Columns>
[[nodiscard]] FindingRow read_finding_row(const Columns& at) {
  FindingRow read;
  read.index = at.number(0);
  read.id = at.text(1);
  read.state = at.text(2);
  read.ended = at.number(3) != 0;
  read.policy = at.text(4);
  read.policy_version = at.number(5);
  read.policy_hash = at.text(6);
  read.severity = at.text(7);
  read.subject = at.text(8);
  read.run_from = at.number(9);
  read.run_to = at.number(10);
  read.windows = at.number(11);
  read.figures = at.text(12);
  read.historical = at.number(13) != 0;
  read.reason = at.text(14);
  read.evidence = at.text(15);
  read.evidence_total = at.number(16);
  read.opened_seq = at.number(17);
  read.opened_ordinal = static_cast<std::int32_t>(at.number(18));
  read.recorded = at.number(19);
  if (!at.is_null(20)) read.chosen = at.text(20);
  return read;
}

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
