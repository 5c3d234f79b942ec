#include "daemon/sources/contract/contract_doctor.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "daemon/outbound/url_query.h"
#include "daemon/sources/bad_share.h"
#include "daemon/sources/contract/contract_check.h"
#include "daemon/sources/contract/contract_source.h"
#include "policies/model/counted_text.h"

namespace tidewaiter {
namespace {

/// So many buckets are looked at: enough for a day of hours, few enough for one page of most.
constexpr std::int64_t kBucketsLookedAt = 24;

/// In a URL: `group_by[]=`.
constexpr std::string_view kBrackets = "%5B%5D=";

std::string whole_seconds(Duration length) {
  return format_duration({std::abs(length.us) / kSecond.us * kSecond.us});
}

/// The same request with its lists in the other form; nothing if it has none.
std::optional<std::string> other_lists(const std::string& url) {
  std::string other = url;
  if (url.find(kBrackets) != std::string::npos) {
    for (std::size_t at = 0; (at = other.find(kBrackets, at)) != std::string::npos; ++at) {
      other.replace(at, kBrackets.size(), "=");
    }
    return other;
  }
  constexpr std::string_view kPlain = "group_by=";
  if (url.find(kPlain) == std::string::npos) return std::nullopt;
  for (std::size_t at = 0; (at = other.find(kPlain, at)) != std::string::npos;) {
    const std::string with = "group_by" + std::string(kBrackets);
    other.replace(at, kPlain.size(), with);
    at += with.size();
  }
  return other;
}

/// What the request asks to have at most on a page.
std::optional<std::int64_t> asked_limit(const std::string& url) {
  const std::size_t at = url.find("limit=");
  if (at == std::string::npos) return std::nullopt;
  std::int64_t limit = 0;
  const char* const first = url.data() + at + std::string_view("limit=").size();
  const auto read = std::from_chars(first, url.data() + url.size(), limit);
  return read.ec == std::errc() ? std::optional(limit) : std::nullopt;
}

std::set<Digest> ids_of(const FeedAnswer& answer) {
  std::set<Digest> ids;
  for (const Record& record : answer.records) ids.insert(record.id);
  return ids;
}

/// Of answers with records: their first and last `time`.
std::pair<UtcTime, UtcTime> times_of(const FeedAnswer& answer) {
  const auto [first, last] = std::ranges::minmax(answer.records, {}, &Record::time);
  return {first.time, last.time};
}

/// How much time a feed is asked about: of buckets some, of single requests an hour.
Duration looked_at(const Feed& feed) {
  const FeedPace pace = feed.pace();
  const std::int64_t wanted =
      feed.operation_in_full() ? kBucketsLookedAt : kHour.us / pace.width.us;
  return {std::clamp<std::int64_t>(wanted, 1, pace.window.us / pace.width.us) * pace.width.us};
}

/// What `limit` counts of an answer: rows, or buckets, of which those without rows are not known.
std::int64_t size_of(const Feed& feed, const FeedAnswer& answer) {
  if (!feed.operation_in_full()) return answer.rows;
  std::set<UtcTime> starts;
  for (const Record& record : answer.records) starts.insert(record.time);
  return static_cast<std::int64_t>(starts.size());
}

std::string why_not(const Result<FeedAnswer>& answer) { return to_text(answer.error()); }

}  // namespace

ContractDoctor::ContractDoctor(const SourceConfig& config,
                               const std::vector<std::unique_ptr<Feed>>& feeds, Ask ask,
                               UtcTime now)
    : config_(config), feeds_(feeds), ask_(std::move(ask)), now_(now) {}

void ContractDoctor::tell(Verdict verdict, std::string asked, std::string seen, std::string means) {
  told_.push_back({verdict, std::move(asked), std::move(seen), std::move(means)});
}

std::vector<SourceExamination> ContractDoctor::examine(const ContractCursor& state) {
  bool reached = false;
  for (const auto& feed : feeds_) {
    const FeedPace pace = feed->pace();
    const UtcTime to = align_down(now_, pace.width);
    const FeedQuestion question{{to - looked_at(*feed), to}, {}};
    const Heard first = hear(*feed, question, feed->ask(question));
    if (!std::exchange(reached, true)) {
      if (!examine_reach(first)) return std::move(told_);
      examine_clock(first);
    }
    examine_feed(*feed, first);
  }
  examine_late_data();
  examine_key(state.key);
  return std::move(told_);
}

ContractDoctor::Heard ContractDoctor::hear(const Feed& feed, const FeedQuestion& question,
                                           const HttpRequest& request) {
  const FetchSubject subject{std::string(feed.name()), question.window, 1, !question.token.empty(),
                             feed.tells_path(question)};
  Heard heard{question, request, ask_(request, subject), FeedAnswer{}};
  const Result<HttpResponse>& response = heard.outcome.response;
  if (!response) {
    heard.answer = tl::unexpected(response.error());
  } else if (!feed.is_answer(*response, question)) {
    heard.answer = tl::unexpected(status_error(*response));
  } else {
    heard.answer = feed.read_response(*response, question);
  }
  if (heard.answer) {
    for (const ListedKey& key : heard.answer->keys) listed_.push_back(key);
  }
  return heard;
}

/// False: there is nobody to ask anything else.
bool ContractDoctor::examine_reach(const Heard& first) {
  const std::string asked = "does the server answer?";
  const std::string url(without_query(config_.contract->url));
  if (!first.outcome.response) {
    tell(Verdict::kBad, asked, url + ": " + to_text(first.outcome.response.error()),
         "nothing can be read from this machine: look at name, line, proxy, certificates and "
         "`token`; nothing else was asked");
    return false;
  }
  tell(Verdict::kGood, asked,
       url + " answers with status " + std::to_string(first.outcome.response->status),
       url.starts_with("https:")
           ? "name, line and TLS (1.2 or newer, with a certificate that is trusted here) are good"
       : url.starts_with("http:")
           ? "name and line are good; nothing is encrypted, which is for this machine alone"
           : "name and line are good");
  return true;
}

void ContractDoctor::examine_clock(const Heard& first) {
  const std::string asked = "how far is the server's clock off?";
  if (!first.outcome.skew) {
    return tell(Verdict::kUnknown, asked, "the answer has no `Date`",
                "a wrong clock of this machine would not be noticed here: keep it by NTP");
  }
  const Duration skew = *first.outcome.skew;
  const Duration size{std::abs(skew.us)};
  const std::string seen = whole_seconds(skew) + (skew.us >= 0 ? " ahead" : " behind");
  if (size > ContractSource::kMostSkew) {
    return tell(Verdict::kBad, asked, seen,
                "no window is closed until the two agree within " +
                    format_duration(ContractSource::kMostSkew) + ": set this machine's clock");
  }
  if (size > ContractSource::kToldSkew) {
    return tell(Verdict::kUnknown, asked, seen, "windows are closed; look at both clocks");
  }
  tell(Verdict::kGood, asked, seen, "both know which buckets are whole");
}

void ContractDoctor::examine_feed(const Feed& feed, const Heard& first) {
  const std::string name(feed.name());
  const std::string asked = name + ": may the key read it?";
  if (!first.answer) {
    const bool refused = first.answer.error().code == ErrorCode::kRefused;
    return tell(Verdict::kBad, asked, why_not(first.answer),
                refused ? "the key is wrong, or lacks the permission that the source's page names"
                        : "the server answers, and not as the source expects: is `url` the API's?");
  }
  const auto bad = static_cast<std::int64_t>(first.answer->bad.size());
  const std::string seen = "yes: " + counted_text(first.answer->rows, "row") + " for " +
                           format_time(first.question.window.from) + " to " +
                           format_time(first.question.window.to);
  if (bad == 0) {
    tell(Verdict::kGood, asked, seen, "the key is good for it");
  } else {
    tell(bad > most_bad(config_, first.answer->rows) ? Verdict::kBad : Verdict::kUnknown, asked,
         seen,
         counted_text(bad, "row") + " of them cannot be read: " + first.answer->bad.front().reason +
             "; more than `max_bad` allows stop the source");
  }
  if (feed.operation_in_full()) examine_freshness(feed, first);
  examine_page(feed, first);
  examine_order(feed, first);
  examine_lists(feed, first);
  examine_version(feed, first);
}

void ContractDoctor::examine_freshness(const Feed& feed, const Heard& heard) {
  const std::string asked = std::string(feed.name()) + ": how fresh is it?";
  const FeedPace pace = feed.pace();
  if (heard.answer->records.empty() || heard.answer->more) {
    return tell(Verdict::kUnknown, asked,
                heard.answer->more ? "the newest is on a later page" : "there was no usage",
                "nothing can be told: ask again when there is some");
  }
  const UtcTime newest = times_of(*heard.answer).second + pace.width;
  const std::string seen =
      "the newest bucket with usage ended " + whole_seconds(now_ - newest) + " ago";
  if (newest == heard.question.window.to) {
    return tell(Verdict::kGood, asked, seen,
                "the last whole bucket is there; it is read " + format_duration(pace.behind) +
                    " after its end, and again within the overlap");
  }
  tell(
      Verdict::kUnknown, asked, seen,
      "either nobody used it since, or the vendor counts later than that: what comes late is found "
      "within the overlap of " +
          format_duration(pace.overlap));
}

void ContractDoctor::examine_page(const Feed& feed, const Heard& heard) {
  const std::string asked = std::string(feed.name()) + ": are pages as long as is asked?";
  const std::optional<std::int64_t> limit = asked_limit(heard.request.url);
  if (!limit) return;
  const std::int64_t size = size_of(feed, *heard.answer);
  const std::string what = feed.operation_in_full() ? "bucket" : "row";
  const std::string seen = counted_text(size, what) + " of at most " + std::to_string(*limit) +
                           (heard.answer->more ? ", and there is more" : ", and that is all");
  if (size > *limit) {
    return tell(Verdict::kBad, asked, seen, "the server takes no notice of `limit`");
  }
  if (!heard.answer->more) {
    return tell(Verdict::kUnknown, asked, seen, "one page has it all, so that nothing can be told");
  }
  if (size == *limit) return tell(Verdict::kGood, asked, seen, "`limit` is honoured");
  tell(Verdict::kUnknown, asked, seen,
       "pages are shorter than is asked for; all of them are read, for what leads on is what the "
       "answer says and no count");
}

void ContractDoctor::examine_order(const Feed& feed, const Heard& heard) {
  const std::string asked = std::string(feed.name()) + ": where does the next page lead?";
  if (!heard.answer->more) {
    return tell(Verdict::kUnknown, asked, "there is none", "nothing can be told");
  }
  if (heard.answer->next.empty()) {
    return tell(Verdict::kBad, asked, "the answer says that there is more, and gives no token",
                "the source stops at such a page");
  }
  FeedQuestion onward = heard.question;
  onward.token = heard.answer->next;
  const Heard second = hear(feed, onward, feed.ask(onward));
  if (!second.answer) {
    return tell(Verdict::kBad, asked, why_not(second.answer), "the token leads nowhere");
  }
  if (second.answer->more && second.answer->next == onward.token) {
    return tell(Verdict::kBad, asked, "to itself: its token is the one that it was asked by",
                "the source stops at such a page");
  }
  const std::set<Digest> before = ids_of(*heard.answer);
  const auto again = std::ranges::count_if(
      second.answer->records, [&before](const Record& one) { return before.contains(one.id); });
  if (again > 0) {
    return tell(Verdict::kBad, asked,
                counted_text(again, "record") + " of the first page come again on the second",
                "the cursor leads back, or rows moved meanwhile: ask again, and if it stays so the "
                "source would miss what lies behind");
  }
  if (heard.answer->records.empty() || second.answer->records.empty()) {
    return tell(Verdict::kUnknown, asked, "to a page that repeats nothing",
                "one of the two has no records, so that their order cannot be told");
  }
  const auto [first_from, first_to] = times_of(*heard.answer);
  const auto [second_from, second_to] = times_of(*second.answer);
  if (second_from >= first_to && second_to > first_from) {
    return tell(Verdict::kGood, asked, "to later times, and repeats nothing",
                "pages go forward in time");
  }
  if (second_to <= first_from && second_from < first_to) {
    return tell(Verdict::kGood, asked, "to earlier times, and repeats nothing",
                "the newest comes first: the window is closed with its last page alone");
  }
  tell(Verdict::kGood, asked, "on, and repeats nothing", "pages are in no order of time");
}

void ContractDoctor::examine_lists(const Feed& feed, const Heard& heard) {
  const std::optional<std::string> url = other_lists(heard.request.url);
  if (!url) return;
  const bool brackets = heard.request.url.find(kBrackets) != std::string::npos;
  const std::string in_use = brackets ? "`lists: brackets`" : "`lists: repeat`";
  const std::string other = brackets ? "`lists: repeat`" : "`lists: brackets`";
  const std::string asked = std::string(feed.name()) + ": in which form does it take lists?";
  HttpRequest request = heard.request;
  request.url = *url;
  const Heard otherwise = hear(feed, heard.question, request);
  if (!otherwise.answer) {
    return tell(Verdict::kGood, asked,
                "as " + in_use + "; as " + other + ": " + why_not(otherwise.answer),
                "keep " + in_use);
  }
  if (heard.answer->records.empty() && otherwise.answer->records.empty()) {
    return tell(Verdict::kUnknown, asked, "both are taken, and there was no usage",
                "whether one of them is passed over cannot be told: ask again when there is some");
  }
  if (ids_of(*heard.answer) == ids_of(*otherwise.answer)) {
    return tell(Verdict::kGood, asked, "both forms give the same records", "either will do");
  }
  const bool fewer = otherwise.answer->records.size() < heard.answer->records.size();
  tell(fewer ? Verdict::kGood : Verdict::kBad, asked,
       counted_text(static_cast<std::int64_t>(heard.answer->records.size()), "record") + " as " +
           in_use + ", " + std::to_string(otherwise.answer->records.size()) + " as " + other,
       fewer ? "the other form is passed over, and its rows are of nobody: keep " + in_use
             : "the form in use is passed over, and its rows are of nobody: write " + other);
}

void ContractDoctor::examine_version(const Feed& feed, const Heard& heard) {
  const std::string& in_use = config_.contract->version;
  const std::string& other = config_.contract->other_version;
  if (other.empty()) return;
  HttpRequest request = heard.request;
  const auto header =
      std::ranges::find(request.headers, in_use, &std::pair<std::string, std::string>::second);
  if (header == request.headers.end()) return;
  header->second = other;
  const std::string asked =
      std::string(feed.name()) + ": does version " + other + " say the same as " + in_use + "?";
  const Heard otherwise = hear(feed, heard.question, request);
  if (!otherwise.answer) {
    return tell(Verdict::kUnknown, asked, why_not(otherwise.answer),
                "keep `version: " + in_use + "`");
  }
  const bool same = ids_of(*heard.answer) == ids_of(*otherwise.answer) &&
                    heard.answer->rows == otherwise.answer->rows;
  tell(same ? Verdict::kGood : Verdict::kUnknown, asked,
       same ? "yes: " + counted_text(otherwise.answer->rows, "row")
            : "no: " + std::to_string(heard.answer->rows) + " and " +
                  counted_text(otherwise.answer->rows, "row"),
       same ? "either will do" : "another version is another series: change it with care");
}

/// What no single look can tell.
void ContractDoctor::examine_late_data() {
  const bool counts = std::ranges::any_of(
      feeds_, [](const auto& feed) { return feed->operation_in_full().has_value(); });
  if (!counts) return;
  tell(Verdict::kUnknown, "how long after a bucket do its figures change?",
       "that is not to be seen at once",
       "polls read the overlap of " + format_duration(config_.contract->overlap) +
           " again; what changes behind it is noticed by a backfill, as `source.restated`");
}

void ContractDoctor::examine_key(KeyStanding key) {
  if (key.last_four.empty()) return;
  for (const ListedKey& listed : listed_) note_listed(key, listed);
  const std::string asked = "how long is the key good?";
  const std::string told = told_key(key, now_);
  if (told.empty()) {
    return tell(Verdict::kUnknown, asked,
                key.id.empty() ? "no list that was read has the key that ends with " + key.last_four
                               : "the key that ends with " + key.last_four + " does not expire",
                key.id.empty() ? "its end is not known here" : "it is good until somebody ends it");
  }
  tell(*key.expires <= now_ ? Verdict::kBad : Verdict::kGood, asked, told,
       "make another before that, and put it where `token` says: no restart is needed");
}

}  // namespace tidewaiter
