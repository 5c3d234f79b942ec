#pragma once

#include <filesystem>
#include <memory>
#include <optional>
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

/// "draft, waits for an approver and counsel", "approved", "issued, corrected by r-4f8e12ab09cd".
[[nodiscard]] std::string report_state_text(const ReportFile& report);

/// What the report is and where it stands, of several lines.
void print_report_head(Invocation& run, const Stores& stores, const ReportFile& report);

/// Shape: docs/commands.md#report.
[[nodiscard]] nlohmann::ordered_json report_file_json(const ReportFile& report);

/// A report, and the stores in which it was found.
struct FoundReport {
  std::unique_ptr<Stores> stores;
  ReportFile report;
};

/// Opens the stores and finds a report by how its id begins. On failure tells why on standard error
/// and sets `status`.
[[nodiscard]] std::optional<FoundReport> find_report(Invocation& run, const std::string& prefix,
                                                     int& status);

/// Tells how a report stands after what was done about it; `next`, if there is any, follows for
/// people. Gives the exit status.
int tell_report(Invocation& run, const std::string& id, bool json, const std::string& next = {});

/// Adds the report that a command is about.
void add_report_argument(CLI::App& verb, std::string& id);

}  // namespace tidewaiter
