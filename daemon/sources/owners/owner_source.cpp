#include "daemon/sources/owners/owner_source.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/sources/owners/owner_record.h"
#include "policies/model/counted_text.h"
#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kPrintDigits = 16;
constexpr std::size_t kToldOfCheck = 5;

std::string query_of_owners(const SourceConfig& config) {
  Sha256 hash;
  hash.update_framed("owners 1").update_framed(config.kind).update_framed(config.path);
  hash.update_framed(config.owners->account_in).update_framed(config.names_of);
  const std::optional<UtcTime>& since = config.owners->since;
  hash.update_framed(since ? std::to_string(since->us) : "");
  return to_hex(hash.finish()).substr(0, kPrintDigits);
}

/// The last UTC day that is over.
DayNumber last_day(UtcTime now) { return align_down(now, kDay).us / kDay.us - 1; }

/// Moves as many as a page holds.
template <class T>
void hand_over(std::vector<T>& from, std::int64_t& given, std::vector<T>& to) {
  const auto begin = from.begin() + static_cast<std::ptrdiff_t>(given);
  const auto count = std::min<std::ptrdiff_t>(from.end() - begin, kMaxPageRecords);
  std::move(begin, begin + count, std::back_inserter(to));
  given += count;
}

}  // namespace

OwnerSource::OwnerSource(SourceConfig config)
    : config_(std::move(config)),
      kind_(find_owner_kind(config_.kind)),
      query_(query_of_owners(config_)) {}

Result<std::unique_ptr<Connector>> OwnerSource::make(const SourceConfig& config,
                                                     const SourceServices& /*services*/) {
  if (!config.owners || (config.owners->accounts.empty() && config.owners->account_in.empty())) {
    return fail(ErrorCode::kInvalidInput,
                "a source of kind `" + config.kind + "` needs `accounts` or `account_in`");
  }
  return std::unique_ptr<Connector>(new OwnerSource(config));
}

void OwnerSource::forget() {
  cursor_.reset();
  waiting_.reset();
  state_ = {};
}

Result<OwnerCursor> OwnerSource::state_of(const std::string& cursor, UtcTime now) const {
  OwnerCursor state;
  if (!cursor.empty()) {
    auto read = owner_cursor_from_text(cursor);
    if (!read) return read;
    if (read->query == query_) return read;
  }
  state.query = query_;
  const std::optional<UtcTime>& since = config_.owners->since;
  const DayNumber last = last_day(now);
  state.first = since ? std::min(last, align_down(*since, kDay).us / kDay.us) : last;
  return state;
}

Result<OwnerSource::Input> OwnerSource::look(const PullWatch& watch) const {
  Input input;
  auto files = list_files(config_);
  if (!files) return tl::unexpected(files.error());
  input.files = *std::move(files);
  if (!config_.owners->accounts.empty()) {
    auto accounts = AccountMap::read(config_.base / config_.owners->accounts, watch);
    if (!accounts) return tl::unexpected(accounts.error());
    input.accounts = *std::move(accounts);
  }
  if (!config_.owners->account_in.empty()) input.accounts.take_ids_of(config_.owners->account_in);
  Sha256 hash;
  hash.update_framed(to_hex(input.accounts.digest()));
  for (const ListedFile& file : input.files) {
    hash.update_framed(file.path.string());
    for (const std::int64_t fact :
         {static_cast<std::int64_t>(file.facts.device), static_cast<std::int64_t>(file.facts.inode),
          file.facts.size, file.facts.modified_us}) {
      hash.update_framed(std::to_string(fact));
    }
  }
  input.print = to_hex(hash.finish()).substr(0, kPrintDigits);
  return input;
}

Result<OwnerReading> OwnerSource::read(const Input& input, UtcTime now, const PullWatch& watch) {
  done_ = {};
  for (const ListedFile& file : input.files) done_.bytes_total += file.facts.size;
  const std::int64_t whole = done_.bytes_total;
  const auto passed = [this, whole](std::int64_t bytes) {
    // How often all is read shows while it is.
    if (done_.bytes_done >= done_.bytes_total) done_.bytes_total += whole;
    done_.bytes_done += bytes;
  };
  return read_owner_files(config_, input.files, input.accounts, *kind_, now, watch, passed);
}

