#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tidewaiter {

/// Answers HTTP requests on 127.0.0.1 from a script, one answer a request, the last one again and
/// again; keeps what it was asked.
class LoopbackServer {
 public:
  explicit LoopbackServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    ::listen(listener_, 8);
    socklen_t size = sizeof(address);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~LoopbackServer() {
    thread_.request_stop();
    thread_.join();
    ::close(listener_);
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/hook?channel=7";
  }
  [[nodiscard]] std::vector<std::string> requests() {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }
  /// When each request was there, by the steady clock.
  [[nodiscard]] std::vector<std::chrono::steady_clock::time_point> arrivals() {
    const std::scoped_lock lock(mutex_);
    return arrivals_;
  }

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd wait{listener_, POLLIN, 0};
      if (::poll(&wait, 1, 20) <= 0) continue;
      const int peer = ::accept(listener_, nullptr, nullptr);
      if (peer < 0) continue;
      answer(peer, stop);
      ::close(peer);
    }
  }

  /// Gives a peer up that has not sent all of its request when the server ends.
  void answer(int peer, const std::stop_token& stop) {
    std::string request;
    char buffer[4096];
    while (!complete(request)) {
      if (stop.stop_requested()) return;
      pollfd wait{peer, POLLIN, 0};
      if (::poll(&wait, 1, 20) <= 0) continue;
      const ssize_t size = ::recv(peer, buffer, sizeof(buffer), 0);
      if (size <= 0) return;
      request.append(buffer, static_cast<std::size_t>(size));
    }
    std::string reply;
    {
      const std::scoped_lock lock(mutex_);
      reply = answers_[std::min(requests_.size(), answers_.size() - 1)];
      requests_.push_back(request);
      arrivals_.push_back(std::chrono::steady_clock::now());
    }
    ::send(peer, reply.data(), reply.size(), MSG_NOSIGNAL);
  }

  static bool complete(const std::string& request) {
    const std::size_t head = request.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const std::size_t length = request.find("Content-Length: ");
    if (length == std::string::npos) return true;
    return request.size() >= head + 4 + std::stoul(request.substr(length + 16));
  }

  std::vector<std::string> answers_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> requests_;                            ///< guarded by mutex_
  std::vector<std::chrono::steady_clock::time_point> arrivals_;  ///< guarded by mutex_
  std::jthread thread_;
};

inline std::string http_answer(const std::string& status, const std::string& headers = "",
                               const std::string& body = "") {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace tidewaiter
