#include "storage/ledger/noticed_findings.h"

#include "storage/ledger/ledger.h"

namespace tidewaiter {

Result<void> NoticedFindings::read(const Ledger& ledger) {
  const auto messages = ledger.messages_after(last_);
  if (!messages) return tl::unexpected(messages.error());
  for (const NoticedMessage& message : *messages) {
    last_ = message.id;
    if (message.finding.empty()) continue;
    ids_.emplace(std::pair(message.finding, message.channel), last_);
  }
  return {};
}

std::int64_t NoticedFindings::message_about(const std::string& finding,
                                            const std::string& channel) const {
  const auto found = ids_.find({finding, channel});
  return found == ids_.end() ? 0 : found->second;
}

}  // namespace tidewaiter
