#include "daemon/cli/report_standing.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/report_text.h"
#include "daemon/report/report_json.h"
#include "storage/review/erasure_book.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kChangesShown = 10;
constexpr std::size_t kFindingDigits = 8;

IssuedStanding standing_of_issued(const Stores& stores, const ReportFile& report,
                                  const FindingPlaces& findings,
                                  std::span<const std::int64_t> erased_at) {
  const Result<std::string> text = read_report_file(draft_folder(stores, report.id),
                                                    report.drafted().manifest, "data/report.json");
  if (!text) return {{}, text.error()};
  const Result<DrawnReport> drawn = drawn_report_of_json(*text);
  if (!drawn) return {{}, drawn.error()};
  return {unanswered_changes(report, changed_findings(drawn->findings, findings), erased_at),
          std::nullopt};
}

std::string changed_finding_text(const ChangedFinding& one) {
  std::string text = "finding " + one.id.substr(0, kFindingDigits) + ": " +
                     std::string(finding_change_name(one.change));
  if (one.was != one.is) text += ", was " + one.was + ", is " + one.is;
  if (one.entry >= 0) text += " (entry " + std::to_string(one.entry) + ")";
  return text;
}

std::int64_t count_in_state(const ReportsAtHand& reports, ReportState state) {
  return std::ranges::count(reports.reports.reports(), state, &ReportFile::state);
}

/// What is to be said of a report beside its state; empty where that is nothing.
std::string note_about_report(const ReportsAtHand& reports, const std::string& id) {
  const auto standing = reports.standings.find(id);
  return standing == reports.standings.end() ? std::string() : standing_note(standing->second);
}

std::vector<const ReportFile*> reports_about(const ReportsAtHand& reports, const CaseBook& cases,
                                             const Case& c) {
  std::vector<const ReportFile*> all;
  for (const ReportFile& report : reports.reports.reports()) {
    const std::string& about = report.drafted().about;
    if (about == c.id || (!about.empty() && goes_on_in(about, cases) == c.id)) {
      all.push_back(&report);
    }
  }
  return all;
}

}  // namespace

Result<ReportsAtHand> read_reports(const Stores& stores) {
  const auto deeds = recorded_deeds(*stores.ledger);
  if (!deeds) return tl::unexpected(deeds.error());
  auto findings = stores.ledger->findings({});
  if (!findings) return tl::unexpected(findings.error());
  const Result<CaseBook> cases =
      CaseBook::make(std::move(*findings), deeds->acts, deeds->regroupings);
  if (!cases) return tl::unexpected(cases.error());
  Result<ReportBook> reports = ReportBook::make(deeds->acts);
  if (!reports) return tl::unexpected(reports.error());
  auto standings = report_standings(stores, deeds->acts, *reports, *cases);
  if (!standings) return tl::unexpected(standings.error());
  return ReportsAtHand{std::move(*reports), std::move(*standings)};
}

void print_report_tally(Invocation& run, const ReportsAtHand& reports) {
  const std::int64_t issued = count_in_state(reports, ReportState::kIssued);
  const std::int64_t withdrawn = count_in_state(reports, ReportState::kWithdrawn);
  if (issued + withdrawn == 0) return;
  run.out << "reports   " << grouped(issued) << " issued, " << grouped(withdrawn) << " withdrawn\n";
  for (const auto& [id, standing] : reports.standings) {
    if (!standing.calls_for_an_answer()) continue;
    run.out << "          "
            << painted(id + ": " + standing_note(standing), Tone::kWarning, run.terminal)
            << "; `tidewaiter report show " << id << "`\n";
  }
}

nlohmann::ordered_json report_tally_json(const ReportsAtHand& reports) {
  auto changed = nlohmann::ordered_json::array();
  auto unread = nlohmann::ordered_json::array();
  for (const auto& [id, standing] : reports.standings) {
    if (standing.unread) unread.push_back(id);
    if (!standing.changes.empty()) {
      changed.push_back({{"report", id}, {"findings", standing.changes.size()}});
    }
  }
  return {{"issued", count_in_state(reports, ReportState::kIssued)},
          {"withdrawn", count_in_state(reports, ReportState::kWithdrawn)},
          {"changed", std::move(changed)},
          {"unread", std::move(unread)}};
}

