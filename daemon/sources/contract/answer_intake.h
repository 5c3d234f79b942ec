#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/outbound/secret.h"
#include "daemon/sources/contract/contract_cursor.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/source_config.h"
#include "daemon/sources/source_request.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

// From what a feed has read of an answer to the pages that the record log takes.

/// What an answer has brought and no page has taken yet.
struct WaitingAnswer {
  std::vector<Record> records;
  std::vector<QuarantinedInput> bad;
  std::size_t records_given = 0;
  std::size_t bad_given = 0;
  bool closes = false;           ///< see Page
  std::optional<Reread> reread;  ///< of the page with the last of it
  ContractCursor after;          ///< the state once all of it is taken
  std::optional<SourceCut> cut;  ///< the window has more pages than this pull reads
};

/// Whether what seals payment instruments can be read, where the configuration names it: asked
/// before the first request, so that nothing is fetched that could not be stored. Errors: as
/// read_seal_key().
[[nodiscard]] Result<void> check_seal_key(const SourceConfig& config, const Variables& variables);

/// Checks the whole and makes its records those of the source: whose they are, when they were
/// observed and how complete they are, with payment instruments under the configuration's key
/// alone; bad rows name endpoint and place. Errors: kInvalidInput for more bad rows than `max_bad`
/// allows; those of seal_fingerprints().
[[nodiscard]] Result<void> take_in(FeedAnswer& answer, const SourceConfig& config, const Feed& feed,
                                   const Variables& variables, UtcTime now);

/// Counts a page among those of its window. Where each page has a row or two, as lists of one
/// party's things have, the share of one page says nothing: one bad row is always allowed. So a
/// window that has had nothing but bad rows, and more of them than `max_bad` allows, fails: once
/// there are ten of them, or at its end, where two will do. A page that tells where to go on, and
/// has no records, counts for nothing. Errors: kInvalidInput.
[[nodiscard]] Result<void> count_rows(FeedState& state, const FeedAnswer& answer,
                                      const SourceConfig& config);

/// How complete what ends at `end` is at `now`.
[[nodiscard]] Completeness completeness_at(UtcTime end, const FeedPace& pace, UtcTime now);

/// The window's pages are read again from some place on: bad rows would be counted twice. That some
/// could be read stays known.
void recount_bad_rows(FeedState& state);

/// Moves as much of what waits into a page as one takes. True: that was the last of it.
[[nodiscard]] bool fill_page(WaitingAnswer& waiting, Page& page);

}  // namespace tidewaiter
