#include "daemon/http/served_stream.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <poll.h>
#include <sys/socket.h>

namespace tidewaiter {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLongestHead = 65'536;
constexpr milliseconds kLastAnswer(1000);  ///< for what is being answered at a stop
constexpr milliseconds kLongestLinger(1000);
constexpr std::size_t kMostLingered = std::size_t{1} << 20U;

/// False: it is not ready by then.
bool wait_for_socket(int socket, short event, std::chrono::steady_clock::time_point until) {
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    pollfd one{socket, event, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace

bool ServedStream::fill(Clock::time_point until) {
  if (ends_.load() || !wait_for_socket(socket_, POLLIN, until) || ends_.load()) return false;
  const ssize_t got = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
  at_ = 0;
  filled_ = got > 0 ? static_cast<std::size_t>(got) : 0;
  return filled_ > 0;
}

bool ServedStream::await_request(std::chrono::microseconds longest) {
  return at_ < filled_ || fill(Clock::now() + longest);
}

void ServedStream::begin_head() {
  in_head_ = true;
  head_.clear();
  left_ = kLongestHead;
  until_ = Clock::now() + pause_;
}

void ServedStream::begin_body(std::size_t most, Duration longest) {
  in_head_ = false;
  body_read_ = 0;
  left_ = most;
  until_ = Clock::now() + std::chrono::microseconds(longest.us);
}

ssize_t ServedStream::read(char* to, std::size_t size) {
  const Clock::time_point now = Clock::now();
  if (left_ == 0 || now > until_) return -1;
  if (at_ == filled_ && !fill(std::min(until_, now + pause_))) return -1;
  const std::size_t taken = std::min({size, filled_ - at_, left_});
  std::copy_n(buffer_.data() + at_, taken, to);
  if (in_head_) {
    head_.append(to, taken);
  } else {
    body_read_ += taken;
  }
  at_ += taken;
  left_ -= taken;
  return static_cast<ssize_t>(taken);
}

ssize_t ServedStream::write(const char* from, std::size_t size) {
  constexpr milliseconds kLook(100);  // at whether the service ends
  const Clock::time_point until = Clock::now() + pause_;
  while (true) {
    const Clock::time_point now = Clock::now();
    if (ends_.load()) last_write_ = std::min(last_write_, now + kLastAnswer);
    if (now > std::min(until, last_write_)) return -1;
    if (!wait_for_socket(socket_, POLLOUT, now + kLook)) continue;
    const ssize_t sent = ::send(socket_, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return sent;
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return -1;
  }
}

void ServedStream::linger() {
  ::shutdown(socket_, SHUT_WR);
  const Clock::time_point until = Clock::now() + kLongestLinger;
  std::size_t taken = std::exchange(filled_, 0) - std::exchange(at_, 0);
  while (taken < kMostLingered && Clock::now() < until && fill(until)) taken += filled_;
  at_ = filled_ = 0;
}

}  // namespace tidewaiter
