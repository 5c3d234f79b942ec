#pragma once

#include <cstdint>
#include <functional>
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

/// What `answer` makes of the body of a POST, as an HTTP server on a port of 127.0.0.1 that the
/// system chose; an empty one is answered with status 503. Keeps the bodies that came.
class AuthorityServer {
 public:
  using Answer = std::function<std::string(const std::string& body)>;

  explicit AuthorityServer(Answer answer) : answer_(std::move(answer)) {
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
  ~AuthorityServer() {
    thread_.request_stop();
    thread_.join();
    ::close(listener_);
  }
  AuthorityServer(const AuthorityServer&) = delete;
  AuthorityServer& operator=(const AuthorityServer&) = delete;

  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/tsr";
  }
  [[nodiscard]] std::vector<std::string> bodies() {
    const std::scoped_lock lock(mutex_);
    return bodies_;
  }

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd wait{listener_, POLLIN, 0};
      if (::poll(&wait, 1, 20) <= 0) continue;
      const int peer = ::accept(listener_, nullptr, nullptr);
      if (peer < 0) continue;
      talk(peer, stop);
      ::close(peer);
    }
  }

  /// Gives a peer up that has not sent all of its request when the server ends.
  void talk(int peer, const std::stop_token& stop) {
    std::string request;
    char buffer[4096];
    while (!is_complete(request)) {
      if (stop.stop_requested()) return;
      pollfd wait{peer, POLLIN, 0};
      if (::poll(&wait, 1, 20) <= 0) continue;
      const ssize_t size = ::recv(peer, buffer, sizeof(buffer), 0);
      if (size <= 0) return;
      request.append(buffer, static_cast<std::size_t>(size));
    }
    const std::string body = request.substr(request.find("\r\n\r\n") + 4);
    const bool is_query =
        request.find("Content-Type: application/timestamp-query\r\n") != std::string::npos;
    const std::string answer = is_query ? answer_(body) : "";
    {
      const std::scoped_lock lock(mutex_);
      bodies_.push_back(body);
    }
    const std::string reply =
        "HTTP/1.1 " + std::string(answer.empty() ? "503 Away" : "200 OK") +
        "\r\nConnection: close\r\nContent-Type: application/timestamp-reply\r\nContent-Length: " +
        std::to_string(answer.size()) + "\r\n\r\n" + answer;
    ::send(peer, reply.data(), reply.size(), MSG_NOSIGNAL);
  }

  static bool is_complete(const std::string& request) {
    const std::size_t head = request.find("\r\n\r\n");
    const std::size_t length = request.find("Content-Length: ");
    if (head == std::string::npos || length == std::string::npos) return false;
    return request.size() >= head + 4 + std::stoul(request.substr(length + 16));
  }

  Answer answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> bodies_;  ///< guarded by mutex_
  std::jthread thread_;
};

}  // namespace tidewaiter
