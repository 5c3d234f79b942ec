#pragma once

#include <string>

#include "daemon/report/report.h"

namespace tidewaiter {

inline constexpr UtcTime kMonday{1'791'187'200'000'000};  // 2026-10-05T08:00:00Z

/// A referral of one finding, whose texts are in several scripts and begin as formulas and markup
/// do.
inline Report small_report() {
  Report report;
  report.id = "r-0123456789ab";
  report.kind = "referral";
  report.title = "Referral to a government";
  report.drawn = kMonday;
  report.author = "li";
  report.policy_mode = kSignedPolicyMode;
  report.origin = "small.example/ledger";
  report.verifier_key = "small.example/ledger+01234567+AAAA";
  report.case_id = "c-0123456789ab";
  report.period = {kMonday, kMonday + kDay};
  report.handling = "TLP:AMBER";
  report.profile = "subjects";
  report.statements = {{"recipient", "机构 <b>"}, {"harm", "unknown"}};
  ReportedFinding finding;
  finding.id = std::string(32, 'a');
  finding.case_id = report.case_id;
  finding.policy = "test.volume";
  finding.standing = "potential violation";
  finding.subject = "=account:شركة/Игорь";
  finding.run = report.period;
  finding.figures = {{"requests", "4", true, false}, {"model", "", true, true}};
  finding.recorded = kMonday;
  finding.entries = {3, 5};
  report.findings = {finding};
  report.subjects = {{finding.subject, false, false, {report.case_id}, 1}};
  report.series = {
      {"Requests over time", "requests", kMonday, kHour, {0, 4, 1}, {kMonday + kHour}, true}};
  return report;
}

/// That of another report, which was marked otherwise and drawn a day before.
inline ReportedFollowing small_following(const std::string& as) {
  ReportedFollowing follows;
  follows.as = as;
  follows.report = "r-ba9876543210";
  follows.handling = "TLP:GREEN";
  follows.manifest = sha256("manifest");
  follows.drawn = kMonday - kDay;
  follows.issued = kMonday - kHour;
  follows.issued_entry = 7;
  follows.why = "<it> was другой";
  follows.changes = {{std::string(32, 'a'), "decided", "potential violation", "false positive"}};
  return follows;
}

}  // namespace tidewaiter
