#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "policies/model/error.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// Copies the files of reports, `reports/` of a state, as they lie there: a folder a report, with
/// the manifest that its entry has the digest of. A daemon may work beside it; the folder of a
/// report is there, whole, before the entry that drew it. There need be none. Errors: kUnavailable.
[[nodiscard]] Result<void> copy_reports(const std::filesystem::path& from,
                                        const std::filesystem::path& to);

/// What of the issued reports of `ledger` is not in `reports` as it went out, a sentence each: not
/// there, or changed. What was drawn and not issued is drawn again, and is no gap. Errors: those of
/// recorded_acts(); kUnavailable.
[[nodiscard]] Result<std::vector<std::string>> report_gaps(const Ledger& ledger,
                                                           const std::filesystem::path& reports);

}  // namespace tidewaiter
