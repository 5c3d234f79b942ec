#pragma once

#include <string>

#include "daemon/report/report.h"

namespace tidewaiter {

// Tables for spreadsheets, by csv_text.h: no cell is a formula. Pure.

[[nodiscard]] std::string findings_csv(const Report& report);
[[nodiscard]] std::string timeline_csv(const Report& report);

}  // namespace tidewaiter
