#pragma once

#include <string>

#include "policies/language/policy.h"
#include "policies/model/error.h"
#include "policies/sql/dialect.h"

namespace tidewaiter {

/// A policy as one SELECT over a table of records, each at its last revision: an opinion that has
/// nothing in common with the engines but the policy's own tree. It gives the windows that have an
/// input, as they are once all records are there (docs/evaluation.md), a row each:
///
///   source       text; of the subject, '' if none of its fields is an id of its source
///   s0, s1, …    the subject's fields in the order of `for_each`
///   window_from  int64: when the window begins, µs since the epoch
///   m0, m1, …    the measures over certain inputs, by number
///   holds        `report_when` over them
///   doubts       how many inputs are not certain, or of unknown value. Where there are any,
///                measures and `holds` are those of the others alone, and no answer.
///
/// The table `record` has `kind`, `source` (texts), `time`, `duration`, `requests` (int64), and
/// each field of the catalogue under its name: int64, double, bool (0 and 1 in SQLite), and texts;
/// times and durations are int64 µs, money int64 nano-USD. Doubles are added as the database adds
/// them, so that the last bits may differ from the exact sum.
///
/// Errors: kUnsupported, naming the construct: calendar and session windows, clusters, policies
/// that read findings, screening, ownership, steps, and the measures that are not count, sum, min,
/// max, distinct, quantile, rate, avg of numbers, or formulas; besides those of expression_sql().
[[nodiscard]] Result<std::string> window_query(const Policy& policy, SqlDialect dialect);

}  // namespace tidewaiter
