#include "daemon/sources/contract/contract_source.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "daemon/outbound/url_query.h"
#include "daemon/sources/bad_share.h"
#include "daemon/sources/contract/contract_check.h"
#include "daemon/sources/contract/fingerprint_seal.h"

namespace tidewaiter {
namespace {

/// While somebody waits for an answer, how often the watch is asked.
constexpr Duration kWatchEvery{100'000};

/// What a server's wish to be left alone counts at most: an absurd one must not silence a source.
constexpr Duration kLongestPeace = kDay;

constexpr Duration kConnectTime{10 * kSecond.us};
constexpr Duration kStalledTime{30 * kSecond.us};
constexpr std::int64_t kLongestBody = std::int64_t{64} << 20U;

HttpLimits request_limits(const ContractConfig& config) {
  HttpLimits limits;
  limits.connect = std::min(kConnectTime, config.deadline);
  limits.total = config.deadline;
  limits.stalled = kStalledTime;
  limits.body_bytes = kLongestBody;
  return limits;
}

UtcTime system_time() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
}

/// Names a series by what decides its records, and by how far back it is to go: with an earlier
/// `since` all is read again, which adds what was missing and nothing else.
std::string query_of(const Feed& feed, const SourceConfig& config,
                     const std::optional<Interval>& backfill) {
  Sha256 hash;
  hash.update_framed("contract 1").update_framed(config.contract->url);
  hash.update_framed(feed.name()).update_framed(feed.series());
  const std::optional<UtcTime>& since = config.contract->since;
  hash.update_framed(since ? std::to_string(since->us) : "");
  if (backfill) {
    hash.update_framed("backfill").update_framed(std::to_string(backfill->from.us));
    hash.update_framed(std::to_string(backfill->to.us));
  }
  constexpr std::size_t kDigits = 16;
  return to_hex(hash.finish()).substr(0, kDigits);
}

/// Statuses by which servers say that a token is not theirs any more.
bool may_refuse_token(std::int64_t status) {
  return status == 400 || status == 404 || status == 410 || status == 422;
}

/// Stands for a token among those of its window.
std::array<std::byte, 16> mark_of(std::string_view token) {
  const Digest digest = sha256(token);
  std::array<std::byte, 16> mark{};
  std::copy_n(digest.bytes.begin(), mark.size(), mark.begin());
  return mark;
}

}  // namespace

ContractSource::ContractSource(SourceConfig config, SourceServices services,
                               std::string credential_header,
                               std::vector<std::unique_ptr<Feed>> feeds,
                               std::unique_ptr<HttpClient> client)
    : config_(std::move(config)),
      services_(std::move(services)),
      credential_header_(std::move(credential_header)),
      feeds_(std::move(feeds)),
      own_http_(std::move(client)) {
  if (!services_.now) services_.now = system_time;
}

std::unique_ptr<Fetcher> ContractSource::make_fetcher(const RetryRule& rule) {
  if (services_.http == nullptr) {
    if (!own_http_) {
      own_http_ = make_curl_client(request_limits(*config_.contract), config_.contract->route);
    }
    services_.http = own_http_.get();
  }
  FetcherOptions options;
  options.http = services_.http;
  options.variables = services_.variables;
  options.rule = rule;
  options.now = services_.now;
  options.wake = services_.wake;
  options.sent = services_.sent;
  options.source = config_.name;
  return std::make_unique<Fetcher>(std::move(options));
}

Fetcher& ContractSource::fetcher() {
  if (!fetcher_) fetcher_ = make_fetcher(services_.retry);
  return *fetcher_;
}

Result<void> ContractSource::resume(const std::string& cursor, UtcTime now) {
  if (cursor_ == cursor) return {};
  ContractCursor state;
  if (!cursor.empty()) {
    auto read = contract_cursor_from_text(cursor);
    if (!read) return tl::unexpected(read.error());
    state = *std::move(read);
  }
  state.part = 0;  // an answer that was taken in part is asked for again
  bool is_new = false;
  if (const auto& backfill = config_.contract->backfill) {
    resume_feeds(state.backfill, backfill, now, is_new);
  } else {
    resume_feeds(state.feeds, {}, now, is_new);
    if (is_new) state.stated.reset();
  }
  state_ = std::move(state);
  // A request that is out belongs to what was: its answer is dropped when it comes.
  asked_ = nullptr;
  waiting_.reset();
  forget_tokens();
  replaced_.clear();
  planned_ = false;
  ended_ = false;
  resumed_ = true;
  cursor_ = cursor;
  return {};
}

/// What is known of the series that is read now; all others are forgotten.
void ContractSource::resume_feeds(ContractCursor::Feeds& feeds,
                                  const std::optional<Interval>& backfill, UtcTime now,
                                  bool& is_new) const {
  ContractCursor::Feeds resumed;
  for (const auto& feed : feeds_) {
    const std::string query = query_of(*feed, config_, backfill);
    const auto known = feeds.find(feed->name());
    if (known != feeds.end() && known->second.query == query) {
      resumed.insert(*known);
      continue;
    }
    is_new = true;
    const FeedPace pace = feed->pace();
    const UtcTime from =
        backfill ? backfill->from : config_.contract->since.value_or(now - pace.first);
    FeedState fresh;
    fresh.query = query;
    fresh.since = align_down(from, pace.width);
    fresh.watermark = fresh.since;
    resumed.emplace(feed->name(), std::move(fresh));
  }
  feeds = std::move(resumed);
}

/// The state that a pull moves on: that of its backfill, if it is one.
FeedState& ContractSource::feed_state(ContractCursor& cursor, const Feed& feed) const {
  auto& feeds = config_.contract->backfill ? cursor.backfill : cursor.feeds;
  return feeds.find(feed.name())->second;
}

UtcTime ContractSource::goal_of(const Feed& feed, UtcTime now) const {
  const FeedPace pace = feed.pace();
  const UtcTime last = align_down(now - pace.behind, pace.width);
  const auto& backfill = config_.contract->backfill;
  return backfill ? std::min(last, align_down(backfill->to, pace.width)) : last;
}

/// Where each feed begins: what a killed pull left under way goes on, all others at the watermark
/// less the overlap.
void ContractSource::plan(UtcTime now) {
  done_ = {};
  for (const auto& feed : feeds_) {
    FeedState& state = feed_state(state_, *feed);
    const FeedPace pace = feed->pace();
    const UtcTime goal = goal_of(*feed, now);
    if (!state.at) {
      const Duration overlap = config_.contract->backfill ? Duration{} : pace.overlap;
      const UtcTime from = align_down(state.watermark - overlap, pace.width);
      state.at = std::max(state.since, from);
    }
    done_.bytes_total += std::max<std::int64_t>(0, (goal - *state.at).us);
  }
  planned_ = true;
  restarted_ = false;
  cut_.clear();
  pages_in_pull_ = 0;
}

/// The feed whose turn it is, with a window under way; null if all have come to their goal.
const Feed* ContractSource::feed_to_ask(UtcTime now) {
  for (const auto& feed : feeds_) {
    FeedState& state = feed_state(state_, *feed);
    if (cut_.contains(feed->name())) continue;
    if (state.window) return feed.get();
    const UtcTime goal = goal_of(*feed, now);
    if (!state.at || *state.at >= goal) continue;
    state.window = Interval{*state.at, std::min(goal, *state.at + feed->pace().window)};
    state.token.clear();
    state.page = 0;
    state.cuts = 0;
    return feed.get();
  }
  return nullptr;
}

void ContractSource::ask(const Feed& feed) {
  const FeedState& state = feed_state(state_, feed);
  asked_ = &feed;
  question_ = {*state.window, state.token};
  fetcher().start(feed.ask(question_), {config_.contract->key, credential_header_},
                  {std::string(feed.name()), question_.window, state.page + 1,
                   !question_.token.empty(), feed.tells_path(question_)});
}

/// True: the outcome is there. False: it is not, and this caller does not wait.
Result<bool> ContractSource::await(const PullWatch& watch) {
  while (!fetcher().is_ready()) {
    if (!watch.patient) return false;
    if (auto go_on = watch.between_blocks(); !go_on) return tl::unexpected(go_on.error());
    fetcher().wait(kWatchEvery);
  }
  return true;
}

Result<std::optional<Page>> ContractSource::next(const std::string& cursor, UtcTime now,
                                                 const PullWatch& watch) {
  untold_cut_.reset();  // it is of a page that nobody has taken
  if (auto resumed = resume(cursor, now); !resumed) return tl::unexpected(resumed.error());
  if (waiting_) return give(now);
  if (std::exchange(ended_, false) || backfilled_) return std::nullopt;
  // Until then nobody asks; a clock that was set back does not prolong it.
  if (not_before_ && now < *not_before_ && *not_before_ - now <= kLongestPeace) return std::nullopt;
  not_before_.reset();
  if (!planned_) {
    if (auto there = check_seal_key(); !there) return tl::unexpected(there.error());
    plan(now);
  }
  while (true) {
    if (!fetcher().is_busy()) {
      const Feed* const feed = feed_to_ask(now);
      if (feed == nullptr && is_cut_backfill()) return tl::unexpected(cut_backfill());
      if (feed == nullptr) return nothing_to_ask();
      ask(*feed);
    }
    const Result<bool> there = await(watch);
    if (!there) return tl::unexpected(there.error());
    if (!*there) return std::nullopt;
    std::optional<FetchOutcome> outcome = fetcher().take();
    if (asked_ == nullptr) continue;  // an answer to what another cursor had asked
    if (auto taken = take_outcome(*std::move(outcome), now); !taken) {
      Error error = blamed(taken.error());
      planned_ = false;
      asked_ = nullptr;
      return tl::unexpected(std::move(error));
    }
    if (waiting_) return give(now);
  }
}

/// Says which endpoint it was.
Error ContractSource::blamed(Error error) const {
  if (feeds_.size() > 1 && asked_ != nullptr) {
    error.message = std::string(asked_->name()) + ": " + error.message;
  }
  return error;
}

Result<void> ContractSource::take_outcome(FetchOutcome outcome, UtcTime now) {
  state_.retries += outcome.tries - 1;
  if (outcome.skew) state_.skew = *outcome.skew;
  const bool good = outcome.response && asked_->is_answer(*outcome.response, question_);
  if (!good) return take_failure(outcome, now);
  if (outcome.skew && (outcome.skew->us > kMostSkew.us || outcome.skew->us < -kMostSkew.us)) {
    return fail(ErrorCode::kUnavailable, "the server's clock and this machine's differ by " +
                                             format_duration({std::abs(outcome.skew->us)}) +
                                             ": no window is closed until they agree within " +
                                             format_duration(kMostSkew));
  }
  return take_answer(*outcome.response, now);
}

Result<void> ContractSource::take_failure(const FetchOutcome& outcome, UtcTime now) {
  if (!outcome.response) return tl::unexpected(outcome.response.error());
  const HttpResponse& response = *outcome.response;
  if (may_refuse_token(response.status) && (replace_token() || restart_window())) return {};
  Error error = status_error(response);
  if (outcome.ended && outcome.come_again > services_.retry.longest_wait) {
    const Duration wait = std::min(outcome.come_again, kLongestPeace);
    not_before_ = now + wait;
    error.message += ", and asks to wait " + format_duration(outcome.come_again) +
                     ": the next request goes out at " + format_time(*not_before_);
  }
  return tl::unexpected(std::move(error));
}

/// A token that leads nowhere any more, where the feed knows another way: each of these once, so
/// that a server that refuses whatever it gave is not asked for ever.
bool ContractSource::replace_token() {
  const std::optional<std::string> other = asked_->instead_of(question_.token);
  if (!other || !replaced_.insert(mark_of(*other)).second) return false;
  feed_state(state_, *asked_).token = *other;
  forget_tokens();  // what is read again leads to the same tokens
  asked_ = nullptr;
  return true;
}

/// A token that leads nowhere any more: the window begins again, once a pull. That it did is no
/// part of the cursor: a later pull could not get past a second dead token otherwise. Records that
/// come twice are known by their identity.
bool ContractSource::restart_window() {
  FeedState& state = feed_state(state_, *asked_);
  if (question_.token.empty() || restarted_) return false;
  state.token.clear();
  state.page = 0;
  state.cuts = 0;  // they are of a window that had pages
  restarted_ = true;
  forget_tokens();
  replaced_.clear();  // what is gone is met again, and so is the way round it
  asked_ = nullptr;
  return true;
}

Result<void> ContractSource::check_paging(const FeedAnswer& answer) {
  if (!answer.more) return {};
  const FeedState& state = feed_state(state_, *asked_);
  const std::string advice = ": the server does not keep the contract of its paging";
  if (answer.next.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "the answer says that there is more, and gives no token" + advice);
  }
  tokens_.insert(mark_of(question_.token));
  const TokenMark next = mark_of(answer.next);
  if (tokens_.contains(next) || next == anchor_) {
    return fail(ErrorCode::kInvalidInput, "repeated token: page " + std::to_string(state.page + 1) +
                                              " of a window leads back to an earlier one" + advice);
  }
  return {};
}

