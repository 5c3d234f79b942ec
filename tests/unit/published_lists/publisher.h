#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "tests/unit/outbound/web_server.h"

namespace tidewaiter {

/// A publisher of lists on loopback, who gives each file an entity tag of its own and answers 304
/// to whoever has it (RFC 9110, 13.1.2).
class Publisher {
 public:
  Publisher() : server_([this](httplib::Server& s) { answer_with_files(s); }) {}

  [[nodiscard]] std::string url(const std::string& path) const { return server_.url(path); }

  void publish(const std::string& path, const std::string& text) {
    const std::scoped_lock lock(mutex_);
    files_[path] = {200, text, "\"" + std::to_string(++tags_) + "\"", {}};
  }
  void redirect(const std::string& path, const std::string& to) {
    const std::scoped_lock lock(mutex_);
    files_[path] = {302, {}, {}, to};
  }
  void fail(const std::string& path, int status) {
    const std::scoped_lock lock(mutex_);
    files_[path] = {status, "sorry", {}, {}};
  }
  /// The statuses that were answered, in their order.
  [[nodiscard]] std::vector<int> answers() {
    const std::scoped_lock lock(mutex_);
    return answers_;
  }

 private:
  struct File {
    int status = 404;
    std::string text;
    std::string tag;
    std::string location;
  };

  void answer_with_files(httplib::Server& server) {
    server.Get(".*", [this](const httplib::Request& request, httplib::Response& response) {
      const std::scoped_lock lock(mutex_);
      const File file = files_[request.path];
      response.status = file.status;
      if (!file.tag.empty()) response.set_header("ETag", file.tag);
      if (!file.location.empty()) response.set_header("Location", file.location);
      if (!file.tag.empty() && request.get_header_value("If-None-Match") == file.tag) {
        response.status = 304;
      } else {
        response.set_content(file.text, "text/plain");
      }
      answers_.push_back(response.status);
    });
  }

  std::mutex mutex_;
  std::map<std::string, File> files_;
  std::vector<int> answers_;
  int tags_ = 0;
  WebServer<> server_;  // last: it answers from the others
};

}  // namespace tidewaiter
