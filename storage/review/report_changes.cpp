#include "storage/review/report_changes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 4> kChangeNames{"erased", "withdrawn", "restated",
                                                       "decided"};

/// The last entry that what is decided about the case can rest on.
std::int64_t last_word(const Case& c) {
  std::int64_t last = -1;
  for (const RecordedAct& act : c.acts) {
    const ActBody& body = act.act.act.body;
    const bool decides =
        std::holds_alternative<Decided>(body) || std::holds_alternative<SecondOpinion>(body) ||
        std::holds_alternative<Appealed>(body) || std::holds_alternative<Merged>(body) ||
        std::holds_alternative<CaseSplit>(body);
    if (decides) last = std::max(last, act.index);
  }
  return last;
}

/// The last entry that tells something of it. That a run has ended is no change: its entry would
/// make an answered change look like a new one.
std::int64_t last_told(const FindingState& finding) {
  std::vector<std::int64_t> told = finding.entries;
  std::erase_if(told, [&](std::int64_t entry) { return !tells_something(finding, entry); });
  const bool ended = finding.state == StepKind::kClosed && told.size() > 1;
  return *(told.end() - (ended ? 2 : 1));
}

std::optional<ChangedFinding> change_of(const CitedFinding& cited,
                                        const FindingPlaces::Place& now) {
  const FindingState& finding = *now.finding;
  ChangedFinding changed{cited.id, FindingChange::kErased, cited.standing,
                         finding_standing(*now.where, finding), -1};
  const bool restated = is_news_after(finding, cited.last_entry);
  const bool decided = changed.is != cited.standing;
  if (restated || decided) changed.entry = last_told(finding);
  if (finding.state != StepKind::kWithdrawn && decided) {
    // What people said since a restatement is a change too, which nobody may have seen with it.
    changed.entry = std::max(changed.entry, last_word(*now.where));
  }
  if (finding.subject.empty() && !cited.erased) return changed;
  if (!restated && !decided) return std::nullopt;
  changed.change = finding.state == StepKind::kWithdrawn ? FindingChange::kWithdrawn
                   : restated                            ? FindingChange::kRestated
                                                         : FindingChange::kDecided;
  return changed;
}

/// Whether a supplement that had seen so many entries had this change before it. An erasure's entry
/// does not say whom it was about: any that ran since may be the one that this finding lost its
/// subject by.
bool is_seen(const ChangedFinding& changed, std::int64_t seen,
             std::span<const std::int64_t> erased_at) {
  if (changed.entry >= seen) return false;
  return changed.change != FindingChange::kErased || erased_at.empty() || erased_at.back() < seen;
}

}  // namespace

std::string_view finding_change_name(FindingChange change) {
  return kChangeNames[static_cast<std::size_t>(change)];
}

std::string finding_standing(const Case& c, const FindingState& finding) {
  if (finding.state == StepKind::kWithdrawn) return "withdrawn";
  const std::optional<Outcome> outcome = outcome_of(c, finding);
  if (!outcome) return "potential violation";
  switch (*outcome) {
    case Outcome::kConfirmed:
      return "confirmed violation";
    case Outcome::kFalsePositive:
      return "false positive";
    case Outcome::kAcceptedRisk:
      return "potential violation, accepted as a risk";
    case Outcome::kReferred:
      return "potential violation, referred";
    case Outcome::kNeedsInformation:
      break;
  }
  return "potential violation";
}

std::string goes_on_in(std::string_view id, const CaseBook& book) {
  const Case* c = book.find(id);
  while (c != nullptr && c->state == CaseState::kMerged) c = book.find(c->merged_into);
  return std::string(c == nullptr ? id : std::string_view(c->id));
}

bool may_answer(const ReportDrafted& drafted, const RequestReceived& received,
                const CaseBook& book) {
  return drafted.about.empty() || received.about.empty() ||
         goes_on_in(drafted.about, book) == goes_on_in(received.about, book);
}

FindingPlaces::FindingPlaces(const CaseBook& book) {
  for (const Case& c : book.cases()) {
    // A merged case has its findings still; what is decided about them stands in the other one.
    if (c.state == CaseState::kMerged) continue;
    for (const FindingState& finding : c.findings) by_id_[finding.id] = {&c, &finding};
  }
}

const FindingPlaces::Place* FindingPlaces::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

std::vector<ChangedFinding> changed_findings(std::span<const CitedFinding> cited,
                                             const FindingPlaces& findings) {
  std::vector<ChangedFinding> all;
  for (const CitedFinding& one : cited) {
    const FindingPlaces::Place* const now = findings.find(one.id);
    if (now == nullptr) continue;
    if (auto changed = change_of(one, *now)) all.push_back(std::move(*changed));
  }
  return all;
}

std::vector<ChangedFinding> unanswered_changes(const ReportFile& report,
                                               std::vector<ChangedFinding> changed,
                                               std::span<const std::int64_t> erased_at) {
  if (report.state != ReportState::kIssued || report.correction() != nullptr) return {};
  std::int64_t seen = -1;
  for (const ReportFollower& follower : report.followers) {
    if (!follower.withdrawn) seen = std::max(seen, follower.seen);
  }
  std::erase_if(changed, [&](const ChangedFinding& one) { return is_seen(one, seen, erased_at); });
  return changed;
}

}  // namespace tidewaiter
