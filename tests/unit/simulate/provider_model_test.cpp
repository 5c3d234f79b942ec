// Customers who do not exist: the same at each asking, and the same however time is cut.
#include "daemon/simulate/provider_model.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/simulate/hostile_mode.h"
#include "daemon/simulate/report_page.h"

namespace tidewaiter {
namespace {

const UtcTime kDayStart = parse_time("2026-11-23T00:00:00Z").value();

/// Requests and tokens by customer's key.
std::map<std::string, std::vector<std::int64_t>> sums(const ProviderModel& model, Duration width) {
  std::map<std::string, std::vector<std::int64_t>> all;
  for (UtcTime at = kDayStart; at < kDayStart + kDay; at = at + width) {
    for (const ProviderUsage& usage : model.usage(at, width)) {
      auto& sum = all[usage.api_key];
      sum.resize(4);
      sum[0] += usage.requests;
      sum[1] += usage.input_tokens;
      sum[2] += usage.cached_tokens;
      sum[3] += usage.output_tokens;
    }
  }
  return all;
}

TEST(ProviderModelTest, HoursAddUpToTheirDay) {
  const ProviderModel model{7, 40};
  EXPECT_EQ(sums(model, kHour), sums(model, kDay));
  EXPECT_EQ(sums(model, kDay).size(), 40U);
}

TEST(ProviderModelTest, MinutesWithRequestsAddUpToTheirHour) {
  const ProviderModel model{7, 3};
  for (const auto& [key, minutes] : sums(model, kMinute)) {
    EXPECT_EQ(minutes[0], sums(model, kHour)[key][0]) << key;
  }
}

TEST(ProviderModelTest, AnotherSeedIsAnotherProvider) {
  EXPECT_EQ(sums({7, 10}, kHour), sums({7, 10}, kHour));
  EXPECT_NE(sums({7, 10}, kHour), sums({8, 10}, kHour));
}

UsageReportRequest request_of(std::string query) {
  UsageReportRequest request;
  request.start = kDayStart;
  request.end = kDayStart + kDay;
  request.width = kHour;
  request.query = std::move(query);
  return request;
}

TEST(UsagePageOfAProviderTest, ATokenBelongsToItsQuery) {
  const UsageReportState state{kDayStart + kDay, HostileMode::kNone, 0, 10};
  UsageReportRequest request = request_of("a");
  std::set<std::int64_t> starts;
  int pages = 0;
  do {
    const auto page = nlohmann::json::parse(report_page({7, 2}, request, state).value());
    for (const auto& bucket : page["data"]) starts.insert(bucket["start_time"].get<std::int64_t>());
    request.page = page["next_page"].is_null() ? "" : page["next_page"].get<std::string>();
    ++pages;
  } while (!request.page.empty());
  EXPECT_EQ(starts.size(), 24U);
  EXPECT_EQ(pages, 3);
  UsageReportRequest other = request_of("b");
  other.page =
      nlohmann::json::parse(report_page({7, 2}, request_of("a"), state).value())["next_page"];
  EXPECT_FALSE(report_page({7, 2}, other, state));
}

TEST(HostileModeTest, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const HostileModeName& mode : hostile_modes()) {
    EXPECT_TRUE(names.insert(mode.name).second) << mode.name;
    EXPECT_EQ(find_hostile_mode(mode.name), mode.mode);
  }
  EXPECT_FALSE(find_hostile_mode("kind"));
}

}  // namespace
}  // namespace tidewaiter
