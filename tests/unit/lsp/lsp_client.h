#pragma once

#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/lsp/language_server.h"

namespace tidewaiter {

/// A client that writes its messages in advance. Its framing is written from the protocol's text
/// and shares nothing with the server's.
class LspClient {
 public:
  static constexpr const char* kUri = "file:///policies/a.yaml";

  void raw(const std::string& bytes) { input_ += bytes; }
  void body(const std::string& text) {
    input_ += "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
  }
  int request(const std::string& method, const nlohmann::json& params) {
    body(nlohmann::json{{"jsonrpc", "2.0"}, {"id", ++id_}, {"method", method}, {"params", params}}
             .dump());
    return id_;
  }
  void notify(const std::string& method, const nlohmann::json& params) {
    body(nlohmann::json{{"jsonrpc", "2.0"}, {"method", method}, {"params", params}}.dump());
  }

  int start() {
    const int id = request("initialize", {{"capabilities", nlohmann::json::object()}});
    notify("initialized", nlohmann::json::object());
    return id;
  }
  void open(const std::string& text, const std::string& uri = kUri) {
    notify(
        "textDocument/didOpen",
        {{"textDocument", {{"uri", uri}, {"languageId", "yaml"}, {"version", 1}, {"text", text}}}});
  }
  int at(const std::string& method, int line, int character) {
    return request("textDocument/" + method,
                   {{"textDocument", {{"uri", kUri}}},
                    {"position", {{"line", line}, {"character", character}}}});
  }
  void stop() {
    request("shutdown", nullptr);
    notify("exit", nullptr);
  }

  /// Runs a server over what was written, and keeps what it answered.
  int run(std::vector<PolicyText> neighbours = {}, std::vector<SourceSupply> sources = {}) {
    std::istringstream in(input_);
    std::ostringstream out;
    LanguageServer server(out, {[] { return UtcTime{1'780'272'000'000'000}; },
                                [neighbours](const std::string&) { return neighbours; },
                                [sources](const std::string&) { return sources; }});
    const int status = server.run(in);
    split(out.str());
    return status;
  }

  [[nodiscard]] const std::vector<nlohmann::json>& answers() const { return answers_; }

  [[nodiscard]] nlohmann::json answer(int id) const {
    for (const nlohmann::json& one : answers_) {
      if (one.contains("id") && one["id"] == id) return one;
    }
    ADD_FAILURE() << "request " << id << " has no answer";
    return {};
  }
  [[nodiscard]] nlohmann::json result(int id) const {
    return answer(id).value("result", nlohmann::json());
  }

  /// Diagnostics in the order in which they were told for a document.
  [[nodiscard]] std::vector<nlohmann::json> published(const std::string& uri = kUri) const {
    std::vector<nlohmann::json> all;
    for (const nlohmann::json& one : answers_) {
      if (one.value("method", "") == "textDocument/publishDiagnostics" &&
          one["params"]["uri"] == uri) {
        all.push_back(one["params"]);
      }
    }
    return all;
  }

 private:
  void split(const std::string& output) {
    std::size_t at = 0;
    while (at < output.size()) {
      const std::string name = "Content-Length: ";
      ASSERT_EQ(output.compare(at, name.size(), name), 0) << output.substr(at, 40);
      const std::size_t end = output.find("\r\n\r\n", at);
      ASSERT_NE(end, std::string::npos);
      const std::size_t size = std::stoul(output.substr(at + name.size(), end - at));
      ASSERT_LE(end + 4 + size, output.size());
      answers_.push_back(nlohmann::json::parse(output.substr(end + 4, size)));
      EXPECT_EQ(answers_.back()["jsonrpc"], "2.0");
      at = end + 4 + size;
    }
  }

  std::string input_;
  int id_ = 0;
  std::vector<nlohmann::json> answers_;
};

}  // namespace tidewaiter
