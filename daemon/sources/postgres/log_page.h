#pragma once

#include <simdjson.h>

#include "daemon/sources/contract/page_json.h"
#include "daemon/sources/postgres/log_row.h"

namespace tidewaiter {

/// Reads a row of the table `logs` as table_layout.h selects it. Members are taken by an
/// allow-list.
[[nodiscard]] PageRead read_log_row(simdjson::ondemand::object& object, LogRow& row);

}  // namespace tidewaiter