/// A page of the window was read, and it goes on: a pull has so many of it and no more.
std::optional<SourceCut> ContractSource::count_page(FeedState& state) {
  const bool is_power_of_two = (state.page & (state.page - 1)) == 0;
  if (is_power_of_two || !anchor_) anchor_ = mark_of(question_.token);
  if (++pages_in_pull_ < asked_->pace().most_pages) return std::nullopt;
  ++state.cuts;
  cut_.insert(asked_->name());
  pages_in_pull_ = 0;
  tokens_.clear();
  return SourceCut{config_.name, std::string(asked_->name()), *state.window, state.page};
}

void ContractSource::forget_tokens() {
  tokens_.clear();
  anchor_.reset();
}

bool ContractSource::is_cut_backfill() const {
  return config_.contract->backfill.has_value() && !cut_.empty();
}

/// The end of this pull, and not of the backfill.
Error ContractSource::cut_backfill() {
  planned_ = false;
  return {ErrorCode::kUnavailable,
          "a window has more pages than are read at once: ask for the same backfill again, and it "
          "goes on behind them"};
}

Result<void> ContractSource::check_bad_share(const FeedAnswer& answer) const {
  const auto bad = static_cast<std::int64_t>(answer.bad.size());
  if (bad <= most_bad(config_, answer.rows)) return {};
  return fail(ErrorCode::kInvalidInput,
              std::to_string(bad) + " of " + std::to_string(answer.rows) +
                  " rows are bad, more than `max_bad` allows; the first: " +
                  answer.bad.front().reason + "; the server's format may have changed");
}

