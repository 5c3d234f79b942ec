#include "daemon/sources/push/push_inbox.h"

#include <algorithm>
#include <utility>

namespace tidewaiter {

PushInbox::PushInbox(std::int64_t most_bytes, std::function<void()> wake)
    : most_bytes_(most_bytes), wake_(std::move(wake)) {}

PushInbox::Room::~Room() {
  if (inbox_ == nullptr) return;
  shrink_to(0);
  const std::scoped_lock lock(inbox_->mutex_);
  std::multiset<UtcTime>& open = inbox_->open_[source_];
  if (const auto own = open.find(begun_); own != open.end()) open.erase(own);
}

PushInbox::Room::Room(Room&& other) noexcept
    : inbox_(std::exchange(other.inbox_, nullptr)),
      source_(std::move(other.source_)),
      bytes_(other.bytes_),
      begun_(other.begun_) {}

void PushInbox::Room::shrink_to(std::int64_t bytes) {
  const std::scoped_lock lock(inbox_->mutex_);
  inbox_->bytes_ -= bytes_ - std::min(bytes, bytes_);
  bytes_ = std::min(bytes, bytes_);
}

std::optional<PushInbox::Room> PushInbox::make_room(const std::string& source, std::int64_t bytes,
                                                    UtcTime now) {
  const std::scoped_lock lock(mutex_);
  if (closed_ || (bytes_ > 0 && bytes > most_bytes_ - bytes_)) {
    refused_at(now);
    return std::nullopt;
  }
  bytes_ += bytes;
  open_[source].insert(now);
  return std::make_optional<Room>(*this, source, bytes, now);
}

/// Never back: the clock may have been set, and threads come here in any order.
void PushInbox::refused_at(UtcTime now) {
  last_refusal_ = std::max(last_refusal_.value_or(now), now);
}

void PushInbox::note_refusal(UtcTime now) {
  const std::scoped_lock lock(mutex_);
  refused_at(now);
}

std::optional<UtcTime> PushInbox::oldest_open(const std::string& source) const {
  const std::scoped_lock lock(mutex_);
  const auto open = open_.find(source);
  if (open == open_.end() || open->second.empty()) return std::nullopt;
  return *open->second.begin();
}

std::optional<UtcTime> PushInbox::last_refusal() const {
  const std::scoped_lock lock(mutex_);
  return last_refusal_;
}

Result<PushReceipt> PushInbox::deliver(const std::string& source, PushBatch batch,
                                       std::chrono::microseconds patience,
                                       const std::function<UtcTime()>& now) {
  const auto one = std::make_shared<Waiting>();
  one->batch = std::make_shared<const PushBatch>(std::move(batch));
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) {
      refused_at(now());
      return fail(ErrorCode::kUnavailable, "the daemon is stopping");
    }
    queues_[source].push_back(one);
  }
  if (wake_) wake_();
  std::unique_lock lock(mutex_);
  ended_.wait_for(lock, patience, [&] { return closed_ || one->outcome.has_value(); });
  if (one->outcome) return *std::move(one->outcome);
  give_up(source, one, now());
  return fail(ErrorCode::kUnavailable,
              closed_ ? "the daemon is stopping" : "what was sent could not be stored in time");
}

/// What storing has begun of stays, and is known when it is sent again.
void PushInbox::give_up(const std::string& source, const std::shared_ptr<Waiting>& one,
                        UtcTime now) {
  refused_at(now);
  if (!one->begun) std::erase(queues_[source], one);
}

std::size_t PushInbox::waiting(const std::string& source) const {
  const std::scoped_lock lock(mutex_);
  const auto queue = queues_.find(source);
  return queue == queues_.end() ? 0 : queue->second.size();
}

std::shared_ptr<const PushBatch> PushInbox::first(const std::string& source) {
  const std::scoped_lock lock(mutex_);
  const auto queue = queues_.find(source);
  if (queue == queues_.end() || queue->second.empty()) return nullptr;
  queue->second.front()->begun = true;
  return queue->second.front()->batch;
}

void PushInbox::end_first(const std::string& source, Result<PushReceipt> outcome) {
  {
    const std::scoped_lock lock(mutex_);
    std::deque<std::shared_ptr<Waiting>>& queue = queues_[source];
    if (queue.empty()) return;  // keep_sources() has told the sender
    queue.front()->outcome = std::move(outcome);
    queue.pop_front();
  }
  ended_.notify_all();
}

void PushInbox::keep_sources(const std::set<std::string>& names) {
  {
    const std::scoped_lock lock(mutex_);
    for (auto& [source, queue] : queues_) {
      if (names.contains(source)) continue;
      for (const auto& one : queue) {
        one->outcome = fail(ErrorCode::kUnavailable, "the source was taken away");
      }
    }
    std::erase_if(queues_, [&names](const auto& one) { return !names.contains(one.first); });
  }
  ended_.notify_all();
}

void PushInbox::fail_listening(Error error) {
  {
    const std::scoped_lock lock(mutex_);
    listening_failure_ = std::move(error);
  }
  close();
  if (wake_) wake_();
}

std::optional<Error> PushInbox::listening_failure() const {
  const std::scoped_lock lock(mutex_);
  return listening_failure_;
}

void PushInbox::close() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  ended_.notify_all();
}

}  // namespace tidewaiter
