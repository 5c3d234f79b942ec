#include "daemon/notify/outbox.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tidewaiter {
namespace {

constexpr std::int64_t kMessagesRead = 256;  // of each channel, beside those that have failed

/// The middle part of `<name>+<key id>+<key>`.
std::string key_id_text(const std::string& verifier_key) {
  const std::size_t begin = verifier_key.find('+') + 1;
  return verifier_key.substr(begin, verifier_key.find('+', begin) - begin);
}

std::uint32_t seed_of(std::uint32_t given) { return given != 0 ? given : std::random_device{}(); }

}  // namespace

Outbox::Outbox(OutboxOptions options)
    : options_(std::move(options)), random_(seed_of(options_.seed)) {
  if (options_.mail == nullptr) options_.mail = (own_mail_ = make_curl_mail_client()).get();
  if (options_.stream == nullptr) options_.stream = (own_stream_ = make_curl_stream_client()).get();
  courier_ = std::jthread([this](const std::stop_token& stop) { carry(stop); });
}

Outbox::~Outbox() {
  courier_.request_stop();
  changed_.notify_all();
}

const ChannelConfig* Outbox::find_channel(const std::string& name) const {
  const auto found = std::ranges::find(options_.channels, name, &ChannelConfig::name);
  return found == options_.channels.end() ? nullptr : &*found;
}

void Outbox::set_channels(std::vector<ChannelConfig> channels) {
  options_.channels = std::move(channels);
  // A person has acted: try again at once. What may have arrived at a place is not asked for again
  // by that, though no channel leads there any more: one may come back in time.
  pauses_.clear();
  failing_.clear();
  unknown_told_.clear();
  gone_.clear();
  ++generation_;
}

/// Where what is sent by it comes to, whoever sends it.
std::string Outbox::place_of(const ChannelConfig& channel) {
  return std::string(channel_kind_name(channel.kind)) + " " + channel.url + " " + channel.project;
}

std::optional<UtcTime> Outbox::paused_until(const ChannelConfig& channel) const {
  std::optional<UtcTime> until;
  const auto pause = pauses_.find(channel.name);
  if (pause != pauses_.end()) until = pause->second.until;
  const auto place = unsettled_.find(place_of(channel));
  if (place == unsettled_.end()) return until;
  return until ? std::max(*until, place->second.until) : place->second.until;
}

bool Outbox::is_held_back(const ChannelConfig& channel, UtcTime now) const {
  const std::optional<UtcTime> until = paused_until(channel);
  return gone_.contains(channel.name) || (until && *until > now);
}

Result<Outbox::Waiting> Outbox::waiting(const Ledger& ledger, std::int64_t limit, UtcTime now) {
  Result<std::vector<OutboxMessage>> pending = ledger.pending(limit);
  if (!pending) return tl::unexpected(pending.error());
  std::map<std::string, std::int64_t> read;
  for (const OutboxMessage& message : *pending) ++read[message.channel];
  const bool more =
      std::ranges::any_of(read, [limit](const auto& one) { return one.second >= limit; });
  const std::scoped_lock lock(mutex_);
  std::erase_if(*pending, [this, now](const OutboxMessage& message) {
    if (const ChannelConfig* const channel = find_channel(message.channel)) {
      return is_held_back(*channel, now) || busy_.contains(message.channel);
    }
    if (unknown_told_.insert(message.channel).second && options_.log != nullptr) {
      options_.log->warn("channel_missing", {{"channel", message.channel}});
    }
    return true;
  });
  return Waiting{std::move(*pending), more};
}

Result<std::vector<Departure>> Outbox::departures(Ledger& ledger, UtcTime now) {
  // However many nobody takes, or wait for their time, newer ones come after them.
  const std::int64_t limit = kMessagesRead + static_cast<std::int64_t>(attempts_.size());
  if (options_.gate != nullptr) return let_out(ledger, limit + options_.gate->kept_back(), now);
  Result<Waiting> read = waiting(ledger, limit, now);
  if (!read) return tl::unexpected(read.error());
  std::vector<Departure> all;
  all.reserve(read->messages.size());
  for (OutboxMessage& message : read->messages) {
    all.push_back({{message.id}, std::move(message.channel), std::move(message.body)});
  }
  return all;
}