/// Asked before the first request: nothing is fetched that could not be stored.
Result<void> ContractSource::check_seal_key() const {
  const SecretRef& key = config_.contract->fingerprint_key;
  if (key.name.empty()) return {};
  if (auto read = read_seal_key(key, services_.variables); !read) {
    return tl::unexpected(read.error());
  }
  return {};
}

/// What names a payment instrument leaves this class under the configuration's key alone.
Result<void> ContractSource::seal(FeedAnswer& answer) const {
  const SecretRef& key = config_.contract->fingerprint_key;
  if (key.name.empty()) return {};
  return seal_fingerprints(answer.records, key, services_.variables);
}

Completeness ContractSource::completeness_of(const Record& record, UtcTime now) const {
  const FeedPace pace = asked_->pace();
  if (now < record.end() + pace.open) return Completeness::kOpen;
  return now < record.end() + pace.settles ? Completeness::kSettling : Completeness::kFinal;
}

/// Moves the state over a page that was read whole.
void ContractSource::advance(FeedState& state, const Feed& feed, const FeedAnswer& answer,
                             UtcTime now) const {
  if (answer.more) {
    state.token = answer.next;
    ++state.page;
    return;
  }
  state.at = state.window->to;
  state.watermark = std::max(state.watermark, state.window->to);
  state.window.reset();
  state.token.clear();
  state.page = 0;
  state.cuts = 0;
  if (*state.at >= goal_of(feed, now)) state.at.reset();  // this feed's pull is over
}

