#pragma once

#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/sources/contract/contract_source.h"
#include "scripted_http.h"

namespace tidewaiter {

inline const UtcTime kNoon = parse_time("2026-11-23T12:00:00Z").value();

inline UtcTime at(std::string_view text) { return parse_time(text).value(); }

/// Rows of hours. A body's first line is `end` or `more TOKEN`; each other one is a row: an hour of
/// the day and a name, or `own`, or a bad one; or `whole` and the hour up to which the figures are
/// whole. What follows a `+` in a token is the feed's own.
class HourFeed : public Feed {
 public:
  explicit HourFeed(std::string name, Duration window = kDay, Duration sweep = {})
      : name_(std::move(name)), window_(window), sweep_(sweep) {}

  std::string_view name() const override { return name_; }
  std::string series() const override { return "hours"; }
  FeedPace pace() const override {
    FeedPace pace{kHour, window_, {5 * kMinute.us}, {2 * kHour.us}, kHour, {3 * kHour.us}};
    pace.sweep = sweep_;
    return pace;
  }
  std::string_view permission() const override { return "the scope `read:hours`"; }
  HttpRequest ask(const FeedQuestion& question) const override {
    HttpRequest request;
    request.method = HttpMethod::kGet;
    request.url = name_ + " " + format_time(question.window.from) + " " +
                  format_time(question.window.to) + " " + question.token;
    return request;
  }
  Result<FeedAnswer> read(std::string_view body, const FeedQuestion& question) const override {
    FeedAnswer answer;
    std::istringstream lines{std::string(body)};
    std::string word;
    lines >> word;
    if (word != "end" && word != "more") return fail(ErrorCode::kInvalidInput, "no such body");
    answer.more = word == "more";
    std::string line;
    std::getline(lines, line);
    if (answer.more && line.size() > 1) answer.next = line.substr(1);
    while (std::getline(lines, line)) {
      if (line.starts_with("whole ")) {
        answer.whole_to = align_down(question.window.from, kDay) +
                          Duration{std::stoll(line.substr(6)) * kHour.us};
        continue;
      }
      ++answer.rows;
      if (line == "bad") {
        answer.bad.push_back({{}, -1, "a bad row", sha256(line), 3});
        continue;
      }
      Record record;
      record.time = align_down(question.window.from, kDay) +
                    Duration{std::stoll(line.substr(0, 2)) * kHour.us};
      if (line.ends_with(" own")) {
        answer.own.push_back(record.time);
        continue;
      }
      record.duration = kHour;
      record.id = sha256(line);
      answer.records.push_back(std::move(record));
    }
    return answer;
  }
  std::string server_token(std::string_view token) const override {
    return std::string(token.substr(0, token.find('+')));
  }
  std::optional<std::string> instead_of(std::string_view token) const override {
    if (token != "lost") return std::nullopt;
    return "found";
  }

 private:
  std::string name_;
  Duration window_;
  Duration sweep_;
};

inline HttpResponse body(std::string text) { return {200, std::move(text), {}}; }

/// One source over a scripted server. What it gives is committed as the pipeline would.
class Scene {
 public:
  explicit Scene(ScriptedHttp::Answer answer) : http_(std::move(answer)) {
    config_.name = "api";
    config_.kind = "test";
    config_.contract.emplace();
    config_.contract->url = "https://api.example.com/v1";
    config_.contract->key = {SecretRef::Kind::kEnv, "KEY"};
    config_.contract->since = at("2026-11-23T00:00:00Z");
    feeds_ = {"a"};
  }

  void restart() { source_.reset(); }
  ContractSource& source() {
    if (source_) return *source_;
    std::vector<std::unique_ptr<Feed>> feeds;
    for (const std::string& name : feeds_) {
      feeds.push_back(std::make_unique<HourFeed>(name, window_, sweep_));
    }
    SourceServices services;
    services.variables = {{"KEY", "k3y"}};
    services.http = &http_;
    services.now = [this] { return now_; };
    services.retry.first = Duration{0};  // so that no pause takes time
    services.cut = cut_;
    source_ = std::make_unique<ContractSource>(config_, services, "", std::move(feeds));
    return *source_;
  }

  /// The next page, committed. Nothing: the pull is over, or failed (error_).
  std::optional<Page> next() {
    error_.reset();
    auto page = source().next(cursor_, now_, {});
    if (!page) {
      error_ = page.error();
      return std::nullopt;
    }
    if (*page) {
      EXPECT_NE((*page)->cursor, cursor_) << "a cursor came twice";
      EXPECT_LE((*page)->records.size(), kMaxPageRecords);
      cursor_ = (*page)->cursor;
      for (const Record& record : (*page)->records) {
        stored_[to_hex(record.id)] = record;
      }
      drained_ = (*page)->drained ? (*page)->drained : drained_;
      source().committed({});
    }
    return *page;
  }
  /// A whole pull, as the pipeline does it: up to a drained page, or nothing. Gives the pages.
  std::vector<Page> pull() {
    std::vector<Page> pages;
    while (std::optional<Page> page = next()) {
      pages.push_back(*page);
      if (page->drained) break;
    }
    return pages;
  }

  ScriptedHttp http_;
  SourceConfig config_;
  std::vector<std::string> feeds_;
  Duration window_ = kDay;
  Duration sweep_;
  SourceCutSink cut_;
  UtcTime now_ = kNoon;
  std::string cursor_;
  std::optional<Error> error_;
  std::map<std::string, Record> stored_;
  std::optional<Interval> drained_;
  std::unique_ptr<ContractSource> source_;
};

}  // namespace tidewaiter
