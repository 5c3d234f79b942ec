#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/stores.h"
#include "daemon/report/bundle.h"
#include "storage/review/report_book.h"

namespace tidewaiter {

/// Where the files of a draft lie: reports/<id> of the state folder.
[[nodiscard]] std::filesystem::path draft_folder(const Stores& stores, const std::string& id);

/// The files of a report, as its entry has them. Errors: those of read_report_files().
[[nodiscard]] Result<ReportFiles> drawn_files(const Stores& stores, const ReportFile& report);

/// "draft, waits for an approver and counsel", "approved", "issued".
[[nodiscard]] std::string report_state_text(const ReportFile& report);

/// What the report is and where it stands, of several lines.
void print_report_head(Invocation& run, const Stores& stores, const ReportFile& report);

/// Shape: docs/commands.md#report.
[[nodiscard]] nlohmann::ordered_json report_file_json(const ReportFile& report);

/// Finds a report of an open ledger by how its id begins. Errors: those of ReportBook.
[[nodiscard]] Result<ReportFile> find_report(const Stores& stores, const std::string& prefix);

}  // namespace tidewaiter
