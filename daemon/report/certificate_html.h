#pragma once

#include <string>
#include <string_view>

#include "daemon/report/report.h"
#include "daemon/report/report_files.h"

namespace tidewaiter {

inline constexpr std::string_view kCertificateFile = "data/CERTIFICATE-DRAFT.html";

/// A draft of the certificate by which a custodian of records introduces the report in a court of
/// the United States without coming there: Federal Rules of Evidence 902(11), (13) and (14), in the
/// form of 28 U.S.C. 1746. It has what the program knows (the ledger, the files with their digests,
/// how entries are made and kept), blanks for what only the custodian can say, and a site's words
/// in the place of the program's statements where the site has any. It is unsigned, says so, and
/// certifies nothing. `files` are those of the report so far. Pure.
[[nodiscard]] std::string certificate_html(const Report& report, const ReportFiles& files);

}  // namespace tidewaiter
