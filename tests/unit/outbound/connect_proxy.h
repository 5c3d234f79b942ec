#pragma once

#include <atomic>
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

/// A proxy of a test, on a loopback port of its own: it answers CONNECT (RFC 9110, 9.3.6) to
/// addresses of this machine, one connection at a time, for whoever brings `wanted` as
/// `Proxy-Authorization`; empty: for everybody.
class ConnectProxy {
 public:
  explicit ConnectProxy(std::string wanted,
                        std::string refusal = "407 Proxy Authentication Required")
      : wanted_(std::move(wanted)), refusal_(std::move(refusal)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    ::listen(listener_, 8);
    socklen_t size = sizeof(address);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~ConnectProxy() {
    thread_.request_stop();
    thread_.join();
    ::close(listener_);
  }
  ConnectProxy(const ConnectProxy&) = delete;
  ConnectProxy& operator=(const ConnectProxy&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// What was asked of it, head by head.
  [[nodiscard]] std::vector<std::string> heads() const {
    const std::scoped_lock lock(mutex_);
    return heads_;
  }

 private:
  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
  }
  static bool has_input(int socket) {
    pollfd one{socket, POLLIN, 0};
    return ::poll(&one, 1, 20) > 0;
  }

  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!has_input(listener_)) continue;
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      const std::string head = read_head(client, stop);
      {
        const std::scoped_lock lock(mutex_);
        heads_.push_back(head);
      }
      if (wanted_.empty() ||
          head.find("Proxy-Authorization: " + wanted_ + "\r\n") != std::string::npos) {
        carry(client, head, stop);
      } else {
        const std::string answer =
            "HTTP/1.1 " + refusal_ +
            "\r\nProxy-Authenticate: Basic realm=\"t\"\r\nContent-Length: 0\r\n\r\n";
        ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
      }
      ::close(client);
    }
  }

  static std::string read_head(int client, const std::stop_token& stop) {
    std::string head;
    char byte = 0;
    while (!stop.stop_requested() && head.find("\r\n\r\n") == std::string::npos) {
      if (!has_input(client)) continue;
      if (::recv(client, &byte, 1, 0) != 1) break;
      head += byte;
    }
    return head;
  }

  /// "CONNECT 127.0.0.1:8443 HTTP/1.1"
  static void carry(int client, const std::string& head, const std::stop_token& stop) {
    const int port = std::stoi(head.substr(head.find(':') + 1));
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
      const std::string answer = "HTTP/1.1 200 Connection established\r\n\r\n";
      ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
      while (!stop.stop_requested() && pass_on(client, server) && pass_on(server, client)) continue;
    }
    ::close(server);
  }
  /// What has come by now. False: nothing will come any more.
  static bool pass_on(int from, int to) {
    std::string bytes(16'384, '\0');
    pollfd one{from, POLLIN, 0};
    if (::poll(&one, 1, 2) <= 0) return true;
    const ssize_t count = ::recv(from, bytes.data(), bytes.size(), 0);
    return count > 0 && ::send(to, bytes.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) > 0;
  }

  std::string wanted_;
  std::string refusal_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
  std::jthread thread_;
};

}  // namespace tidewaiter
