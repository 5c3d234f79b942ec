#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/report/reported_screening.h"

namespace tidewaiter {

/// Shape: docs/schema/report.schema.json, `screening`. What is not known is null.
[[nodiscard]] nlohmann::ordered_json screening_json(
    const std::optional<ReportedScreening>& screening);

/// A row an issue of a list, and one a stretch in which it was not known.
[[nodiscard]] std::string lists_csv(const ReportedScreening& screening);

}  // namespace tidewaiter
