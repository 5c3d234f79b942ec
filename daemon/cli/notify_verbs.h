#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/command.h"
#include "daemon/cli/stores.h"
#include "daemon/notify/channel.h"
#include "daemon/notify/outbox.h"
#include "storage/ledger/ledger.h"
#include "storage/review/notice_trail.h"

namespace tidewaiter {

// The verbs below `tidewaiter notify`, a file each.
void add_notify_list(CLI::App& notify, Selection& selection);
void add_notify_retry(CLI::App& notify, Selection& selection);
void add_notify_silence(CLI::App& notify, Selection& selection);

/// Where a channel leads; the place of a secret where the address is one.
[[nodiscard]] std::string destination_of(const ChannelConfig& channel);

/// The configured channels of these names, or all; nothing after a word on standard error.
[[nodiscard]] std::optional<std::vector<ChannelConfig>> named_channels(
    Invocation& run, const Config& config, const std::vector<std::string>& names, int& status);

inline constexpr const char* kNoChannel = "No channel is configured: see `notify.channels`.\n";

/// Where a message stands that has not gone out, or will not.
enum class NoticeState : std::uint8_t {
  kWaiting,    ///< goes out when its channel takes it
  kSilenced,   ///< by a silence that holds
  kInhibited,  ///< by a graver finding about the same case
  kDead,       ///< given up, until a person asks for it again
  kUnclaimed,  ///< its channel is not configured
  kNeverSent,  ///< was held back, and what it tells does not stand any more
};
[[nodiscard]] std::string_view notice_state_name(NoticeState state);  // "waiting", …, "dropped"

struct NoticeView {
  OutboxMessage message;  ///< of a dropped one without a body
  NoticeState state = NoticeState::kWaiting;
  std::string by;       ///< the silence, "graver", or why it was dropped; else empty
  std::string finding;  ///< empty: about none
  std::string type;
  std::string text;
  std::optional<MessageFailure> failure = {};  ///< of one that did not go when it was tried last
};

/// What waits in the outbox and what was dropped, with all that the ledger says about it. Held back
/// is what the daemon would hold back now, by the rule that it uses (daemon/app/notice_holder.h).
struct NoticesAtHand {
  NoticeTrail trail;
  std::vector<NoticeView> views;  ///< those of the outbox by id, then dropped ones
  bool all = true;                ///< false: some channel has more than were read

  [[nodiscard]] std::int64_t count(NoticeState state) const;
};

/// At most 10,000 messages of each channel. Errors: those of the ledger, of active_silences() and
/// of CaseBook.
[[nodiscard]] Result<NoticesAtHand> notices_at_hand(const Ledger& ledger, const Config& config,
                                                    UtcTime now);

/// `status` has these. Nothing is printed where nothing waits, is held back, dead or dropped, no
/// silence holds, and all were counted.
void print_notice_tally(Invocation& run, const NoticesAtHand& notices);
[[nodiscard]] nlohmann::ordered_json notice_tally_json(const NoticesAtHand& notices, UtcTime now);

}  // namespace tidewaiter
