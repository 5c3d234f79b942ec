#pragma once

#include <string>

#include "daemon/report/report.h"

namespace tidewaiter {

/// The report as a STIX 2.1 bundle, for platforms that keep what is known of threats: a `report`,
/// the `identity` of the ledger that it is drawn from, and `note`s of its findings, policies and
/// limits. Where the profile names subjects, an account is a `user-account` (another subject an
/// `identity`), a finding about an account is an `observed-data`, and what belongs to a case a
/// `grouping`. No indicator: a finding is what somebody did, and no pattern that detects it.
///
/// Everything has the marking of the report, as TLP 2.0 is published for STIX, and ids that follow
/// from what it is: of an account by STIX's own rule, so that two reports have one account; of all
/// else from ledger and report. Bytes that are not UTF-8 stand as U+FFFD. Same report, same
/// bytes: pure.
[[nodiscard]] std::string report_stix(const Report& report);

}  // namespace tidewaiter
