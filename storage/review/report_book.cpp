#include "storage/review/report_book.h"

#include <algorithm>
#include <array>
#include <utility>

#include "storage/ledger/short_id.h"
#include "storage/review/id_lookup.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 5> kReportStates{"draft", "approved", "rejected", "issued",
                                                        "withdrawn"};

tl::unexpected<Error> misplaced(const RecordedAct& act, const std::string& what) {
  return fail(ErrorCode::kCorruption, "entry " + std::to_string(act.index) +
                                          " of the ledger is about a report `" +
                                          act.act.act.case_id + "` that " + what);
}

void take_draft_opinion(ReportFile& report, const RecordedAct& act, const ReportApproved& opinion) {
  report.opinions.push_back(act);
  if (!opinion.approves) {
    report.state = ReportState::kRejected;
    return;
  }
  (opinion.counsel ? report.counsel_approved : report.approved) = true;
  const bool all = report.approved && (report.counsel_approved || !report.drafted().counsel);
  if (all && report.state == ReportState::kDraft) report.state = ReportState::kApproved;
}

/// Says whether the withdrawal holds now.
bool take_word(Withdrawal& withdrawal, const ReportDrafted& drafted, const RecordedAct& act,
               const ReportApproved& opinion) {
  withdrawal.opinions.push_back(act);
  if (!opinion.approves) withdrawal.rejected = true;
  if (opinion.approves)
    (opinion.counsel ? withdrawal.counsel_approved : withdrawal.approved) = true;
  return !withdrawal.rejected && withdrawal.approved &&
         (withdrawal.counsel_approved || !drafted.counsel);
}

}  // namespace

const Withdrawal* ReportFile::waiting_withdrawal() const {
  const bool waits =
      state == ReportState::kIssued && !withdrawals.empty() && !withdrawals.back().rejected;
  return waits ? &withdrawals.back() : nullptr;
}

const Withdrawal* ReportFile::withdrawal() const {
  return state == ReportState::kWithdrawn ? &withdrawals.back() : nullptr;
}

const ReportFollower* ReportFile::correction() const {
  const auto found = std::ranges::find_if(followers, [](const ReportFollower& follower) {
    return follower.as == FollowingAs::kCorrects && !follower.withdrawn;
  });
  return found == followers.end() ? nullptr : &*found;
}

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
  if (std::holds_alternative<ReportIssued>(act.act.act.body)) return take_issue(report, act);
  if (std::holds_alternative<ReportApproved>(act.act.act.body)) {
    take_opinion(report, act);
    return {};
  }
  if (!std::holds_alternative<ReportWithdrawn>(act.act.act.body)) return take_custody(report, act);
  if (report.state != ReportState::kIssued) return misplaced(act, "is not issued");
  report.withdrawals.push_back({act, {}});
  return {};
}

Result<void> ReportBook::take_custody(ReportFile& report, const RecordedAct& act) {
  const auto* const received = std::get_if<ReportReceived>(&act.act.act.body);
  if (received == nullptr) {
    if (!report.issued) return misplaced(act, "is not issued");
    report.hand_overs.push_back({act, std::nullopt});
    return {};
  }
  const auto given = std::ranges::find_if(report.hand_overs, [received](const HandOver& one) {
    return one.given.index == received->handover;
  });
  if (given == report.hand_overs.end()) return misplaced(act, "was not handed over by that entry");
  given->received = act;
  return {};
}

Result<void> ReportBook::take_issue(ReportFile& report, const RecordedAct& act) {
  report.issued = act;
  report.state = ReportState::kIssued;
  const std::optional<ReportFollows>& follows = report.drafted().follows;
  if (!follows) return {};
  const auto place = places_.find(follows->report);
  if (place == places_.end()) return misplaced(act, "follows one that is not there");
  reports_[place->second].followers.push_back(
      {follows->as, report.id, report.draft.act.act.seen, false});
  return {};
}

void ReportBook::take_opinion(ReportFile& report, const RecordedAct& act) {
  const auto& opinion = std::get<ReportApproved>(act.act.act.body);
  Withdrawal* const last = report.withdrawals.empty() ? nullptr : &report.withdrawals.back();
  if (last == nullptr || last->asked.index != opinion.draft) {
    return take_draft_opinion(report, act, opinion);
  }
  if (!take_word(*last, report.drafted(), act, opinion)) return;
  report.state = ReportState::kWithdrawn;
  take_withdrawal(report);
}

/// What it corrected or supplemented stands as if it had not been.
void ReportBook::take_withdrawal(const ReportFile& report) {
  const std::optional<ReportFollows>& follows = report.drafted().follows;
  if (!follows) return;
  for (ReportFollower& follower : reports_[places_.find(follows->report)->second].followers) {
    if (follower.id == report.id) follower.withdrawn = true;
  }
}

const ReportFile* ReportBook::find(std::string_view id) const {
  const auto place = places_.find(id);
  return place == places_.end() ? nullptr : &reports_[place->second];
}

Result<const ReportFile*> ReportBook::lookup(std::string_view prefix) const {
  return find_by_short_id(reports_, prefix, "report", "reports", "report list");
}

}  // namespace tidewaiter
