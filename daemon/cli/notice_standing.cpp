#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/app/failure_notes.h"
#include "daemon/app/notice_holder.h"
#include "daemon/cli/notify_verbs.h"
#include "daemon/notify/notice.h"
#include "storage/review/report_changes.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kMostOfAChannel = 10'000;
constexpr std::array<std::string_view, 6> kNoticeStates{"waiting", "silenced",       "inhibited",
                                                        "dead",    "not-configured", "dropped"};

/// What the daemon asks before a message leaves, as it is now.
class HolderLookup {
 public:
  [[nodiscard]] static Result<HolderLookup> read(const Ledger& ledger, const NoticeTrail& trail,
                                                 const Config& config, UtcTime now) {
    const StatePaths paths = state_paths(config);
    HolderLookup lookup;
    auto silences = active_silences(paths.folder, trail.silences(), now);
    if (!silences) return tl::unexpected(silences.error());
    lookup.silences_ = std::move(*silences);
    if (lookup.silences_.empty() && config.inhibit.empty()) return lookup;
    if (auto read = lookup.noticed_.read(ledger); !read) {
      return tl::unexpected(read.error());
    }
    Result<CaseBook> book = CaseBook::read(ledger);
    if (!book) return tl::unexpected(book.error());
    lookup.book_ = std::make_unique<CaseBook>(std::move(*book));
    lookup.places_.emplace(*lookup.book_);
    return lookup;
  }

  [[nodiscard]] NoticeHolder holder(const std::string& channel, const std::string& finding,
                                    const NoticeTrail& trail, const Config& config) const {
    const FindingPlaces::Place* const place = places_ ? places_->find(finding) : nullptr;
    if (place == nullptr) return {};
    return holder_of(channel, *place->where, *place->finding,
                     {silences_, config.inhibit, trail, noticed_});
  }

 private:
  std::vector<ActiveSilence> silences_;
  NoticedFindings noticed_;
  std::unique_ptr<CaseBook> book_;  ///< `places_` points into it
  std::optional<FindingPlaces> places_;
};

NoticeView view_of(OutboxMessage message, const NoticeTrail& trail, const Config& config,
                   const HolderLookup& holders) {
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
    const NoticeHolder holder = holders.holder(view.message.channel, view.finding, trail, config);
    view.by = holder.name();
    if (holder.silence != nullptr) {
      view.state = NoticeState::kSilenced;
    } else if (holder.graver) {
      view.state = NoticeState::kInhibited;
    }
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
  std::map<std::string, std::int64_t> read;
  for (const OutboxMessage& message : *pending) ++read[message.channel];
  notices.all =
      std::ranges::none_of(read, [](const auto& one) { return one.second == kMostOfAChannel; });
  const auto holders = HolderLookup::read(ledger, notices.trail, config, now);
  if (!holders) return tl::unexpected(holders.error());
  const MessageFailures failures = kept_failures(config.state);
  notices.views.reserve(pending->size() + notices.trail.dropped().size());
  for (OutboxMessage& message : *pending) {
    if (notices.trail.is_dropped(message.id)) continue;
    const auto failure = failures.find(message.id);
    notices.views.push_back(view_of(std::move(message), notices.trail, config, *holders));
    if (failure != failures.end()) notices.views.back().failure = failure->second;
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
  const std::int64_t waiting = notices.count(NoticeState::kWaiting);
  const std::int64_t unclaimed = notices.count(NoticeState::kUnclaimed);
  if (holding + silenced + inhibited + dropped > 0) {
    run.out << "messages  " << counted(holding, "silence holds", "silences hold") << "; "
            << grouped(silenced) << " silenced, " << grouped(inhibited)
            << " held back by graver findings, " << grouped(dropped)
            << " never sent: `tidewaiter notify list`\n";
  }
  if (waiting + unclaimed > 0) {
    run.out << "messages  " << counted(waiting + unclaimed, "waits", "wait") << " to be sent";
    if (unclaimed > 0) {
      run.out << ", " << grouped(unclaimed) << " of them by a channel that is not configured";
    }
    run.out << ": `tidewaiter notify list`\n";
  }
  if (!notices.all) {
    run.out << "messages  more than " << grouped(kMostOfAChannel)
            << " of a channel wait: the newer ones are not counted\n";
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
  tally["all_counted"] = notices.all;
  return tally;
}

}  // namespace tidewaiter
