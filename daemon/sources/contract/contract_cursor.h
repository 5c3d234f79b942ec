#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// How far one feed has been read.
struct FeedState {
  std::string query;               ///< hash of the series: all else holds under this one only
  UtcTime since;                   ///< where its first pull began
  UtcTime watermark;               ///< end of the last window that was read to its end and is whole
  std::optional<UtcTime> at;       ///< a pull is under way: where its next window begins
  std::optional<Interval> window;  ///< the window under way
  std::string token;               ///< of its next page; empty: the first
  std::int64_t page = 0;           ///< pages of the window that were read
  std::int64_t cuts = 0;           ///< pulls that ended in the window, for it had too many pages
  std::int64_t good = 0;           ///< rows of these pages that are records
  std::int64_t bad = 0;            ///< … and that are not
  std::optional<UtcTime> swept;    ///< where the last pull that began far back was to end
  std::int64_t own = 0;            ///< rows so far that told of this program's own requests
  bool counted = true;             ///< false: a cursor of before these were counted; they are 0
  std::optional<UtcTime> whole_to;  ///< the least that its pages have said: see FeedAnswer
  bool operator==(const FeedState&) const = default;
};

/// What a pull over HTTP left behind, committed with each page.
struct ContractCursor {
  using Feeds = std::map<std::string, FeedState, std::less<>>;
  Feeds feeds;
  Feeds backfill;                 ///< the same of a backfill that has not come to its end
  std::optional<UtcTime> stated;  ///< up to where coverage has been stated
  std::int64_t pages = 0;         ///< read so far: no two cursors are equal
  std::int64_t part = 0;          ///< of an answer with more records than a page takes
  std::int64_t retries = 0;       ///< tries beyond the first, so far
  Duration skew;                  ///< the server's clock less ours, at the last answer that told
  bool operator==(const ContractCursor&) const = default;
};

/// One line of JSON.
[[nodiscard]] std::string to_text(const ContractCursor& cursor);
/// Errors: kCorruption.
[[nodiscard]] Result<ContractCursor> contract_cursor_from_text(std::string_view text);

}  // namespace tidewaiter
