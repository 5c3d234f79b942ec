#include "storage/verify/report_acts.h"

#include <utility>
#include <variant>

namespace tidewaiter {

void ReportActs::add(RecordedAct act) {
  const std::size_t place = acts_.size();
  const ActBody& body = act.act.act.body;
  if (const auto* const drafted = std::get_if<ReportDrafted>(&body)) {
    drafts_.emplace(act.index, place);
    if (drafted->follows) follow_[drafted->follows->report].push_back(place);
  }
  if (const auto* const opinion = std::get_if<ReportApproved>(&body)) {
    Said& said = said_[opinion->draft];
    said.places.push_back(place);
    if (!opinion->approves) said.rejected = true;
    if (opinion->approves) (opinion->counsel ? said.counsel : said.approver) = true;
  }
  if (const auto* const issued = std::get_if<ReportIssued>(&body)) {
    issues_.push_back(place);
    drafts_issued_.insert(issued->draft);
  }
  if (std::holds_alternative<ReportWithdrawn>(body)) withdrawals_.push_back(place);
  acts_.push_back(std::move(act));
}

const RecordedAct* ReportActs::draft_of(const RecordedAct& issue) const {
  const auto found = drafts_.find(std::get<ReportIssued>(issue.act.act.body).draft);
  return found == drafts_.end() ? nullptr : &acts_[found->second];
}

ReportActs::Withdrawn ReportActs::withdrawn() const {
  Withdrawn all;
  for (const std::size_t place : withdrawals_) {
    const RecordedAct& act = acts_[place];
    const auto said = said_.find(act.index);
    if (said == said_.end() || said->second.rejected || !said->second.approver) continue;
    all.by_approver.emplace(act.act.act.case_id, place);
    if (said->second.counsel) all.by_counsel_too.emplace(act.act.act.case_id, place);
  }
  return all;
}

std::optional<RecordedAct> ReportActs::withdrawal_of(const RecordedAct& draft,
                                                     const Withdrawn& withdrawn) const {
  const bool counsel = std::get<ReportDrafted>(draft.act.act.body).counsel;
  const auto& by_report = counsel ? withdrawn.by_counsel_too : withdrawn.by_approver;
  const auto found = by_report.find(draft.act.act.case_id);
  return found == by_report.end() ? std::nullopt : std::optional(acts_[found->second]);
}

std::optional<IssuedReport> ReportActs::issued_with(const Digest& manifest) const {
  for (const std::size_t place : issues_) {
    const RecordedAct& issue = acts_[place];
    const RecordedAct* const draft = draft_of(issue);
    const bool has_it = std::get<ReportIssued>(issue.act.act.body).manifest == manifest;
    if (!has_it || draft == nullptr) continue;
    IssuedReport found{*draft, {}, issue, std::nullopt, {}};
    if (const auto said = said_.find(draft->index); said != said_.end()) {
      for (const std::size_t opinion : said->second.places) {
        if (acts_[opinion].index < issue.index) found.opinions.push_back(acts_[opinion]);
      }
    }
    const Withdrawn no_more = withdrawn();
    found.withdrawn = withdrawal_of(*draft, no_more);
    const auto followers = follow_.find(issue.act.act.case_id);
    if (followers == follow_.end()) return found;
    for (const std::size_t follower : followers->second) {
      const RecordedAct& act = acts_[follower];
      // One that was withdrawn follows nothing any more.
      const bool holds = drafts_issued_.contains(act.index) && !withdrawal_of(act, no_more);
      if (holds) found.followers.push_back(act);
    }
    return found;
  }
  return std::nullopt;
}

}  // namespace tidewaiter
