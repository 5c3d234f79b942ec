#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "daemon/outbound/http_client.h"

namespace tidewaiter {

/// A server that answers by a function of the URL and of how many requests there were; keeps what
/// it was asked, and with which credential.
class ScriptedHttp : public HttpClient {
 public:
  using Answer = std::function<Result<HttpResponse>(const std::string& url, std::size_t before)>;
  explicit ScriptedHttp(Answer answer) : answer_(std::move(answer)) {}

  Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& /*stop*/) override {
    const std::scoped_lock lock(mutex_);
    urls_.push_back(request.url);
    if (request.proxy_login != nullptr) {
      credentials_.push_back("proxy=" + std::string(request.proxy_login->expose()));
    }
    if (request.bearer != nullptr) credentials_.emplace_back(request.bearer->expose());
    for (const auto& [name, secret] : request.secret_headers) {
      credentials_.push_back(name + "=" + std::string(secret->expose()));
    }
    return answer_(request.url, urls_.size() - 1);
  }
  [[nodiscard]] std::vector<std::string> urls() {
    const std::scoped_lock lock(mutex_);
    return urls_;
  }
  [[nodiscard]] std::vector<std::string> credentials() {
    const std::scoped_lock lock(mutex_);
    return credentials_;
  }

 private:
  Answer answer_;
  std::mutex mutex_;
  std::vector<std::string> urls_;
  std::vector<std::string> credentials_;
};

}  // namespace tidewaiter