Result<void> ContractSource::take_answer(const HttpResponse& response, UtcTime now) {
  Result<FeedAnswer> answer = asked_->read_response(response, question_);
  if (!answer) {
    // The page behind a token of an earlier life, which stopped at it: the window is what may be
    // right by now, and the token may never be.
    const bool refused = answer.error().code == ErrorCode::kInvalidInput;
    if (refused && resumed_ && restart_window()) return {};
    return tl::unexpected(answer.error());
  }
  resumed_ = false;
  if (auto fits = check_paging(*answer); !fits) return fits;
  if (auto fits = check_bad_share(*answer); !fits) return fits;
  if (auto sealed = seal(*answer); !sealed) return sealed;
  Waiting waiting;
  waiting.after = state_;
  waiting.after.pages += 1;
  FeedState& after = feed_state(waiting.after, *asked_);
  const Interval window = *after.window;
  advance(after, *asked_, *answer, now);
  if (after.window) {
    waiting.cut = count_page(after);
  } else {
    done_.bytes_done += (window.to - window.from).us;
    forget_tokens();
    replaced_.clear();
    pages_in_pull_ = 0;
    restarted_ = false;
  }
  waiting.bad = std::move(answer->bad);
  waiting.records = std::move(answer->records);
  for (Record& record : waiting.records) {
    record.source = config_.names_of.empty() ? config_.name : config_.names_of;
    record.observed = now;
    record.completeness = completeness_of(record, now);
  }
  for (QuarantinedInput& input : waiting.bad) {
    const std::string endpoint =
        std::string(without_query(config_.contract->url)) + " " + std::string(asked_->name());
    input.origin = input.origin.empty() ? endpoint : endpoint + " " + input.origin;
  }
  waiting_ = std::move(waiting);
  asked_ = nullptr;
  return {};
}

