#pragma once

#include <simdjson.h>

#include "daemon/sources/contract/page_json.h"
#include "daemon/sources/newapi/log_row.h"

namespace tidewaiter {

/// Reads a row of the table `logs`, as its administrator's API gives it or as table_layout.h
/// selects it. Members are taken by an allow-list; all others, the row's text and the caller's name
/// among them, are passed over and never copied. Of `other`, which is JSON in a text, two things
/// are known: the tokens that were read from a cache, and whether it has a `quota_delta`; one that
/// is no JSON says nothing.
[[nodiscard]] PageRead read_log_row(simdjson::ondemand::object& object, LogRow& row);

}  // namespace tidewaiter
