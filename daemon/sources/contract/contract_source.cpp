#include "daemon/sources/contract/contract_source.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "daemon/sources/contract/contract_check.h"
#include "daemon/sources/contract/contract_client.h"
#include "daemon/sources/contract/feed_progress.h"

namespace tidewaiter {
namespace {

/// While somebody waits for an answer, how often the watch is asked.
constexpr Duration kWatchEvery{100'000};

/// What a server's wish to be left alone counts at most: an absurd one must not silence a source.
constexpr Duration kLongestPeace = kDay;

UtcTime system_time() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
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
      own_http_ = make_contract_client(*config_.contract);
    }
    services_.http = own_http_.get();
  }
  return std::make_unique<Fetcher>(fetcher_options(config_, services_, rule));
}

Credential ContractSource::credential() const {
  return {config_.contract->key, credential_header_, config_.contract->proxy_login};
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
  const bool is_new = resume_series(state, config_, feeds_, now);
  if (is_new && !config_.contract->backfill) state.stated.reset();
  state_ = std::move(state);
  // A request that is out belongs to what was: its answer is dropped when it comes.
  asked_ = nullptr;
  waiting_.reset();
  tokens_.begin_window();
  planned_ = false;
  ended_ = false;
  resumed_ = true;
  cursor_ = cursor;
  return {};
}

FeedState& ContractSource::feed_state(ContractCursor& cursor, const Feed& feed) const {
  return feeds_of_pull(cursor, config_).find(feed.name())->second;
}

/// Where each feed begins: what a killed pull left under way goes on, all others at the watermark
/// less the overlap.
void ContractSource::plan(UtcTime now) {
  done_ = {};
  for (const auto& feed : feeds_) {
    FeedState& state = feed_state(state_, *feed);
    const FeedPace pace = feed->pace();
    const UtcTime goal = goal_of(*feed, config_, now);
    if (!state.at) {
      state.at = config_.contract->backfill ? state.watermark : begin_pull(state, pace, goal);
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
    const UtcTime goal = goal_of(*feed, config_, now);
    if (!state.at || *state.at >= goal) continue;
    state.window = Interval{*state.at, std::min(goal, *state.at + feed->pace().window)};
    begin_pages(state);
    return feed.get();
  }
  return nullptr;
}

void ContractSource::ask(const Feed& feed) {
  const FeedState& state = feed_state(state_, feed);
  asked_ = &feed;
  question_ = {*state.window, state.token};
  fetcher().start(feed.ask(question_), credential(),
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
    if (auto there = check_seal_key(config_, services_.variables); !there)
      return tl::unexpected(there.error());
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
  Error error = status_error(response, asked_->permission());
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
  if (!other || !tokens_.replaces(*other)) return false;
  FeedState& state = feed_state(state_, *asked_);
  state.token = *other;
  recount_bad_rows(state);
  asked_ = nullptr;
  return true;
}

/// A token that leads nowhere any more: the window begins again, once a pull. That it did is no
/// part of the cursor: a later pull could not get past a second dead token otherwise. Records that
/// come twice are known by their identity.
bool ContractSource::restart_window() {
  FeedState& state = feed_state(state_, *asked_);
  if (question_.token.empty() || restarted_) return false;
  begin_pages(state);
  restarted_ = true;
  tokens_.begin_window();  // what is gone is met again, and so is the way round it
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
  if (tokens_.leads_back(asked_->server_token(question_.token),
                         asked_->server_token(answer.next))) {
    return fail(ErrorCode::kInvalidInput, "repeated token: page " + std::to_string(state.page + 1) +
                                              " of a window leads back to an earlier one" + advice);
  }
  return {};
}

/// A page of the window was read, and it goes on: a pull has so many of it and no more.
std::optional<SourceCut> ContractSource::count_page(FeedState& state) {
  tokens_.passed(asked_->server_token(question_.token), state.page);
  if (++pages_in_pull_ < asked_->pace().most_pages) return std::nullopt;
  ++state.cuts;
  cut_.insert(asked_->name());
  pages_in_pull_ = 0;
  tokens_.end_pull();
  return SourceCut{config_.name, std::string(asked_->name()), *state.window, state.page};
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
  if (auto fits = take_in(*answer, config_, *asked_, services_.variables, now); !fits) return fits;
  WaitingAnswer waiting;
  waiting.after = state_;
  waiting.after.pages += 1;
  FeedState& after = feed_state(waiting.after, *asked_);
  if (auto fits = count_rows(after, *answer, config_); !fits) return fits;
  const Interval window = *after.window;
  count_own(after, *answer);
  pass_page(after, *answer, goal_of(*asked_, config_, now));
  if (after.window) {
    waiting.cut = count_page(after);
  } else {
    done_.bytes_done += (window.to - window.from).us;
    tokens_.begin_window();
    pages_in_pull_ = 0;
    restarted_ = false;
  }
  waiting.bad = std::move(answer->bad);
  waiting.records = std::move(answer->records);
  waiting_ = std::move(waiting);
  asked_ = nullptr;
  return {};
}

/// The next page of what waits. The last of them moves the cursor over the whole answer.
Page ContractSource::give(UtcTime now) {
  Page page;
  page.source = config_.name;
  page.kind = config_.record;
  page.backfill = config_.contract->backfill || !state_.stated.has_value();
  const bool last = fill_page(*waiting_, page);
  done_.records += static_cast<std::int64_t>(page.records.size());
  if (last) {
    state_ = std::move(waiting_->after);
    untold_cut_ = std::move(waiting_->cut);
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

/// The end of a pull or of a backfill: what of it is covered.
std::optional<Interval> ContractSource::finish() {
  planned_ = false;
  if (!config_.contract->backfill) return end_pull(state_);
  backfilled_ = true;
  return end_backfill(state_);
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
  if (auto there = check_seal_key(config_, services_.variables); !there)
    failed = to_text(there.error());
  for (const auto& feed : feeds_) {
    const UtcTime to = goal_of(*feed, config_, now);
    const FeedQuestion question{{to - feed->pace().width, to}, {}};
    asking->start(feed->ask(question), credential(),
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
