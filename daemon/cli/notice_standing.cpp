#include <algorithm>
#include <array>
#include <ostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/cli/notify_verbs.h"
#include "daemon/notify/notice.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kMostOfAChannel = 10'000;
constexpr std::array<std::string_view, 6> kNoticeStates{"waiting", "silenced",       "inhibited",
                                                        "dead",    "not-configured", "dropped"};

/// Who holds it back, where that still holds; a graver finding is looked at by the daemon.
void tell_holder(const NoticeTrail& trail, UtcTime now, NoticeView& view) {
  const auto held = trail.held().find(view.message.id);
  if (held == trail.held().end()) return;
  const std::string& by = held->second.by;
  if (!is_silence_id(by)) {
    view.state = NoticeState::kInhibited;
    view.by = by;
    return;
  }
  const Silence* const silence = trail.silences().find(by);
  if (silence == nullptr || !silence->holds(now)) return;
  view.state = NoticeState::kSilenced;
  view.by = by;
}

NoticeView view_of(OutboxMessage message, const NoticeTrail& trail, const Config& config,
                   UtcTime now) {
  NoticeView view;
  const Notice notice = make_notice(message.id, {}, message.body, UtcTime{});
  view.finding = notice.finding;
  view.type = notice.type;
  view.text = notice.text;
  view.message = std::move(message);
  const GroupedNotices* const group = trail.group_of(view.message.id);
  const std::int64_t name = group != nullptr ? group->messages.front() : view.message.id;
  if (std::ranges::find(config.channels, view.message.channel, &ChannelConfig::name) ==
      config.channels.end()) {
    view.state = NoticeState::kUnclaimed;
  } else if (trail.dead().contains(name)) {
    view.state = NoticeState::kDead;
  } else if (group == nullptr) {
    tell_holder(trail, now, view);
  }
  return view;
}

}  // namespace

std::string_view notice_state_name(NoticeState state) {
  return kNoticeStates[static_cast<std::size_t>(state)];
}

std::int64_t NoticesAtHand::count(NoticeState state) const {
  return std::ranges::count(views, state, &NoticeView::state);
}

Result<NoticesAtHand> notices_at_hand(const Ledger& ledger, const Config& config, UtcTime now) {
  NoticesAtHand notices;
  if (auto read = notices.trail.read(ledger); !read) return tl::unexpected(read.error());
  Result<std::vector<OutboxMessage>> pending = ledger.pending(kMostOfAChannel);
  if (!pending) return tl::unexpected(pending.error());
  notices.views.reserve(pending->size() + notices.trail.dropped().size());
  for (OutboxMessage& message : *pending) {
    if (notices.trail.is_dropped(message.id)) continue;
    notices.views.push_back(view_of(std::move(message), notices.trail, config, now));
  }
  for (const DroppedNotice& dropped : notices.trail.dropped()) {
    notices.views.push_back({{dropped.message, dropped.channel, {}},
                             NoticeState::kNeverSent,
                             dropped.because,
                             dropped.finding,
                             "finding.opened",
                             {}});
  }
  return notices;
}

void print_notice_tally(Invocation& run, const NoticesAtHand& notices) {
  const auto& silences = notices.trail.silences().silences();
  const auto holding =
      std::ranges::count_if(silences, [&run](const Silence& one) { return one.holds(run.now()); });
  const std::int64_t silenced = notices.count(NoticeState::kSilenced);
  const std::int64_t inhibited = notices.count(NoticeState::kInhibited);
  const std::int64_t dropped = notices.count(NoticeState::kNeverSent);
  const std::int64_t dead = notices.count(NoticeState::kDead);
  if (holding + silenced + inhibited + dropped > 0) {
    run.out << "messages  " << counted(holding, "silence holds", "silences hold") << "; "
            << grouped(silenced) << " silenced, " << grouped(inhibited)
            << " held back by graver findings, " << grouped(dropped)
            << " never sent: `tidewaiter notify list`\n";
  }
  if (dead == 0) return;
  run.out << painted("messages  " + counted(dead, "message is", "messages are") + " given up",
                     Tone::kBad, run.terminal)
          << ": `tidewaiter notify list --state dead`, `tidewaiter notify retry`\n";
}

nlohmann::ordered_json notice_tally_json(const NoticesAtHand& notices, UtcTime now) {
  const auto& silences = notices.trail.silences().silences();
  nlohmann::ordered_json tally = {
      {"silences",
       std::ranges::count_if(silences, [now](const Silence& one) { return one.holds(now); })}};
  for (std::size_t i = 0; i < kNoticeStates.size(); ++i) {
    tally[std::string(kNoticeStates.at(i))] = notices.count(static_cast<NoticeState>(i));
  }
  return tally;
}

}  // namespace tidewaiter
