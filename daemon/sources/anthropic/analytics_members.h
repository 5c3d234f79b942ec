#pragma once

#include <simdjson.h>

#include "daemon/sources/anthropic/analytics_row.h"
#include "daemon/sources/contract/page_json.h"

namespace tidewaiter {

// What the rows of Anthropic's analytics reports are made of. Members are taken by an allow-list:
// all others, names and addresses of people among them, are passed over. A fault of what stands in
// one of them is a fault of the row.

/// `group`: whose row it is. An actor that has none of the ids that are known, of whatever type it
/// is, cannot be named: it is null, as one is that the server cannot render.
[[nodiscard]] PageRead read_analytics_party(simdjson::ondemand::value& value,
                                            AnalyticsParty& party);

/// `usage`. A fault without `uncached_input_tokens` or `output_tokens`.
[[nodiscard]] PageRead read_analytics_usage(simdjson::ondemand::value& value,
                                            AnalyticsFigures& figures);

/// `cost`: `amount`, cents with fractions as a decimal text, in nano-USD as kAmount. A fault
/// without one, or of another currency than US dollars.
[[nodiscard]] PageRead read_analytics_cost(simdjson::ondemand::value& value,
                                           AnalyticsFigures& figures);

}  // namespace tidewaiter
