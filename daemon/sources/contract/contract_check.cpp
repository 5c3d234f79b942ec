#include "daemon/sources/contract/contract_check.h"

#include <algorithm>
#include <cstdlib>

#include "daemon/sources/contract/contract_source.h"
#include "policies/model/counted_text.h"

namespace tidewaiter {

std::vector<std::string> told_state(const ContractCursor& state, bool is_new, UtcTime now) {
  if (is_new) return {"nothing has been pulled yet"};
  std::vector<std::string> told;
  for (const auto& [name, feed] : state.feeds) {
    std::string line = name + ": read from " + format_time(feed.since) + " up to " +
                       format_time(feed.watermark) + ", " +
                       format_duration({std::max<std::int64_t>(0, (now - feed.watermark).us) /
                                        kSecond.us * kSecond.us}) +
                       " behind the clock";
    if (feed.window) {
      line += "; under way from " + format_time(feed.window->from) + " to " +
              format_time(feed.window->to) + ", page " + std::to_string(feed.page + 1);
      if (feed.cuts > 0) line += "; pulls that ended in it: " + std::to_string(feed.cuts);
    }
    if (feed.own > 0) {
      line += "; left out: " + counted_text(feed.own, "row that tells", "rows that tell") +
              " of this program's own requests";
    }
    if (feed.narrow_to) {
      line += "; without keys up to " + format_time(*feed.narrow_to) +
              ", for the server refuses to group by them";
    }
    told.push_back(std::move(line));
  }
  for (const auto& [name, feed] : state.backfill) {
    told.push_back(name + ": a backfill is under way, read from " + format_time(feed.since) +
                   " up to " + format_time(feed.watermark));
  }
  if (std::string key = told_key(state.key, now); !key.empty()) {
    told.push_back(std::move(key));
  } else if (!state.key.last_four.empty()) {
    told.push_back("the key ends with " + state.key.last_four + ", and its end is not known");
  }
  told.push_back(std::to_string(state.pages) + " pages read, " + std::to_string(state.retries) +
                 " tries beyond the first");
  return told;
}

std::string told_key(const KeyStanding& key, UtcTime now) {
  if (!key.expires) return {};
  std::string text = "the key that ends with " + key.last_four + " (" + key.id + ") ";
  text += (*key.expires <= now ? "has expired at " : "expires at ") + format_time(*key.expires);
  if (*key.expires > now) text += ", in " + counted_text((*key.expires - now).us / kDay.us, "day");
  return text;
}

Result<std::string> told_answer(const Feed& feed, const FeedQuestion& question,
                                const FetchOutcome& outcome) {
  if (!outcome.response) return tl::unexpected(outcome.response.error());
  if (outcome.response->status < 200 || outcome.response->status >= 300) {
    return tl::unexpected(status_error(*outcome.response, feed.permission()));
  }
  const Result<FeedAnswer> answer = feed.read_response(*outcome.response, question);
  if (!answer) return tl::unexpected(answer.error());
  std::string line = std::string(feed.name()) + ": answers for " +
                     format_time(question.window.from) + " to " + format_time(question.window.to) +
                     " with " + counted_text(answer->rows, "row");
  if (!answer->own.empty()) {
    line += ", " + std::to_string(answer->own.size()) + " of them of this program's own requests";
  }
  if (!answer->bad.empty()) {
    line +=
        ", " + std::to_string(answer->bad.size()) + " of them bad: " + answer->bad.front().reason;
  }
  if (outcome.skew) {
    const Duration skew{std::abs(outcome.skew->us) / kSecond.us * kSecond.us};
    if (skew > ContractSource::kToldSkew) {
      line += "; the server's clock is " + format_duration(skew) +
              (outcome.skew->us > 0 ? " ahead" : " behind") +
              (skew > ContractSource::kMostSkew ? ", too far for a window to be closed" : "");
    }
  }
  return line;
}

}  // namespace tidewaiter
