#pragma once

#include <string>
#include <vector>

#include "daemon/app/active_silences.h"
#include "daemon/notify/channel.h"
#include "storage/ledger/noticed_findings.h"
#include "storage/review/case_book.h"
#include "storage/review/notice_trail.h"

namespace tidewaiter {

/// What says whether word of a finding is held back. Nothing is copied.
struct HoldingFacts {
  const std::vector<ActiveSilence>& silences;
  const std::vector<InhibitRule>& inhibit;
  const NoticeTrail& trail;
  const NoticedFindings& noticed;
};

/// What holds word of a finding back.
struct NoticeHolder {
  const ActiveSilence* silence = nullptr;  ///< comes first
  bool graver = false;                     ///< a graver finding about the same case
  [[nodiscard]] bool any() const { return silence != nullptr || graver; }
  /// As `notice.held` has it: the silence's id or kHeldByGraver; empty where nothing holds it.
  [[nodiscard]] std::string name() const;
};

/// Who holds word of the finding of case `c` back from the channel now: the one rule, for whoever
/// sends and whoever shows. Pure.
[[nodiscard]] NoticeHolder holder_of(const std::string& channel, const Case& c,
                                     const FindingState& finding, const HoldingFacts& facts);

}  // namespace tidewaiter
