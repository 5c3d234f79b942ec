#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/log.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// The columns of the table of policies/sql/window_query.h behind `kind`, in the order of the
/// catalogue: all but lists.
[[nodiscard]] std::vector<FieldId> sql_columns();

/// Random policies over random records without lateness: everything is drained behind them, from
/// long before to long after.
struct SqlScene {
  std::shared_ptr<const PolicySet> set;
  std::vector<LogEntry> entries;
  std::map<std::int64_t, Record> last;  ///< by sequence number: last revisions alone stand
};

/// `statistics`: of PolicyShape.
[[nodiscard]] SqlScene random_sql_scene(std::uint64_t seed, bool statistics);

}  // namespace tidewaiter
