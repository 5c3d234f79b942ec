#pragma once

#include <functional>
#include <string>
#include <thread>
#include <utility>

#include <httplib.h>

namespace tidewaiter {

/// An HTTP server of a test, on a loopback port of its own, from its making to its end.
template <class Server = httplib::Server>
class WebServer {
 public:
  using Prepare = std::function<void(httplib::Server&)>;
  template <class... Arguments>
  explicit WebServer(const Prepare& prepare, Arguments&&... arguments)
      : server_(std::forward<Arguments>(arguments)...) {
    prepare(server_);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~WebServer() { server_.stop(); }
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  [[nodiscard]] Server& server() { return server_; }
  [[nodiscard]] std::string url(const std::string& path, const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + path;
  }

 private:
  Server server_;
  int port_ = 0;
  std::jthread thread_;  // joined before the server goes
};

}  // namespace tidewaiter
