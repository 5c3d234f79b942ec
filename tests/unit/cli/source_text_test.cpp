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
  const std::string text = sources_text(views, Terminal{});
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
    EXPECT_THAT(sources_text(views, Terminal{}), Not(HasSubstr("long ")));
    EXPECT_EQ(source_json(views)[0]["cut_short"].dump(), "[]");
  }
}

}  // namespace
}  // namespace tidewaiter