/// False if all that the files say by this time has been given.
Result<bool> OwnerSource::prepare(const std::string& cursor, UtcTime now, const PullWatch& watch) {
  forget();
  Result<OwnerCursor> state = state_of(cursor, now);
  if (!state) return tl::unexpected(state.error());
  const Result<Input> input = look(watch);
  if (!input) return tl::unexpected(input.error());
  const DayNumber last = last_day(now);
  // A clock that was ahead is no reason to tell of nothing until that day has come.
  if (state->day > last) {
    state->day = last;
    state->from = std::min(state->from, last);
    state->given = 0;
    state->bad_given = 0;
    state->complete = false;
  }
  const bool same = state->input == input->print && state->day == last;
  if (same && state->complete) return false;
  Result<OwnerReading> reading = read(*input, now, watch);
  if (!reading) return tl::unexpected(reading.error());
  if (!same) {
    // Of files that are as they were, earlier days are told.
    const bool goes_on = state->complete && state->input == input->print;
    state->from = goes_on ? state->day + 1 : std::min(state->first, last);
    state->given = 0;
    state->bad_given = 0;
  }
  state->input = input->print;
  state->day = last;
  state->complete = false;
  Waiting waiting;
  waiting.bad = std::move(reading->bad);
  const OwnerRecords how{config_.name, kind_->scheme, state->from, last};
  auto records = owner_records(*reading, input->accounts, how, watch, waiting.bad);
  if (!records) return tl::unexpected(records.error());
  waiting.records = *std::move(records);
  for (Record& record : waiting.records) {
    record.source = config_.names_of.empty() ? config_.name : config_.names_of;
    record.observed = now;
  }
  const auto within = [](std::int64_t given, std::size_t all) {
    return std::min(given, static_cast<std::int64_t>(all));
  };
  state->given = within(state->given, waiting.records.size());
  state->bad_given = within(state->bad_given, waiting.bad.size());
  state_ = *std::move(state);
  waiting_ = std::move(waiting);
  return true;
}

/// The next page of what waits. The last one says what is covered, if that is more than before.
Page OwnerSource::give(UtcTime now) {
  Page page;
  page.source = config_.name;
  page.kind = RecordKind::kAccount;
  page.backfill = !state_.stated.has_value();
  hand_over(waiting_->records, state_.given, page.records);
  hand_over(waiting_->bad, state_.bad_given, page.quarantine);
  done_.records += static_cast<std::int64_t>(page.records.size());
  for (Record& record : page.records) {
    record.completeness =
        now < record.end() + config_.settles ? Completeness::kSettling : Completeness::kFinal;
  }
  const bool last = state_.given == static_cast<std::int64_t>(waiting_->records.size()) &&
                    state_.bad_given == static_cast<std::int64_t>(waiting_->bad.size());
  if (last) {
    state_.complete = true;
    waiting_.reset();
    if (!state_.stated || *state_.stated < state_.day) {
      state_.stated = state_.day;
      const DayNumber first = std::min(state_.first, state_.day);
      page.drained = Interval{{first * kDay.us}, {(state_.day + 1) * kDay.us}};
    }
  }
  page.cursor = to_text(state_);
  cursor_ = page.cursor;
  return page;
}

Result<std::optional<Page>> OwnerSource::next(const std::string& cursor, UtcTime now,
                                              const PullWatch& watch) {
  const bool under_way = cursor_ == cursor && waiting_;
  // The pull whose last page had nothing to state ends here; the next one looks anew.
  if (cursor_ == cursor && !waiting_ && std::exchange(ended_, false)) return std::nullopt;
  if (!under_way) {
    const Result<bool> news = prepare(cursor, now, watch);
    if (!news) {
      forget();
      return tl::unexpected(news.error());
    }
    if (!*news) return std::nullopt;
  }
  Page page = give(now);
  ended_ = !waiting_ && !page.drained;
  return page;
}

Result<std::vector<std::string>> OwnerSource::check(const std::string& cursor, UtcTime now) {
  const Result<OwnerCursor> state = state_of(cursor, now);
  if (!state) return tl::unexpected(state.error());
  const PullWatch watch;
  const Result<Input> input = look(watch);
  if (!input) return tl::unexpected(input.error());
  const Result<OwnerReading> reading = read(*input, now, watch);
  if (!reading) return tl::unexpected(reading.error());
  std::vector<QuarantinedInput> bad = reading->bad;
  const OwnerRecords how{config_.name, kind_->scheme, last_day(now), last_day(now)};
  const auto records = owner_records(*reading, input->accounts, how, watch, bad);
  if (!records) return tl::unexpected(records.error());
  std::set<std::string> accounts;
  for (const auto& [organisation, of] : reading->accounts) accounts.insert(of.begin(), of.end());
  std::vector<std::string> told;
  told.push_back(counted_text(static_cast<std::int64_t>(input->files.size()), "file", "files") +
                 ", read " + counted_text(reading->passes, "time", "times") + ": " +
                 counted_text(reading->objects, "statement", "statements") + ", " +
                 counted_text(reading->parties, "party", "parties") + ", " +
                 counted_text(reading->relations, "interest", "interests") + ", " +
                 std::to_string(reading->others) + " of other kinds, " +
                 std::to_string(reading->unreadable) + " that cannot be read");
  told.push_back(
      counted_text(static_cast<std::int64_t>(reading->accounts.size()), "organisation is",
                   "organisations are") +
      " of " + counted_text(static_cast<std::int64_t>(accounts.size()), "account", "accounts") +
      "; their owners are told by " + counted_text(reading->of_accounts, "interest", "interests") +
      ", all others are about nobody's account; " +
      counted_text(static_cast<std::int64_t>(records->size()), "record", "records") + " a day");
  for (std::size_t i = 0; i < std::min<std::size_t>(bad.size(), kToldOfCheck); ++i) {
    told.push_back("  " + bad[i].origin + ": " + bad[i].reason);
  }
  if (bad.size() > kToldOfCheck) {
    told.push_back("  and " + std::to_string(bad.size() - kToldOfCheck) + " more");
  }
  return told;
}

}  // namespace tidewaiter
