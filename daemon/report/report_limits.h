#pragma once

#include <string>
#include <vector>

#include "daemon/report/report.h"

namespace tidewaiter {

/// What a report cannot say, in sentences, of all else that is in it: what follows from records and
/// from no entry, what no source has told of, what is told of a part alone. `about_clusters`: a
/// case that it is drawn from is about a cluster. Pure.
[[nodiscard]] std::vector<std::string> report_limits(const Report& report, bool about_clusters);

}  // namespace tidewaiter