/// What the gate keeps back makes room for what is newer, and a group that was not read whole is by
/// reading more: it is asked again until it keeps back nothing more, or all were read.
Result<std::vector<Departure>> Outbox::let_out(Ledger& ledger, std::int64_t limit, UtcTime now) {
  for (;;) {
    const std::int64_t kept = options_.gate->kept_back();
    Result<Waiting> read = waiting(ledger, limit, now);
    if (!read) return tl::unexpected(read.error());
    std::vector<std::int64_t> asked;
    asked.reserve(read->messages.size());
    for (const OutboxMessage& message : read->messages) asked.push_back(message.id);
    Result<std::vector<Departure>> leaving =
        options_.gate->let_out(ledger, std::move(read->messages), now);
    if (!leaving) return leaving;
    if (read->more && options_.gate->kept_back() > kept) {
      limit *= 2;
      continue;
    }
    forget_failures(asked, *leaving);
    return leaving;
  }
}

/// Of what does not go any more, or goes later by its own time: it starts anew then.
void Outbox::forget_failures(const std::vector<std::int64_t>& asked,
                             const std::vector<Departure>& leaving) {
  if (attempts_.empty() && failing_since_.empty()) return;
  std::set<std::int64_t> going;
  for (const Departure& departure : leaving)
    going.insert(departure.ids.begin(), departure.ids.end());
  for (const std::int64_t id : asked) {
    if (going.contains(id)) continue;
    attempts_.erase(id);
    failing_since_.erase(id);
  }
}

Result<void> Outbox::step(Ledger& ledger, UtcTime now) {
  if (auto taken = take_answers(ledger, now); !taken) return taken;
  for (auto& [channel, pause] : pauses_) pause.keep_short(now);
  for (auto& [place, pause] : unsettled_) pause.keep_short(now);
  Result<std::vector<Departure>> leaving = departures(ledger, now);
  if (!leaving) return tl::unexpected(leaving.error());
  // Fewest failures first, so that a message that nobody takes does not hold up the others.
  const auto failures = [this](const Departure& departure) {
    const auto found = attempts_.find(departure.ids.front());
    return found == attempts_.end() ? 0 : found->second;
  };
  std::ranges::stable_sort(*leaving, {}, failures);
  const std::string ledger_key = key_id_text(ledger.verifier_key());
  const std::scoped_lock lock(mutex_);
  for (Departure& departure : *leaving) {
    const ChannelConfig* channel = find_channel(departure.channel);
    if (channel == nullptr || !busy_.insert(departure.channel).second) continue;
    const std::int64_t id = departure.ids.front();
    Notice notice =
        make_notice(id, ledger_key + "-" + std::to_string(id), std::move(departure.body), now);
    tasks_.push_back({*channel, std::move(departure), std::move(notice), generation_});
  }
  // A pause that is over with nothing left to send would be a reason to wake up, again and again.
  std::erase_if(pauses_, [&](const auto& pause) {
    return pause.second.until <= now && !busy_.contains(pause.first);
  });
  std::erase_if(unsettled_, [now](const auto& place) { return place.second.until <= now; });
  changed_.notify_all();
  return {};
}

/// The oldest answer; it stays in its place until it is taken.
std::optional<Outbox::Answer> Outbox::next_answer() {
  const std::scoped_lock lock(mutex_);
  if (answers_.empty()) return std::nullopt;
  return answers_.front();
}

Result<void> Outbox::take_answers(Ledger& ledger, UtcTime now) {
  while (const std::optional<Answer> answer = next_answer()) {
    if (auto taken = take_answer(*answer, ledger, now); !taken) return taken;
    // Only now: a message that is sent but not marked must not go out twice.
    const std::scoped_lock lock(mutex_);
    answers_.pop_front();
    busy_.erase(answer->departure.channel);
  }
  tell_failures();
  return {};
}

void Outbox::note_failure(const Answer& answer, UtcTime now) {
  for (const std::int64_t id : answer.departure.ids) {
    MessageFailure& failure = options_.failures[id];
    failure = {now, failure.attempts + 1, answer.attempt.reason};
  }
  while (options_.failures.size() > kMostFailures) {
    options_.failures.erase(options_.failures.begin());
  }
  failures_changed_ = true;
}

void Outbox::tell_failures() {
  if (!std::exchange(failures_changed_, false) || !options_.keep_failures) return;
  options_.keep_failures(options_.failures);
}

Result<void> Outbox::take_answer(const Answer& answer, Ledger& ledger, UtcTime now) {
  return answer.attempt.sent ? take_sent(answer.departure, ledger, now)
                             : take_failed(answer, ledger, now);
}

/// In rising order: killed in between, a group whose first message is marked has been sent.
Result<void> Outbox::take_sent(const Departure& departure, Ledger& ledger, UtcTime now) {
  for (const std::int64_t id : departure.ids) {
    if (auto marked = ledger.mark_sent(id, now); !marked) return marked;
    attempts_.erase(id);
    if (options_.failures.erase(id) > 0) failures_changed_ = true;
  }
  pauses_.erase(departure.channel);
  failing_.erase(departure.channel);
  failing_since_.erase(departure.ids.front());
  if (options_.log != nullptr) {
    options_.log->info("message_sent",
                       {{"channel", departure.channel}, {"message", departure.ids.front()}});
  }
  return {};
}

