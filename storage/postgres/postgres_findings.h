#pragma once

#include <functional>
#include <vector>

#include "storage/ledger/ledger.h"
#include "storage/ledger/unchanged_entries.h"
#include "storage/postgres/sql_value.h"

namespace tidewaiter {

/// How findings are asked for: all questions see one state of the tables.
struct FindingQuestions {
  std::function<Result<SqlRows>(const char* text, const std::vector<SqlValue>& values)> ask;
  ReadDisclosures disclosures;
};

/// Ledger::findings() from the tables of ledger_schema.h.
[[nodiscard]] Result<std::vector<FindingState>> read_postgres_findings(
    const FindingQuestions& questions, const FindingQuery& query);

}  // namespace tidewaiter
