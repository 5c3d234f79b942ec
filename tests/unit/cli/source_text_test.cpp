// What `source list` tells of a source whose window has more pages than a pull reads.
#include "daemon/cli/source_text.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/sources/contract/contract_cursor.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

const UtcTime kRead = parse_time("2026-11-23T12:00:00Z").value();

Config with_api() {
  Config config;
  SourceConfig source;
  source.name = "api";
  source.kind = "openai";
  source.contract.emplace();
  config.sources.push_back(std::move(source));
  return config;
}

SourceState state_with(std::int64_t pages, std::int64_t cuts) {
  ContractCursor cursor;
  FeedState& feed = cursor.feeds["completions"];
  feed.query = "q";
  feed.window = Interval{{0}, {kHour.us}};
  feed.at = UtcTime{0};
  feed.token = "t0ken";
  feed.page = pages;
  feed.cuts = cuts;
  SourceState state;
  state.source = "api";
  state.cursor = to_text(cursor);
  return state;
}

TEST(SourceText, AWindowThatNoPullHasReadToItsEndIsToldWithItsPages) {
  const Config config = with_api();
  const std::vector<SourceState> states = {state_with(2000, 2)};
  const auto views = source_views(config, states);
  const std::string text = sources_text(views, kRead, Terminal{});
  EXPECT_THAT(text, HasSubstr("long  api: completions from "));
  EXPECT_THAT(text, HasSubstr("has more than 2,000 pages, and 2 pulls ended in it"));
  EXPECT_THAT(text, Not(HasSubstr("t0ken")));
  EXPECT_EQ(source_json(views)[0]["cut_short"].dump(),
            R"([{"endpoint":"completions","from":"1970-01-01T00:00:00Z",)"
            R"("to":"1970-01-01T01:00:00Z","pages":2000,"pulls":2}])");
}

TEST(SourceText, AWindowUnderWayIsNothingToTell) {
  const Config config = with_api();
  SourceState none = state_with(7, 0);
  none.cursor.clear();
  SourceState unreadable = none;
  unreadable.cursor = "no cursor";
  for (const SourceState& state : {state_with(7, 0), none, unreadable}) {
    const std::vector<SourceState> states = {state};
    const auto views = source_views(config, states);
    EXPECT_THAT(sources_text(views, kRead, Terminal{}), Not(HasSubstr("long ")));
    EXPECT_EQ(source_json(views)[0]["cut_short"].dump(), "[]");
  }
}

TEST(SourceText, AKeyThatIsKnownToExpireIsTold) {
  const Config config = with_api();
  ContractCursor cursor;
  cursor.key = {"wxyz", "key_7", kRead + Duration{12 * kDay.us}};
  SourceState state;
  state.source = "api";
  state.cursor = to_text(cursor);
  std::vector<SourceState> states = {state};
  EXPECT_THAT(sources_text(source_views(config, states), kRead, Terminal{}),
              HasSubstr("key  api: the key that ends with wxyz (key_7) expires at "
                        "2026-12-05T12:00:00Z, in 12 days"));
  EXPECT_EQ(source_json(source_views(config, states))[0]["key"].dump(),
            R"({"last_four":"wxyz","id":"key_7","expires":"2026-12-05T12:00:00Z"})");
  const UtcTime later = kRead + Duration{13 * kDay.us};
  EXPECT_THAT(sources_text(source_views(config, states), later, Terminal{}),
              HasSubstr("has expired at 2026-12-05T12:00:00Z"));

  cursor.key = {"wxyz", "", {}};
  states.front().cursor = to_text(cursor);
  EXPECT_THAT(sources_text(source_views(config, states), kRead, Terminal{}),
              Not(HasSubstr("wxyz")));
  EXPECT_EQ(source_json(source_views(config, states))[0]["key"].dump(),
            R"({"last_four":"wxyz","id":null,"expires":null})");
}

TEST(SourceText, WhatIsAskedWithoutKeysIsTold) {
  const Config config = with_api();
  ContractCursor cursor;
  cursor.feeds["costs"].query = "q";
  cursor.feeds["costs"].narrow_to = UtcTime{kDay.us};
  SourceState state;
  state.source = "api";
  state.cursor = to_text(cursor);
  const std::vector<SourceState> states = {state};
  const auto views = source_views(config, states);
  EXPECT_THAT(sources_text(views, kRead, Terminal{}),
              HasSubstr("narrow  api: costs has no keys before 1970-01-02T00:00:00Z"));
  EXPECT_EQ(source_json(views)[0]["narrow"].dump(),
            R"([{"endpoint":"costs","to":"1970-01-02T00:00:00Z"}])");
}

TEST(SourceText, WhatTheDaemonTellsOfItselfIsNoSourceOfAnybody) {
  SourceState own;
  own.source = "tidewaiter";
  own.records = 3;
  const std::vector<SourceState> states = {own};
  EXPECT_TRUE(source_views(Config{}, states).empty());
}

}  // namespace
}  // namespace tidewaiter