Result<void> Outbox::take_failed(const Answer& answer, Ledger& ledger, UtcTime now) {
  const std::string& channel = answer.departure.channel;
  if (answer.generation == generation_) failing_[channel] = answer.attempt.reason;
  note_failure(answer, now);
  // Of a channel that a person has changed since, an old answer says nothing.
  if (answer.attempt.gone && answer.generation == generation_) {
    for (const std::int64_t id : answer.departure.ids) ++attempts_[id];
    gone_.insert(channel);
    pauses_.erase(channel);
    if (options_.log != nullptr) {
      options_.log->error("channel_gone",
                          {{"channel", channel}, {"reason", answer.attempt.reason}});
    }
    return {};
  }
  const Result<bool> gave_up = gives_up(answer, ledger, now);
  if (!gave_up) return tl::unexpected(gave_up.error());
  for (const std::int64_t id : answer.departure.ids) {
    if (*gave_up) {
      attempts_.erase(id);
    } else {
      ++attempts_[id];
    }
  }
  pause(answer, now);
  return {};
}

/// What has failed for as long as its channel allows waits for a person.
Result<bool> Outbox::gives_up(const Answer& answer, Ledger& ledger, UtcTime now) {
  const Departure& departure = answer.departure;
  const std::int64_t name = departure.ids.front();
  const UtcTime since = std::min(failing_since_.try_emplace(name, now).first->second, now);
  const ChannelConfig* const channel = find_channel(departure.channel);
  if (options_.gate == nullptr || channel == nullptr || !channel->give_up_after) return false;
  if (now - since < *channel->give_up_after) return false;
  if (auto told = options_.gate->give_up(ledger, departure, now); !told) {
    return tl::unexpected(told.error());
  }
  failing_since_.erase(name);
  if (options_.log != nullptr) {
    options_.log->error(
        "message_dead",
        {{"channel", departure.channel}, {"message", name}, {"reason", answer.attempt.reason}});
  }
  return true;
}

/// An answer that was on its way while the channel was led elsewhere says nothing of where it leads
/// now.
void Outbox::pause(const Answer& answer, UtcTime now) {
  const ChannelConfig* const channel = find_channel(answer.departure.channel);
  const bool leads_there = channel != nullptr && place_of(*channel) == answer.place;
  RetryPause elsewhere;
  RetryPause& pause = leads_there ? pauses_[answer.departure.channel] : elsewhere;
  const double share = std::uniform_real_distribution<double>(0.0, 1.0)(random_);
  const Duration delay = pause.fail(now, share, answer.attempt.retry_after);
  if (answer.attempt.unsettled) unsettled_[answer.place] = pause;
  if (options_.log == nullptr) return;
  options_.log->warn("message_failed", {{"channel", answer.departure.channel},
                                        {"message", answer.departure.ids.front()},
                                        {"attempt", pause.failures},
                                        {"reason", answer.attempt.reason},
                                        {"retry_ms", delay.us / 1000}});
}

std::optional<UtcTime> Outbox::next_attempt() const {
  const std::scoped_lock lock(mutex_);
  std::optional<UtcTime> next;
  for (const ChannelConfig& channel : options_.channels) {
    const std::optional<UtcTime> until = paused_until(channel);
    if (!until || busy_.contains(channel.name)) continue;
    if (!next || *until < *next) next = until;
  }
  const auto kept = options_.gate != nullptr ? options_.gate->next() : std::nullopt;
  return kept && (!next || *kept < *next) ? kept : next;
}

bool Outbox::wait_for_answer(Duration longest, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (busy_.empty()) return false;
  return changed_.wait_for(lock, stop, std::chrono::microseconds(longest.us),
                           [this] { return !answers_.empty(); });
}

void Outbox::carry(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return !tasks_.empty(); })) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    EventLog* const notices = options_.notices != nullptr ? options_.notices : options_.log;
    const Transports transports{options_.http, options_.mail, options_.stream, notices};
    Attempt attempt = deliver(task.channel, task.notice, transports, options_.variables, stop);
    Answer answer{std::move(task.departure), std::move(attempt), task.generation,
                  place_of(task.channel)};
    {
      const std::scoped_lock lock(mutex_);
      answers_.push_back(std::move(answer));
    }
    changed_.notify_all();
    if (options_.wake) options_.wake();
  }
}

}  // namespace tidewaiter
