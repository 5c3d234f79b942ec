#pragma once

#include <filesystem>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/stores.h"
#include "policies/model/error.h"
#include "storage/review/report_book.h"

namespace tidewaiter {

/// `tidewaiter report hand-over` and `report received`: into whose hands an issued report went.
void add_report_custody(CLI::App& report, Selection& selection);

/// Writes who had the report in their hands, up to the entry that issued it, into the folder of its
/// bundle (storage/verify/custody.h). Errors: kUnavailable; kRefused where the files are there.
[[nodiscard]] Result<void> write_custody(const Stores& stores, const ReportFile& report,
                                         const std::filesystem::path& folder);

/// To whom the report went, a few lines each, with the names that are at hand.
void print_hand_overs(Invocation& run, const Stores& stores, const ReportFile& report);

/// Shape: docs/commands.md#report. Without names.
[[nodiscard]] nlohmann::ordered_json hand_overs_json(const ReportFile& report);

}  // namespace tidewaiter
