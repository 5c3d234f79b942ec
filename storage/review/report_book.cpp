#include "storage/review/report_book.h"

#include <array>
#include <utility>

#include "storage/ledger/short_id.h"
#include "storage/review/id_lookup.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 4> kReportStates{"draft", "approved", "rejected", "issued"};

tl::unexpected<Error> misplaced(const RecordedAct& act, const std::string& what) {
  return fail(ErrorCode::kCorruption, "entry " + std::to_string(act.index) +
                                          " of the ledger is about a report `" +
                                          act.act.act.case_id + "` that " + what);
}

void take_opinion(ReportFile& report, const RecordedAct& act, const ReportApproved& opinion) {
  report.opinions.push_back(act);
  if (!opinion.approves) {
    report.state = ReportState::kRejected;
    return;
  }
  (opinion.counsel ? report.counsel_approved : report.approved) = true;
  const bool all = report.approved && (report.counsel_approved || !report.drafted().counsel);
  if (all && report.state == ReportState::kDraft) report.state = ReportState::kApproved;
}

}  // namespace

std::string_view report_state_name(ReportState state) {
  return kReportStates[static_cast<std::size_t>(state)];
}

bool is_report_id(std::string_view id) { return is_short_id(id, "r-"); }

Result<ReportBook> ReportBook::make(std::span<const RecordedAct> acts) {
  ReportBook book;
  for (const RecordedAct& act : acts) {
    if (!is_about_report(act.act.act)) continue;
    if (auto taken = book.take(act); !taken) return tl::unexpected(taken.error());
  }
  return book;
}

Result<ReportBook> ReportBook::read(const Ledger& ledger) {
  const auto acts = recorded_acts(ledger);
  if (!acts) return tl::unexpected(acts.error());
  return make(*acts);
}

Result<void> ReportBook::take(const RecordedAct& act) {
  const std::string& id = act.act.act.case_id;
  const auto place = places_.find(id);
  if (std::holds_alternative<ReportDrafted>(act.act.act.body)) {
    if (place != places_.end()) return misplaced(act, "is there already");
    places_.emplace(id, reports_.size());
    reports_.push_back({id, act, {}, std::nullopt});
    return {};
  }
  if (place == places_.end()) return misplaced(act, "is not there");
  ReportFile& report = reports_[place->second];
  if (const auto* opinion = std::get_if<ReportApproved>(&act.act.act.body)) {
    take_opinion(report, act, *opinion);
  } else {
    report.issued = act;
    report.state = ReportState::kIssued;
  }
  return {};
}

const ReportFile* ReportBook::find(std::string_view id) const {
  const auto place = places_.find(id);
  return place == places_.end() ? nullptr : &reports_[place->second];
}

Result<const ReportFile*> ReportBook::lookup(std::string_view prefix) const {
  return find_by_short_id(reports_, prefix, "report", "reports", "report list");
}

}  // namespace tidewaiter
