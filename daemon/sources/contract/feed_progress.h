#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "daemon/sources/contract/contract_cursor.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

// How far the feeds of a source have come: where each begins, where it is to end, and what is
// covered once they have. Of a source with `config.contract->backfill` that of the backfill.

/// The states that a pull moves on: those of its backfill, if it is one.
[[nodiscard]] ContractCursor::Feeds& feeds_of_pull(ContractCursor& cursor,
                                                   const SourceConfig& config);

/// Keeps what is known of the series that is read now, and forgets all others: one that is not
/// known begins at the backfill's beginning, at `since`, or as far back as its pace says. True if
/// there was one of these.
[[nodiscard]] bool resume_series(ContractCursor& cursor, const SourceConfig& config,
                                 const std::vector<std::unique_ptr<Feed>>& feeds, UtcTime now);

/// Up to where a feed is to be read now: the last whole bucket, or the backfill's end.
[[nodiscard]] UtcTime goal_of(const Feed& feed, const SourceConfig& config, UtcTime now);

/// Where a pull that begins now reads from: behind the watermark by the overlap, or, a day after it
/// last was, by the pace's sweep, which the state remembers.
[[nodiscard]] UtcTime begin_pull(FeedState& state, const FeedPace& pace, UtcTime goal);

/// The window under way is read from its first page on.
void begin_pages(FeedState& state);

/// Counts the rows of an answer that told of this program's own requests: once each, for what lies
/// before the watermark has been read before.
void count_own(FeedState& state, const FeedAnswer& answer);

/// Moves the state over a page that was read whole. With the last one of a window the watermark
/// comes to its end, or as far as the server's figures are whole: the next pull reads from there.
void pass_page(FeedState& state, const FeedAnswer& answer, UtcTime goal);

/// The end of a pull: what is drained, if that is more than was stated before. Where one of the
/// feeds has not been read nothing is covered, before its beginning as behind its watermark.
[[nodiscard]] std::optional<Interval> end_pull(ContractCursor& cursor);

/// The end of a backfill, whose state is forgotten. Nothing, if between it and what has been read
/// before something may be missing: a source's coverage has no holes.
[[nodiscard]] std::optional<Interval> end_backfill(ContractCursor& cursor);

}  // namespace tidewaiter
