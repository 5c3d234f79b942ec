#include "daemon/app/notice_holder.h"

#include <algorithm>

#include "storage/review/graver_finding.h"

namespace tidewaiter {

std::string NoticeHolder::name() const {
  if (silence != nullptr) return silence->id;
  return graver ? std::string(kHeldByGraver) : std::string();
}

NoticeHolder holder_of(const std::string& channel, const Case& c, const FindingState& finding,
                       const HoldingFacts& facts) {
  NoticeHolder holder;
  holder.silence = silence_of(finding, facts.silences);
  if (holder.silence != nullptr) return holder;
  const NoticeFacts messages{facts.trail, facts.noticed, [&facts](const FindingState& one) {
                               return silence_of(one, facts.silences) != nullptr;
                             }};
  holder.graver = std::ranges::any_of(facts.inhibit, [&](const InhibitRule& rule) {
    return finding.severity <= rule.most && tells_of_graver(channel, c, rule.least, messages);
  });
  return holder;
}

}  // namespace tidewaiter
