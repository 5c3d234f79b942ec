// The lines of the level `trace`.
#include "daemon/app/source_log.h"

#include <memory>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

namespace tidewaiter {
namespace {

using testing::HasSubstr;

class SourceLogTest : public testing::Test {
 protected:
  std::ostringstream lines_;
  EventLog log_{LogLevel::kTrace, LogFormat::kText,
                std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_)};
};

SourceRequest asked() {
  SourceRequest sent{"api", "usage", {{0}, {3'600'000'000}}, 2, true, 3, {}};
  sent.request = {HttpMethod::kGet, "api.example.com", "/v1/usage", {12'345}, 200, 77, ""};
  return sent;
}

TEST_F(SourceLogTest, ARequestOfASourceIsALine) {
  source_request_log(log_)(asked());
  EXPECT_EQ(lines_.str(),
            "event=source_request source=api endpoint=usage method=GET host=api.example.com "
            "path=/v1/usage from=1970-01-01T00:00:00Z to=1970-01-01T01:00:00Z page=2 "
            "asked_by=token attempt=3 status=200 bytes=77 elapsed_ms=12 failure=\"\"\n");
}

TEST_F(SourceLogTest, AnotherRequestIsALineWithoutItsPath) {
  request_log(log_)(asked().request);
  EXPECT_EQ(lines_.str(),
            "event=request method=GET host=api.example.com status=200 bytes=77 elapsed_ms=12 "
            "failure=\"\"\n");
}

TEST_F(SourceLogTest, LessTalkativeLevelsHaveNoneOfThem) {
  log_.set_level(LogLevel::kDebug);
  source_request_log(log_)(asked());
  request_log(log_)(asked().request);
  EXPECT_EQ(lines_.str(), "");
}

/// Gives one page, and notes what it is told.
class OnePage final : public Connector {
 public:
  Result<std::optional<Page>> next(const std::string&, UtcTime, const PullWatch&) override {
    Page page;
    page.cursor = "s3cret";
    page.records.resize(2);
    page.drained = Interval{{0}, {1'000'000}};
    return page;
  }
  void committed(const PageReceipt&) override { ++committed_; }
  bool has_news() const override { return true; }
  PullProgress progress() const override { return {1, 2, 3}; }
  Result<std::vector<std::string>> check(const std::string&, UtcTime) override {
    return std::vector<std::string>{"well"};
  }

  int committed_ = 0;
};

TEST_F(SourceLogTest, APageIsALineAndAllElsePasses) {
  auto made = std::make_unique<OnePage>();
  const OnePage& inner = *made;
  SourceConfig config;
  config.name = "api";
  config.kind = "file";
  const auto connector = logged_connector(std::move(made), config, log_);
  EXPECT_EQ((*connector->next("", {}, {}).value()).records.size(), 2U);
  EXPECT_THAT(lines_.str(),
              HasSubstr("event=source_page source=api kind=file records=2 quarantined=0 "
                        "cursor=first cursor_bytes=6 backfill=false "
                        "drained_to=1970-01-01T00:00:01Z elapsed_ms="));
  EXPECT_THAT(lines_.str(), testing::Not(HasSubstr("s3cret")));
  log_.set_level(LogLevel::kInfo);
  EXPECT_TRUE(connector->next("x", {}, {}).value());
  EXPECT_EQ(std::ranges::count(lines_.str(), '\n'), 1);
  connector->committed({});
  EXPECT_EQ(inner.committed_, 1);
  EXPECT_TRUE(connector->has_news());
  EXPECT_EQ(connector->progress().records, 3);
  EXPECT_EQ(connector->check("", {}).value().front(), "well");
}

}  // namespace
}  // namespace tidewaiter
