// What is asked of OpenAI's usage endpoints.
#include "daemon/sources/openai/usage_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

SourceConfig config() {
  SourceConfig source;
  source.name = "openai";
  source.contract.emplace();
  source.contract->url = "https://api.openai.com/v1";
  return source;
}

FeedQuestion question(std::string token = {}) {
  return {{parse_time("2024-11-01T00:00:00Z").value(), parse_time("2024-11-02T00:00:00Z").value()},
          std::move(token)};
}

TEST(UsageFeedTest, AsksAsTheVendorsOwnClientDoes) {
  const UsageFeed feed(*find_usage_endpoint("completions"), config());
  const HttpRequest request = feed.ask(question());
  EXPECT_EQ(request.method, HttpMethod::kGet);
  // 1730419200 is 2024-11-01T00:00:00Z; %5B%5D is []; 168 is the most at this width.
  EXPECT_EQ(request.url,
            "https://api.openai.com/v1/organization/usage/completions?start_time=1730419200"
            "&end_time=1730505600&bucket_width=1h&limit=168&group_by%5B%5D=project_id"
            "&group_by%5B%5D=user_id&group_by%5B%5D=api_key_id&group_by%5B%5D=model"
            "&group_by%5B%5D=batch&group_by%5B%5D=service_tier");
  EXPECT_EQ(request.bearer, nullptr);
}

TEST(UsageFeedTest, GoesOnWithTheTokenAsItCame) {
  const UsageFeed feed(*find_usage_endpoint("embeddings"), config());
  EXPECT_THAT(feed.ask(question("page_AA+/=")).url, testing::EndsWith("&page=page_AA%2B%2F%3D"));
}

TEST(UsageFeedTest, RepeatsKeysWhereAServerWantsIt) {
  SourceConfig source = config();
  source.contract->bracketed_lists = false;
  source.contract->bucket = kDay;
  const UsageFeed feed(*find_usage_endpoint("moderations"), source);
  EXPECT_THAT(feed.ask(question()).url,
              testing::EndsWith("&bucket_width=1d&limit=31&group_by=project_id&group_by=user_id"
                                "&group_by=api_key_id&group_by=model"));
}

TEST(UsageFeedTest, AsksForNoMoreBucketsThanOnePageMayHave) {
  SourceConfig source = config();
  for (const auto& [width, most] :
       {std::pair(kMinute, 1440), std::pair(kHour, 168), std::pair(kDay, 31)}) {
    source.contract->bucket = width;
    const FeedPace pace = UsageFeed(*find_usage_endpoint("completions"), source).pace();
    EXPECT_EQ(pace.width, width);
    EXPECT_EQ(pace.window.us, width.us * most);
    EXPECT_EQ(pace.overlap, Duration{48 * kHour.us});
  }
}

TEST(UsageFeedTest, WhatDecidesTheRecordsMakesTheSeries) {
  SourceConfig source = config();
  const auto series = [&source] {
    return UsageFeed(*find_usage_endpoint("completions"), source).series();
  };
  const std::string plain = series();
  source.contract->bucket = kDay;
  EXPECT_NE(series(), plain);
  source = config();
  source.contract->account = AccountChoice::kApiKey;
  EXPECT_NE(series(), plain);
  // By its word: a number would mean another choice once one is added before it.
  EXPECT_THAT(plain, testing::HasSubstr(" project "));
  EXPECT_THAT(series(), testing::HasSubstr(" api_key "));
  source = config();
  source.contract->overlap = kHour;
  EXPECT_EQ(series(), plain);
}

}  // namespace
}  // namespace tidewaiter