/// The next page of what waits. The last of them moves the cursor over the whole answer.
Page ContractSource::give(UtcTime now) {
  Waiting& waiting = *waiting_;
  Page page;
  page.source = config_.name;
  page.kind = config_.record;
  page.backfill = config_.contract->backfill || !state_.stated.has_value();
  const auto take = [](auto& from, std::size_t& given, auto& to) {
    const std::size_t count = std::min(from.size() - given, kMaxPageRecords);
    const auto begin = from.begin() + static_cast<std::ptrdiff_t>(given);
    std::move(begin, begin + static_cast<std::ptrdiff_t>(count), std::back_inserter(to));
    given += count;
  };
  take(waiting.records, waiting.records_given, page.records);
  take(waiting.bad, waiting.bad_given, page.quarantine);
  done_.records += static_cast<std::int64_t>(page.records.size());
  const bool last =
      waiting.records_given == waiting.records.size() && waiting.bad_given == waiting.bad.size();
  if (last) {
    state_ = std::move(waiting.after);
    untold_cut_ = std::move(waiting.cut);
    waiting_.reset();
    if (feed_to_ask(now) == nullptr && !is_cut_backfill()) {
      page.drained = finish();
      ended_ = !page.drained;
    }
  } else {
    ++state_.part;
  }
  page.cursor = to_text(state_);
  cursor_ = page.cursor;
  return page;
}

