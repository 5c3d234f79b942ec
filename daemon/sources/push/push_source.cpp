#include "daemon/sources/push/push_source.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/sources/json_cells.h"
#include "daemon/sources/row_mapper.h"

namespace tidewaiter {
namespace {

constexpr int kPushCursorVersion = 1;
constexpr std::int64_t kUnauthorized = 401;

Duration halved(Duration time) { return {time.us / 2}; }

}  // namespace

std::string to_text(const PushCursor& cursor) {
  nlohmann::json out = {{"version", kPushCursorVersion}, {"pages", cursor.pages}};
  if (cursor.stated) out["stated"] = {cursor.stated->from.us, cursor.stated->to.us};
  if (cursor.listened) out["listened"] = cursor.listened->us;
  return out.dump();
}

Result<PushCursor> push_cursor_from_text(std::string_view text) try {
  const nlohmann::json json = nlohmann::json::parse(text);
  if (json.at("version").get<int>() != kPushCursorVersion) {
    return fail(ErrorCode::kUnsupported, "the source's cursor was written by a newer version");
  }
  PushCursor cursor;
  cursor.pages = json.at("pages").get<std::int64_t>();
  if (json.contains("stated")) {
    cursor.stated = Interval{{json["stated"].at(0).get<std::int64_t>()},
                             {json["stated"].at(1).get<std::int64_t>()}};
  }
  if (json.contains("listened")) {
    cursor.listened = UtcTime{json["listened"].get<std::int64_t>()};
  }
  return cursor;
} catch (const nlohmann::json::exception&) {
  return fail(ErrorCode::kCorruption, "the source's cursor cannot be read");
}

Result<std::optional<Interval>> joined_statements(const std::vector<PushStatement>& statements,
                                                  const std::optional<Interval>& stated) {
  std::optional<Interval> all = stated;
  for (const PushStatement& one : statements) {
    if (!all && !one.from) {
      return fail(ErrorCode::kRefused,
                  "`from`: the source has stated nothing yet, so its first statement needs it");
    }
    const Interval next{one.from.value_or(all ? all->to : one.to), one.to};
    if (!all) {
      all = next;
    } else if (next.from > all->to || next.to < all->from) {
      return fail(ErrorCode::kRefused,
                  "`from`: nobody has stated anything of the time between "
                  "this and what is stated, " +
                      format_time(all->from) + " to " + format_time(all->to));
    } else {
      all = Interval{std::min(all->from, next.from), std::max(all->to, next.to)};
    }
  }
  return all == stated ? std::nullopt : all;
}

PushSource::PushSource(SourceConfig config, const SourceServices& services)
    : config_(std::move(config)),
      variables_(services.variables),
      http_(services.http),
      inbox_(services.inbox) {}

Result<std::unique_ptr<Connector>> PushSource::make(const SourceConfig& config,
                                                    const SourceServices& services) {
  if (config.mapping) {
    if (auto rows = RowMapper::make(config); !rows) return tl::unexpected(rows.error());
    if (auto cells = JsonCells::make(config.mapping->pointers); !cells) {
      return tl::unexpected(cells.error());
    }
  }
  return std::unique_ptr<Connector>(new PushSource(config, services));
}

Result<void> PushSource::resume(const std::string& cursor) {
  if (cursor_ == cursor) return {};
  PushCursor state;
  if (!cursor.empty()) {
    Result<PushCursor> read = push_cursor_from_text(cursor);
    if (!read) return tl::unexpected(read.error());
    state = *read;
  }
  state_ = state;
  cursor_ = cursor;
  batch_.reset();  // its place was counted from another cursor: it is still the first that waits
  return {};
}

Result<std::optional<Page>> PushSource::next(const std::string& cursor, UtcTime now,
                                             const PullWatch& /*watch*/) {
  if (inbox_ == nullptr) return std::nullopt;
  if (auto failure = inbox_->listening_failure()) return tl::unexpected(*std::move(failure));
  now_ = now;
  on_its_way_.reset();  // a page that storage did not take is made again
  if (auto resumed = resume(cursor); !resumed) return tl::unexpected(resumed.error());
  if (!listens_since_) {
    listens_since_ = now;
    listened_before_ = state_.listened;
  }
  if (!turn_) turn_ = inbox_->waiting(config_.name);
  while (batch_ == nullptr && *turn_ > 0) {
    --*turn_;
    if (begin_batch()) break;
  }
  if (batch_ != nullptr) {
    Page page = page_of_batch();
    if (page.drained) turn_.reset();  // the pull ends with it
    return page;
  }
  turn_.reset();
  return page_of_lateness(now);
}

/// False if the next batch has nothing that can be stored: its sender is told so.
bool PushSource::begin_batch() {
  std::shared_ptr<const PushBatch> first = inbox_->first(config_.name);
  if (first == nullptr) return false;
  Result<std::optional<Interval>> drained = joined_statements(first->statements, state_.stated);
  if (!drained) {
    inbox_->end_first(config_.name, tl::unexpected(drained.error()));
    return false;
  }
  batch_ = std::move(first);
  batch_drained_ = *drained;
  at_ = 0;
  receipt_ = {};
  return true;
}

Page PushSource::page_of_batch() {
  const std::size_t left = batch_->records.size() - at_;
  given_ = std::min(left, kMaxPageRecords);
  const auto begin = batch_->records.begin() + static_cast<std::ptrdiff_t>(at_);
  std::vector<Record> records(begin, begin + static_cast<std::ptrdiff_t>(given_));
  const bool is_last = given_ == left;
  Page page = page_with(std::move(records), is_last ? batch_drained_ : std::nullopt);
  if (at_ == 0) page.quarantine = batch_->quarantine;
  return page;
}

Page PushSource::page_with(std::vector<Record> records, std::optional<Interval> drained) {
  on_its_way_ = state_;
  ++on_its_way_->pages;
  if (drained) on_its_way_->stated = drained;
  // Over a long break it stays as it was: the next start has to see the break, too.
  if (follows(on_its_way_->stated)) on_its_way_->listened = now_;
  Page page;
  page.source = config_.name;
  page.kind = config_.record;
  page.records = std::move(records);
  page.drained = drained;
  page.cursor = to_text(*on_its_way_);
  return page;
}

/// Whether senders repeat what they could not hand in before this listener: for as long as
/// `lateness` says, and not what fell into a longer break. Coverage has no holes, so that what lies
/// there has to be stated by a sender first.
bool PushSource::follows(const std::optional<Interval>& stated) const {
  if (!config_.push || !config_.push->lateness) return false;
  if (!stated || stated->to >= *listens_since_) return true;
  return listened_before_ && *listens_since_ - *listened_before_ <= *config_.push->lateness;
}

/// What the operator says for the senders: whoever listens without a break for so long has got what
/// is older. A break, or a refusal, begins the wait anew, for what was refused comes again; and a
/// request counts from its beginning, so that nothing is stated over one that has no answer yet.
std::optional<Page> PushSource::page_of_lateness(UtcTime now) {
  if (!config_.push || !config_.push->lateness) return std::nullopt;
  const Duration lateness = *config_.push->lateness;
  const UtcTime since = std::max(*listens_since_, inbox_->last_refusal().value_or(*listens_since_));
  if (!follows(state_.stated)) return std::nullopt;
  const Duration waited = now - since;
  // While it waits it leaves word that it listens, by what is stated already: a restart in the
  // meantime would look like a long break.
  if (waited < lateness) {
    const bool silent = state_.stated && now - state_.listened.value_or(since) >= halved(lateness);
    return silent ? std::optional(page_with({}, state_.stated)) : std::nullopt;
  }
  const UtcTime seen = std::min(now, inbox_->oldest_open(config_.name).value_or(now));
  const UtcTime from = state_.stated ? state_.stated->from : *listens_since_;
  const UtcTime to = align_down(seen - lateness, kMinute);
  if (to <= (state_.stated ? state_.stated->to : from)) return std::nullopt;
  return page_with({}, Interval{from, to});
}

void PushSource::committed(const PageReceipt& receipt) {
  if (!on_its_way_) return;
  state_ = *std::exchange(on_its_way_, std::nullopt);
  cursor_ = to_text(state_);
  if (batch_ == nullptr) return;
  receipt_.taken += receipt.added;
  receipt_.revised += receipt.revised;
  receipt_.known += receipt.duplicates;
  receipt_.expired += receipt.expired;
  records_ += static_cast<std::int64_t>(given_);
  at_ += given_;
  if (at_ < batch_->records.size()) return;
  batch_.reset();
  inbox_->end_first(config_.name, receipt_);
}

bool PushSource::has_news() const {
  return inbox_ != nullptr && (inbox_->waiting(config_.name) > 0 || inbox_->listening_failure());
}

/// Asks without a token, which is refused where the daemon listens.
Result<std::vector<std::string>> PushSource::check_listener() {
  const std::string url = "http://" + config_.push->listen + "/push/" + config_.name;
  if (!check_url(url)) {
    return std::vector<std::string>{
        "listens at " + config_.push->listen +
        ", which is not this machine's loopback address: not asked, for it has no TLS of its own"};
  }
  std::unique_ptr<HttpClient> own;
  if (http_ == nullptr) own = make_curl_client();
  HttpClient& client = http_ != nullptr ? *http_ : *own;
  const Result<HttpResponse> answer = client.send({.url = url, .headers = {}, .body = {}}, {});
  if (!answer) {
    return fail(ErrorCode::kUnavailable, "nothing listens at " + config_.push->listen +
                                             ": start tidewaiterd, or look at `push.listen`");
  }
  if (answer->status != kUnauthorized) {
    return fail(ErrorCode::kRefused, "something else than this daemon answers at " +
                                         config_.push->listen + ": with status " +
                                         std::to_string(answer->status) + " instead of 401");
  }
  return std::vector<std::string>{"the daemon listens at " + url};
}

Result<std::vector<std::string>> PushSource::check(const std::string& cursor, UtcTime /*now*/) {
  for (const SecretRef& ref : config_.push->tokens) {
    if (const Result<Secret> token = read_secret(ref, variables_); !token) {
      return tl::unexpected(token.error());
    }
  }
  Result<std::vector<std::string>> told = check_listener();
  if (!told) return told;
  told->push_back(std::to_string(config_.push->tokens.size()) +
                  (config_.push->tokens.size() == 1 ? " token opens it" : " tokens open it"));
  if (cursor.empty()) return told;
  const Result<PushCursor> state = push_cursor_from_text(cursor);
  if (!state) return tl::unexpected(state.error());
  told->push_back(state->stated ? "stated as drained from " + format_time(state->stated->from) +
                                      " to " + format_time(state->stated->to)
                                : "nothing is stated as drained: windows stay open");
  return told;
}

}  // namespace tidewaiter
