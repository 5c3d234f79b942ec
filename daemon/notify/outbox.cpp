#include "daemon/notify/outbox.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

namespace tidewaiter {
namespace {

/// A peer that refuses our token is not asked again for this long.
constexpr Duration kRefusedPause{15 * kMinute.us};
constexpr std::int64_t kMessagesRead = 256;  // of each channel

bool is_sent(std::int64_t status) { return status >= 200 && status < 300; }
bool is_refusal(std::int64_t status) { return status == 401 || status == 403; }

/// The middle part of `<name>+<key id>+<key>`.
std::string key_id_text(const std::string& verifier_key) {
  const std::size_t begin = verifier_key.find('+') + 1;
  return verifier_key.substr(begin, verifier_key.find('+', begin) - begin);
}

std::uint32_t seed_of(std::uint32_t given) { return given != 0 ? given : std::random_device{}(); }

}  // namespace

Outbox::Outbox(OutboxOptions options)
    : options_(std::move(options)),
      random_(seed_of(options_.seed)),
      courier_([this](const std::stop_token& stop) { carry(stop); }) {}

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
}

Result<void> Outbox::step(Ledger& ledger, UtcTime now) {
  if (auto taken = take_answers(ledger, now); !taken) return taken;
  for (auto& [channel, pause] : pauses_) pause.keep_short(now);
  Result<std::vector<OutboxMessage>> pending = ledger.pending(kMessagesRead);
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
    const auto pause = pauses_.find(message.channel);
    if (pause != pauses_.end() && pause->second.until > now) continue;
    if (!busy_.insert(message.channel).second) continue;
    std::string key = ledger_key + "-" + std::to_string(message.id);
    tasks_.push_back({std::move(message), *channel, std::move(key)});
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
  if (answer.sent) {
    if (auto marked = ledger.mark_sent(answer.id, now); !marked) return marked;
    pauses_.erase(answer.channel);
    attempts_.erase(answer.id);
    if (options_.log != nullptr) {
      options_.log->info("message_sent", {{"channel", answer.channel}, {"message", answer.id}});
    }
    return {};
  }
  ++attempts_[answer.id];
  RetryPause& pause = pauses_[answer.channel];
  const double share = std::uniform_real_distribution<double>(0.0, 1.0)(random_);
  const Duration delay = pause.fail(now, share, answer.retry_after);
  if (options_.log != nullptr) {
    options_.log->warn("message_failed", {{"channel", answer.channel},
                                          {"message", answer.id},
                                          {"attempt", pause.failures},
                                          {"reason", answer.reason},
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
    Answer answer = deliver(task, stop);
    {
      const std::scoped_lock lock(mutex_);
      answers_.push_back(std::move(answer));
    }
    changed_.notify_all();
    if (options_.wake) options_.wake();
  }
}

Outbox::Answer Outbox::deliver(const Task& task, const std::stop_token& stop) {
  Answer answer{task.message.id, task.channel.name, false, {}, std::nullopt};
  if (task.channel.kind == ChannelKind::kLog) {
    if (options_.log != nullptr) {
      options_.log->warn("notice", {{"channel", task.channel.name},
                                    {"message", task.message.id},
                                    {"body", task.message.body}});
    }
    answer.sent = true;
    return answer;
  }
  std::optional<Secret> token;
  std::optional<Secret> secret_url;
  for (const auto& [ref, secret] :
       {std::pair{&task.channel.token, &token}, std::pair{&task.channel.secret_url, &secret_url}}) {
    if (!*ref) continue;
    Result<Secret> read = read_secret(**ref, options_.variables);
    if (!read) {
      answer.reason = read.error().message;
      return answer;
    }
    *secret = std::move(*read);
  }
  HttpRequest request{
      secret_url ? std::string(secret_url->expose()) : task.channel.url,
      {{"Content-Type", "application/json"}, {"Idempotency-Key", task.idempotency_key}},
      task.message.body,
      token ? &*token : nullptr};
  const Result<HttpResponse> response = options_.http->send(request, stop);
  if (secret_url) ::explicit_bzero(request.url.data(), request.url.size());
  if (!response) {
    answer.reason = response.error().message;
    return answer;
  }
  answer.sent = is_sent(response->status);
  answer.retry_after = response->retry_after;
  if (!answer.sent) answer.reason = "status " + std::to_string(response->status);
  if (is_refusal(response->status) &&
      (!answer.retry_after || *answer.retry_after < kRefusedPause)) {
    answer.retry_after = kRefusedPause;
  }
  return answer;
}

}  // namespace tidewaiter
