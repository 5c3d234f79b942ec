#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/report/html_writer.h"
#include "daemon/report/usual_usage.h"

namespace tidewaiter {

/// A bar a day; over them the band of what is usual, with its median, and the median of peers, in
/// steps; a tick below each day of which nothing is known; a line at each moment at which a finding
/// begins. SVG with title and description, each bar with its figures in words; `id` is unique on
/// its page (letters and digits). Same arguments, same picture. Empty without days.
[[nodiscard]] std::string usual_plot(const UsualUsage& usual, const UsualFigure& figure,
                                     const std::string& id);

/// The pictures with their captions, what the band is from, and the days of the findings as a
/// table.
void write_usual(HtmlWriter& page, const std::optional<UsualUsage>& usual);

/// Shape: docs/schema/report.schema.json, `usual`.
[[nodiscard]] nlohmann::ordered_json usual_json(const std::optional<UsualUsage>& usual);

/// A row a day and figure. What is not known has an empty cell.
[[nodiscard]] std::string usual_csv(const UsualUsage& usual);

}  // namespace tidewaiter
