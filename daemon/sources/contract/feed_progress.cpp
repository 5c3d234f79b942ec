#include "daemon/sources/contract/feed_progress.h"

#include <algorithm>
#include <string>
#include <utility>

#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

constexpr Duration kSweepEvery = kDay;

/// Names a series by what decides its records, and by how far back it is to go: with an earlier
/// `since` all is read again, which adds what was missing and nothing else.
std::string query_of(const Feed& feed, const ContractConfig& contract) {
  Sha256 hash;
  hash.update_framed("contract 1").update_framed(contract.url);
  hash.update_framed(feed.name()).update_framed(feed.series());
  const std::optional<UtcTime>& since = contract.since;
  hash.update_framed(since ? std::to_string(since->us) : "");
  if (const auto& backfill = contract.backfill) {
    hash.update_framed("backfill").update_framed(std::to_string(backfill->from.us));
    hash.update_framed(std::to_string(backfill->to.us));
  }
  constexpr std::size_t kDigits = 16;
  return to_hex(hash.finish()).substr(0, kDigits);
}

FeedState new_series(std::string query, const FeedPace& pace, const ContractConfig& contract,
                     UtcTime now) {
  const UtcTime from =
      contract.backfill ? contract.backfill->from : contract.since.value_or(now - pace.first);
  FeedState fresh;
  fresh.query = std::move(query);
  fresh.since = align_down(from, pace.width);
  fresh.watermark = fresh.since;
  return fresh;
}

}  // namespace

ContractCursor::Feeds& feeds_of_pull(ContractCursor& cursor, const SourceConfig& config) {
  return config.contract->backfill ? cursor.backfill : cursor.feeds;
}

bool resume_series(ContractCursor& cursor, const SourceConfig& config,
                   const std::vector<std::unique_ptr<Feed>>& feeds, UtcTime now) {
  ContractCursor::Feeds& all = feeds_of_pull(cursor, config);
  ContractCursor::Feeds resumed;
  bool is_new = false;
  for (const auto& feed : feeds) {
    std::string query = query_of(*feed, *config.contract);
    const auto known = all.find(feed->name());
    if (known != all.end() && known->second.query == query) {
      resumed.insert(*known);
      continue;
    }
    is_new = true;
    resumed.emplace(feed->name(),
                    new_series(std::move(query), feed->pace(), *config.contract, now));
  }
  all = std::move(resumed);
  return is_new;
}

UtcTime goal_of(const Feed& feed, const SourceConfig& config, UtcTime now) {
  const FeedPace pace = feed.pace();
  const UtcTime last = align_down(now - pace.behind, pace.width);
  const auto& backfill = config.contract->backfill;
  return backfill ? std::min(last, align_down(backfill->to, pace.width)) : last;
}

UtcTime begin_pull(FeedState& state, const FeedPace& pace, UtcTime goal) {
  Duration back = pace.overlap;
  const bool due = !state.swept || goal - *state.swept >= kSweepEvery;
  if (pace.sweep > back && due) {
    back = pace.sweep;
    state.swept = goal;
  }
  return std::max(state.since, align_down(state.watermark - back, pace.width));
}

void begin_pages(FeedState& state) {
  state.token.clear();
  state.page = 0;
  state.cuts = 0;
  state.good = 0;
  state.bad = 0;
  state.counted = true;
  state.whole_to.reset();
}

void count_own(FeedState& state, const FeedAnswer& answer) {
  state.own +=
      std::ranges::count_if(answer.own, [&state](UtcTime time) { return time >= state.watermark; });
}

void pass_page(FeedState& state, const FeedAnswer& answer, UtcTime goal) {
  if (answer.whole_to)
    state.whole_to = std::min(state.whole_to.value_or(*answer.whole_to), *answer.whole_to);
  if (answer.more) {
    state.token = answer.next;
    ++state.page;
    return;
  }
  state.at = state.window->to;
  const UtcTime whole = std::min(state.window->to, state.whole_to.value_or(state.window->to));
  // Behind a window that was not whole nothing is covered, whatever this one says of itself.
  if (state.window->from <= state.watermark) state.watermark = std::max(state.watermark, whole);
  state.window.reset();
  begin_pages(state);
  if (*state.at >= goal) state.at.reset();  // this feed's pull is over
}

std::optional<Interval> end_pull(ContractCursor& cursor) {
  Interval drained{cursor.feeds.begin()->second.since, cursor.feeds.begin()->second.watermark};
  for (auto& [name, state] : cursor.feeds) {
    drained.from = std::max(drained.from, state.since);
    drained.to = std::min(drained.to, state.watermark);
    // One that was cut short goes on in its window.
    if (!state.window) state.at.reset();
  }
  if (drained.to <= drained.from || (cursor.stated && *cursor.stated >= drained.to)) {
    return std::nullopt;
  }
  cursor.stated = drained.to;
  return drained;
}

std::optional<Interval> end_backfill(ContractCursor& cursor) {
  Interval drained{cursor.backfill.begin()->second.since,
                   cursor.backfill.begin()->second.watermark};
  bool joins = cursor.stated.has_value();
  for (const auto& [name, state] : cursor.backfill) {
    drained.from = std::max(drained.from, state.since);
    drained.to = std::min(drained.to, state.watermark);
    const auto usual = cursor.feeds.find(name);
    joins = joins && usual != cursor.feeds.end() && usual->second.since <= state.watermark;
  }
  cursor.backfill.clear();
  if (!joins || drained.to <= drained.from) return std::nullopt;
  return drained;
}

}  // namespace tidewaiter
