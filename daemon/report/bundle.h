#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/report/report.h"
#include "daemon/report/report_files.h"
#include "policies/model/error.h"
#include "storage/ledger/signed_note.h"
#include "storage/verify/report_statement.h"

namespace tidewaiter {

/// A value that an entry holds as a salted digest, as the ledger tells it.
struct ReportedDisclosure {
  std::int64_t entry = 0;
  std::string name;  ///< "subject", "figures/model"
  std::string text;  ///< base64url of JCS [salt, name, value]
};

/// All renderings of a report but the printed one, and its disclosures. `sealed` is what the draft
/// is sealed with, as seal_words() gives it: a file of a report that names the accounts of a
/// cluster. Pure.
[[nodiscard]] ReportFiles report_files(const Report& report,
                                       std::span<const ReportedDisclosure> disclosures,
                                       std::string_view sealed = {});

/// The bytes of manifest-sha256.txt. Pure.
[[nodiscard]] std::string manifest_of(const ReportFiles& files);

/// Writes files and manifest into `folder`, which must not be there, mode 0700, and syncs it.
/// Errors: kRefused if it is there, kUnavailable; a folder that is not whole may be left behind.
[[nodiscard]] Result<void> write_report_files(const std::filesystem::path& folder,
                                              const ReportFiles& files);

/// What write_report_files() wrote, if its manifest has this digest. Errors: kNotFound without a
/// manifest; kCorruption, which names the file, for one that is not what was drawn; kUnavailable.
[[nodiscard]] Result<ReportFiles> read_report_files(const std::filesystem::path& folder,
                                                    const Digest& manifest);

/// One file of them, by its path; the others are not looked at. Errors: the same.
[[nodiscard]] Result<std::string> read_report_file(const std::filesystem::path& folder,
                                                   const Digest& manifest, const std::string& path);

/// Makes a whole bundle of a folder that has `data/`, its manifest and `log/`: writes bagit.txt,
/// `statement` with the files that there are as its subjects, signed by `key`, and the manifest of
/// all that is not below `data/`. Errors: kUnavailable; kInvalidInput for a statement that is not
/// UTF-8.
[[nodiscard]] Result<void> seal_bundle(const std::filesystem::path& folder,
                                       ReportStatement statement, const SigningKey& key);

}  // namespace tidewaiter
