#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tidewaiter {

/// What each row is worth with each column, none below 0; all rows are equally long.
using Worths = std::vector<std::vector<std::int64_t>>;

/// The greatest sum of worths when each row is paired with at most one column and each column with
/// at most one row. Exact, in time rows · columns · min(rows, columns): the Hungarian method with
/// potentials (H. W. Kuhn, 1955; J. Munkres, 1957), one shortest augmenting path a row.
[[nodiscard]] std::int64_t best_assignment(const Worths& worths);

}  // namespace tidewaiter
