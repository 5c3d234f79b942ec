#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "policies/model/diagnostic.h"
#include "storage/review/report_recipient.h"

namespace tidewaiter {

/// The file beside a configuration that says to whom the site gives reports, and what of them.
inline constexpr std::string_view kReportRecipientsFile = "report-recipients.yaml";

/// Reads the file; one that is not there has none. What is wrong with it is added to `diagnostics`
/// by its place, also a profile that would disclose more than a kind allows which the recipient is
/// to be given.
[[nodiscard]] std::vector<ReportRecipient> read_report_recipients(
    const std::filesystem::path& file, std::vector<Diagnostic>& diagnostics);

}  // namespace tidewaiter
