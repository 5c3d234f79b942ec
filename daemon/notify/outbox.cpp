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
  pauses_.clear();  // a person has acted: try again at once
  unknown_told_.clear();
  gone_.clear();
  ++generation_;
}

bool Outbox::is_held_back(const std::string& channel, UtcTime now) const {
  const auto pause = pauses_.find(channel);
  return gone_.contains(channel) || (pause != pauses_.end() && pause->second.until > now);
}

Result<void> Outbox::step(Ledger& ledger, UtcTime now) {
  if (auto taken = take_answers(ledger, now); !taken) return taken;
  for (auto& [channel, pause] : pauses_) pause.keep_short(now);
  // However many nobody takes, newer ones come after them.
  const auto failed = static_cast<std::int64_t>(attempts_.size());
  Result<std::vector<OutboxMessage>> pending = ledger.pending(kMessagesRead + failed);
  if (!pending) return tl::unexpected(pending.error());
  // Fewest failures first, so that a message that nobody takes does not hold up the others.
  const auto failures = [this](const OutboxMessage& message) {
    const auto found = attempts_.find(message.id);
    return found == attempts_.end() ? 0 : found->second;
  };
  std::ranges::stable_sort(*pending, {}, failures);
  const std::string ledger_key = key_id_text(ledger.verifier_key());
  const std::scoped_lock lock(mutex_);
  for (OutboxMessage& message : *pending) {
    const ChannelConfig* channel = find_channel(message.channel);
    if (channel == nullptr) {
      if (unknown_told_.insert(message.channel).second && options_.log != nullptr) {
        options_.log->warn("channel_missing", {{"channel", message.channel}});
      }
      continue;
    }
    if (is_held_back(message.channel, now)) continue;
    if (!busy_.insert(message.channel).second) continue;
    std::string key = ledger_key + "-" + std::to_string(message.id);
    tasks_.push_back({*channel,
                      make_notice(message.id, std::move(key), std::move(message.body), now),
                      generation_});
  }
  // A pause that is over with nothing left to send would be a reason to wake up, again and again.
  std::erase_if(pauses_, [&](const auto& pause) {
    return pause.second.until <= now && !busy_.contains(pause.first);
  });
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
    busy_.erase(answer->channel);
  }
  return {};
}

Result<void> Outbox::take_answer(const Answer& answer, Ledger& ledger, UtcTime now) {
  if (answer.attempt.sent) {
    if (auto marked = ledger.mark_sent(answer.id, now); !marked) return marked;
    pauses_.erase(answer.channel);
    attempts_.erase(answer.id);
    if (options_.log != nullptr) {
      options_.log->info("message_sent", {{"channel", answer.channel}, {"message", answer.id}});
    }
    return {};
  }
  ++attempts_[answer.id];
  // Of a channel that a person has changed since, an old answer says nothing.
  if (answer.attempt.gone && answer.generation == generation_) {
    gone_.insert(answer.channel);
    pauses_.erase(answer.channel);
    if (options_.log != nullptr) {
      options_.log->error("channel_gone",
                          {{"channel", answer.channel}, {"reason", answer.attempt.reason}});
    }
    return {};
  }
  RetryPause& pause = pauses_[answer.channel];
  const double share = std::uniform_real_distribution<double>(0.0, 1.0)(random_);
  const Duration delay = pause.fail(now, share, answer.attempt.retry_after);
  if (options_.log != nullptr) {
    options_.log->warn("message_failed", {{"channel", answer.channel},
                                          {"message", answer.id},
                                          {"attempt", pause.failures},
                                          {"reason", answer.attempt.reason},
                                          {"retry_ms", delay.us / 1000}});
  }
  return {};
}

std::optional<UtcTime> Outbox::next_attempt() const {
  const std::scoped_lock lock(mutex_);
  std::optional<UtcTime> next;
  for (const auto& [channel, pause] : pauses_) {
    if (find_channel(channel) == nullptr || busy_.contains(channel)) continue;
    if (!next || pause.until < *next) next = pause.until;
  }
  return next;
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
    const Transports transports{options_.http, options_.mail, options_.stream, options_.log};
    Answer answer{task.notice.id, task.channel.name,
                  deliver(task.channel, task.notice, transports, options_.variables, stop),
                  task.generation};
    {
      const std::scoped_lock lock(mutex_);
      answers_.push_back(std::move(answer));
    }
    changed_.notify_all();
    if (options_.wake) options_.wake();
  }
}

}  // namespace tidewaiter