void print_reports_about(Invocation& run, const ReportsAtHand& reports, const CaseBook& cases,
                         const Case& c) {
  const auto about = reports_about(reports, cases, c);
  if (about.empty()) return;
  run.out << "\nReports\n";
  for (const ReportFile* const report : about) {
    const std::string note = note_about_report(reports, report->id);
    run.out << "  " << report->id << "  " << printable(report->drafted().kind) << ": "
            << report_state_text(*report);
    if (!note.empty()) run.out << "; " << painted(note, Tone::kWarning, run.terminal);
    run.out << '\n';
  }
}

nlohmann::ordered_json reports_about_json(const ReportsAtHand& reports, const CaseBook& cases,
                                          const Case& c) {
  auto list = nlohmann::ordered_json::array();
  for (const ReportFile* const report : reports_about(reports, cases, c)) {
    list.push_back(report_file_json(*report));
    list.back()["changes"] = standing_json(reports.standings, report->id);
  }
  return list;
}

Result<ReportStandings> report_standings(const Stores& stores, std::span<const RecordedAct> acts,
                                         const ReportBook& reports, const CaseBook& cases) {
  const auto executed = executed_erasures(*stores.ledger, acts);
  if (!executed) return tl::unexpected(executed.error());
  std::vector<std::int64_t> erased_at;
  erased_at.reserve(executed->size());
  for (const ExecutedErasure& one : *executed) erased_at.push_back(one.index);
  std::ranges::sort(erased_at);
  const FindingPlaces findings(cases);
  ReportStandings all;
  for (const ReportFile& report : reports.reports()) {
    if (report.state != ReportState::kIssued || report.correction() != nullptr) continue;
    all.emplace(report.id, standing_of_issued(stores, report, findings, erased_at));
  }
  return all;
}

std::string standing_note(const IssuedStanding& standing) {
  if (standing.unread) return "what it cites cannot be told: its files are not as they were drawn";
  if (standing.changes.empty()) return {};
  const auto changes = static_cast<std::int64_t>(standing.changes.size());
  return counted(changes, "finding has", "findings have") + " changed since";
}

void print_report_changes(Invocation& run, const std::string& report,
                          const IssuedStanding& standing) {
  if (standing.unread) {
    run.out
        << painted("  changed   cannot be told", Tone::kWarning, run.terminal) << ": "
        << printable(standing.unread->message)
        << "\n            put `data` and `manifest-sha256.txt` of the issued folder back there\n";
    return;
  }
  if (standing.changes.empty()) return;
  const std::size_t shown = std::min(standing.changes.size(), kChangesShown);
  for (std::size_t i = 0; i < shown; ++i) {
    run.out << painted("  changed   ", Tone::kWarning, run.terminal)
            << printable(changed_finding_text(standing.changes[i])) << '\n';
  }
  if (shown < standing.changes.size()) {
    run.out << "            and "
            << counted(static_cast<std::int64_t>(standing.changes.size() - shown), "other") << '\n';
  }
  run.out << "  answer    with --as HANDLE --reason TEXT, one of\n            tidewaiter report "
             "correct "
          << report << "      another takes its place\n            tidewaiter report supplement "
          << report << "   another stands beside it\n            tidewaiter report withdraw "
          << report << "     it holds no more\n";
}

nlohmann::ordered_json standing_json(const ReportStandings& standings, const std::string& report) {
  const auto found = standings.find(report);
  if (found == standings.end() || found->second.unread) return nullptr;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ChangedFinding& one : found->second.changes) {
    nlohmann::ordered_json entry = nullptr;
    if (one.entry >= 0) entry = one.entry;
    list.push_back({{"finding", one.id},
                    {"what", finding_change_name(one.change)},
                    {"was", one.was},
                    {"is", one.is},
                    {"entry", std::move(entry)}});
  }
  return list;
}

}  // namespace tidewaiter
