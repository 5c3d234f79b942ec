#include "daemon/sources/contract/answer_intake.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "daemon/outbound/url_query.h"
#include "daemon/sources/bad_share.h"
#include "daemon/sources/contract/fingerprint_seal.h"

namespace tidewaiter {
namespace {

/// Before the end of a window so many bad rows, and not one that is read, are no chance.
constexpr std::int64_t kEnoughBadRows = 10;

Result<void> check_bad_share(const FeedAnswer& answer, const SourceConfig& config) {
  const auto bad = static_cast<std::int64_t>(answer.bad.size());
  if (bad <= most_bad(config, answer.rows)) return {};
  return fail(ErrorCode::kInvalidInput,
              std::to_string(bad) + " of " + std::to_string(answer.rows) +
                  " rows are bad, more than `max_bad` allows; the first: " +
                  answer.bad.front().reason + "; the server's format may have changed");
}

/// Moves what a page has room for.
template <class Item>
void move_some(std::vector<Item>& from, std::size_t& given, std::vector<Item>& to) {
  const std::size_t count = std::min(from.size() - given, kMaxPageRecords);
  const auto begin = from.begin() + static_cast<std::ptrdiff_t>(given);
  std::move(begin, begin + static_cast<std::ptrdiff_t>(count), std::back_inserter(to));
  given += count;
}

}  // namespace

Result<void> check_seal_key(const SourceConfig& config, const Variables& variables) {
  const SecretRef& key = config.contract->fingerprint_key;
  if (key.name.empty()) return {};
  if (auto read = read_seal_key(key, variables); !read) return tl::unexpected(read.error());
  return {};
}

Result<void> take_in(FeedAnswer& answer, const SourceConfig& config, const Feed& feed,
                     const Variables& variables, UtcTime now) {
  if (auto fits = check_bad_share(answer, config); !fits) return fits;
  const SecretRef& key = config.contract->fingerprint_key;
  if (!key.name.empty()) {
    if (auto sealed = seal_fingerprints(answer.records, key, variables); !sealed) return sealed;
  }
  const FeedPace pace = feed.pace();
  for (Record& record : answer.records) {
    record.source = config.names_of.empty() ? config.name : config.names_of;
    record.observed = now;
    const bool whole = !answer.whole_to || record.end() <= *answer.whole_to;
    record.completeness = whole ? completeness_at(record.end(), pace, now) : Completeness::kOpen;
  }
  for (QuarantinedInput& input : answer.bad) {
    const std::string endpoint =
        std::string(without_query(config.contract->url)) + " " + std::string(feed.name());
    input.origin = input.origin.empty() ? endpoint : endpoint + " " + input.origin;
  }
  return {};
}

Result<void> count_rows(FeedState& state, const FeedAnswer& answer, const SourceConfig& config) {
  if (!state.counted) return {};
  const auto bad = static_cast<std::int64_t>(answer.bad.size());
  state.good += bad > 0 ? answer.rows - bad : static_cast<std::int64_t>(answer.records.size());
  state.bad += bad;
  const bool enough = state.bad >= kEnoughBadRows || !answer.more;
  if (!enough || state.good > 0 || state.bad <= most_bad(config, state.bad)) return {};
  const std::string last = answer.bad.empty() ? "" : "; the last: " + answer.bad.back().reason;
  return fail(ErrorCode::kInvalidInput, "all " + std::to_string(state.bad) + " rows of the window" +
                                            (answer.more ? " so far" : "") + " are bad" + last +
                                            "; the server's format may have changed");
}

Completeness completeness_at(UtcTime end, const FeedPace& pace, UtcTime now) {
  if (now < end + pace.open) return Completeness::kOpen;
  return now < end + pace.settles ? Completeness::kSettling : Completeness::kFinal;
}

void recount_bad_rows(FeedState& state) { state.bad = 0; }

bool fill_page(WaitingAnswer& waiting, Page& page) {
  page.closes = waiting.closes;
  move_some(waiting.records, waiting.records_given, page.records);
  move_some(waiting.bad, waiting.bad_given, page.quarantine);
  const bool last =
      waiting.records_given == waiting.records.size() && waiting.bad_given == waiting.bad.size();
  if (last) page.reread = std::move(waiting.reread);
  return last;
}

}  // namespace tidewaiter