/// A pull that has nothing to ask for: the clock has not come on, or was set back. What a pull that
/// was cut off at its very end did not state is stated now.
std::optional<Page> ContractSource::nothing_to_ask() {
  Page page;
  page.source = config_.name;
  page.kind = config_.record;
  page.backfill = config_.contract->backfill || !state_.stated.has_value();
  page.drained = finish();
  if (!page.drained) return std::nullopt;
  page.cursor = to_text(state_);
  cursor_ = page.cursor;
  return page;
}

/// The end of a pull: what is drained, if that is more than was stated before. Where one of the
/// feeds has not been read nothing is covered, before its beginning as behind its watermark.
std::optional<Interval> ContractSource::finish() {
  planned_ = false;
  if (config_.contract->backfill) return finish_backfill();
  Interval drained{state_.feeds.begin()->second.since, state_.feeds.begin()->second.watermark};
  for (auto& [name, state] : state_.feeds) {
    drained.from = std::max(drained.from, state.since);
    drained.to = std::min(drained.to, state.watermark);
    // One that was cut short goes on in its window.
    if (!state.window) state.at.reset();
  }
  if (drained.to <= drained.from || (state_.stated && *state_.stated >= drained.to)) {
    return std::nullopt;
  }
  state_.stated = drained.to;
  return drained;
}

/// The end of a backfill. Between it and what has been read before nothing may be missing: a
/// source's coverage has no holes.
std::optional<Interval> ContractSource::finish_backfill() {
  backfilled_ = true;
  Interval drained{state_.backfill.begin()->second.since,
                   state_.backfill.begin()->second.watermark};
  bool joins = state_.stated.has_value();
  for (const auto& [name, state] : state_.backfill) {
    drained.from = std::max(drained.from, state.since);
    drained.to = std::min(drained.to, state.watermark);
    const auto usual = state_.feeds.find(name);
    joins = joins && usual != state_.feeds.end() && usual->second.since <= state.watermark;
  }
  state_.backfill.clear();
  if (!joins || drained.to <= drained.from) return std::nullopt;
  return drained;
}

void ContractSource::committed(const PageReceipt& /*receipt*/) {
  const std::optional<SourceCut> cut = std::exchange(untold_cut_, std::nullopt);
  if (cut && services_.cut) services_.cut(*cut);
}

bool ContractSource::has_news() const { return fetcher_ != nullptr && fetcher_->is_ready(); }

Result<std::vector<std::string>> ContractSource::check(const std::string& cursor, UtcTime now) {
  if (auto resumed = resume(cursor, now); !resumed) return tl::unexpected(resumed.error());
  std::vector<std::string> told = told_state(state_, cursor.empty(), now);
  RetryRule once = services_.retry;
  once.tries = 1;
  const std::unique_ptr<Fetcher> asking = make_fetcher(once);
  std::string failed;
  if (auto there = check_seal_key(); !there) failed = to_text(there.error());
  for (const auto& feed : feeds_) {
    const UtcTime to = goal_of(*feed, now);
    const FeedQuestion question{{to - feed->pace().width, to}, {}};
    asking->start(feed->ask(question), {config_.contract->key, credential_header_},
                  {std::string(feed->name()), question.window, 1, false, true});
    while (!asking->wait(kWatchEvery)) continue;
    const Result<std::string> line = told_answer(*feed, question, *asking->take());
    if (line) {
      told.push_back(*line);
    } else {
      failed +=
          (failed.empty() ? "" : "; ") + std::string(feed->name()) + ": " + to_text(line.error());
    }
  }
  if (failed.empty()) return told;
  for (const std::string& line : told) failed += "; " + line;
  return fail(ErrorCode::kUnavailable, std::move(failed));
}

PullProgress ContractSource::progress() const { return done_; }

}  // namespace tidewaiter
