#pragma once

#include <functional>
#include <string>

#include "policies/model/finding.h"
#include "storage/ledger/noticed_findings.h"
#include "storage/review/case_book.h"
#include "storage/review/notice_trail.h"

namespace tidewaiter {

/// Why nobody is called to a finding of the case any more: "withdrawn", or "decided" about by
/// people. Empty while it stands.
[[nodiscard]] std::string settled_by(const Case& c, const FindingState& finding);

/// What is known of the messages of a ledger, for the question below. Nothing is copied.
struct NoticeFacts {
  const NoticeTrail& trail;
  const NoticedFindings& noticed;
  /// Whether a silence that holds is about the finding.
  std::function<bool(const FindingState&)> is_silenced;
};

/// Whether a finding of the case of severity `least` or above goes on (it is not withdrawn, its run
/// has not ended, or was evicted, and nobody has decided about it) of which this channel tells: a
/// message about it was sent there, or will be. One that is silenced or given up tells nobody; of
/// one that history had, or whose policy does not name the channel, there never was a message.
[[nodiscard]] bool tells_of_graver(const std::string& channel, const Case& c, Severity least,
                                   const NoticeFacts& facts);

}  // namespace tidewaiter
