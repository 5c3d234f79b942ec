#include "storage/review/graver_finding.h"

#include <algorithm>

namespace tidewaiter {
namespace {

bool is_told_of(const FindingState& finding, const std::string& channel, const NoticeFacts& facts) {
  const std::int64_t message = facts.noticed.message_about(finding.id, channel);
  if (message == 0 || facts.trail.is_dropped(message)) return false;
  const GroupedNotices* const group = facts.trail.group_of(message);
  const std::int64_t name = group != nullptr ? group->messages.front() : message;
  return !facts.trail.dead().contains(name) && !facts.is_silenced(finding);
}

}  // namespace

std::string settled_by(const Case& c, const FindingState& finding) {
  if (finding.state == StepKind::kWithdrawn) return "withdrawn";
  return outcome_of(c, finding) ? "decided" : "";
}

bool tells_of_graver(const std::string& channel, const Case& c, Severity least,
                     const NoticeFacts& facts) {
  return std::ranges::any_of(c.findings, [&](const FindingState& one) {
    const bool may_go_on = !one.ended || one.reason == kEvictedReason;
    return one.severity >= least && !one.historical && may_go_on && settled_by(c, one).empty() &&
           is_told_of(one, channel, facts);
  });
}

}  // namespace tidewaiter
