#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/review/case_book.h"

namespace tidewaiter {

// What people recorded about licences and exemptions of a case. Pure; any thread. Days are those of
// UTC.

/// A licence, and who recorded it.
struct CaseLicence {
  LicenceRecorded licence;
  std::string by;  ///< handle
  std::int64_t entry = 0;
};

/// In the order of the ledger; of what merged into the case, too.
[[nodiscard]] std::vector<CaseLicence> licences_of(const Case& c);

/// Whether its last day is over at `now`.
[[nodiscard]] bool licence_has_ended(const LicenceRecorded& licence, UtcTime now);

/// "general-licence GL 8 of OFAC, from 2026-10-05, until 2026-12-31".
[[nodiscard]] std::string licence_text(const LicenceRecorded& licence);

/// The same, and ", ended" where it licence_has_ended().
[[nodiscard]] std::string licence_text(const LicenceRecorded& licence, UtcTime now);

}  // namespace tidewaiter
