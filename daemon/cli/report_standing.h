#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/cli/command.h"
#include "daemon/cli/stores.h"
#include "storage/review/report_changes.h"

namespace tidewaiter {

/// What has become of an issued report that holds, and that no other one has corrected.
struct IssuedStanding {
  std::vector<ChangedFinding> changes;  ///< that nobody has answered
  std::optional<Error> unread;          ///< why its files cannot tell what it cites; else nothing

  [[nodiscard]] bool calls_for_an_answer() const { return !changes.empty() || unread; }
};

/// By the report's id. Reads report.json of each of them. Errors: those of the ledger.
using ReportStandings = std::map<std::string, IssuedStanding, std::less<>>;
[[nodiscard]] Result<ReportStandings> report_standings(const Stores& stores,
                                                       std::span<const RecordedAct> acts,
                                                       const ReportBook& reports,
                                                       const CaseBook& cases);

/// The reports, and what has become of those that went out.
struct ReportsAtHand {
  ReportBook reports;
  ReportStandings standings;
};
[[nodiscard]] Result<ReportsAtHand> read_reports(const Stores& stores);

/// How many reports went out, for people and as JSON: which of them ask for an answer, and nothing
/// where none went out.
void print_report_tally(Invocation& run, const ReportsAtHand& reports);
[[nodiscard]] nlohmann::ordered_json report_tally_json(const ReportsAtHand& reports);

/// The reports about one case, each with where it stands; nothing without any.
void print_reports_about(Invocation& run, const ReportsAtHand& reports, const CaseBook& cases,
                         const Case& c);
[[nodiscard]] nlohmann::ordered_json reports_about_json(const ReportsAtHand& reports,
                                                        const CaseBook& cases, const Case& c);

/// "2 findings have changed since"; empty where there is nothing to be said.
[[nodiscard]] std::string standing_note(const IssuedStanding& standing);

/// What has changed, and what can be done about it, of several lines; nothing where nothing has.
void print_report_changes(Invocation& run, const std::string& report,
                          const IssuedStanding& standing);

/// Null for a report that does not hold, or was corrected. Shape: docs/commands.md#report.
[[nodiscard]] nlohmann::ordered_json standing_json(const ReportStandings& standings,
                                                   const std::string& report);

}  // namespace tidewaiter
