// What people did for customers who do not exist, as vendors' audit feeds tell it.
#include "daemon/simulate/audit_page.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/simulate/customer_deeds.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

const ProviderModel kModel{7, 6};
const UtcTime kFrom = parse_time("2026-11-16T00:00:00Z").value();
const Interval kWeek{kFrom, kFrom + Duration{7 * kDay.us}};

PageState state(std::int64_t most = 24) { return {kWeek.to, HostileMode::kNone, 0, most, 0}; }

std::string seconds(UtcTime time) { return std::to_string(time.us / kSecond.us); }

TEST(CustomerDeedsTest, ArePartsOfATimeHoweverItIsCut) {
  std::set<std::string> whole;
  std::set<std::string> parts;
  for (const CustomerDeed& deed : customer_deeds(kModel, kWeek, state())) whole.insert(deed.id);
  for (UtcTime at = kWeek.from; at < kWeek.to; at = at + Duration{97 * kMinute.us}) {
    const Interval part{at, std::min(kWeek.to, at + Duration{97 * kMinute.us})};
    for (const CustomerDeed& deed : customer_deeds(kModel, part, state())) {
      EXPECT_TRUE(deed.time >= part.from && deed.time < part.to) << deed.id;
      EXPECT_TRUE(parts.insert(deed.id).second) << deed.id;
    }
  }
  EXPECT_EQ(parts, whole);
}

TEST(CustomerDeedsTest, TheNewestLoginIsToldLate) {
  PageState late = state();
  const auto all = customer_deeds(kModel, kWeek, late);
  late.mode = HostileMode::kLate;
  const auto first = customer_deeds(kModel, kWeek, late);
  late.again = 1;
  EXPECT_EQ(customer_deeds(kModel, kWeek, late).size(), all.size());
  ASSERT_EQ(first.size() + 1, all.size());
  const auto differs = std::ranges::mismatch(first, all, {}, &CustomerDeed::id, &CustomerDeed::id);
  EXPECT_EQ(differs.in2->deed, DeedKind::kLogin);
}

TEST(CustomerDeedsTest, NewestFirstAndNotAfterNow) {
  PageState early = state();
  early.now = kFrom + kDay;
  UtcTime last = early.now;
  for (const CustomerDeed& deed : customer_deeds(kModel, kWeek, early)) {
    EXPECT_LE(deed.time, last);
    last = deed.time;
  }
  EXPECT_LT(last, early.now);
}

/// By hand: each customer sleeps once a day, so that work begins and ends once a day, and hours are
/// whole: 7 days of 6 customers, less what lies at the week's ends.
TEST(CustomerDeedsTest, WhoLogsInLogsOut) {
  std::map<DeedKind, int> counts;
  for (const CustomerDeed& deed : customer_deeds(kModel, kWeek, state())) ++counts[deed.deed];
  EXPECT_NEAR(counts[DeedKind::kLogin], 42, 6);
  EXPECT_NEAR(counts[DeedKind::kLogout], 42, 6);
  EXPECT_EQ(counts[DeedKind::kReadByProgram], 7 * 24);
  EXPECT_EQ(counts[DeedKind::kReadByOther], 7);
  for (const DeedKind deed :
       {DeedKind::kLoginFailed, DeedKind::kKeyChanged, DeedKind::kTenantPolicyChanged}) {
    EXPECT_GT(counts[deed], 0);
  }
}

TEST(CustomerDeedsTest, ACustomersKeyIsMadeWhenTheCustomerIs) {
  const Customer customer = kModel.directory().at(2);
  const auto deeds = customer_deeds(kModel, {customer.created, customer.created + kHour}, state());
  std::set<DeedKind> made;
  for (const CustomerDeed& deed : deeds) {
    if (deed.customer == 2) made.insert(deed.deed);
  }
  for (const DeedKind deed : {DeedKind::kUserAdded, DeedKind::kProjectMade, DeedKind::kKeyMade}) {
    EXPECT_TRUE(made.contains(deed));
  }
}

PageRequest openai_request(const std::string& after, bool tenant) {
  PageRequest request;
  request.params = {{"effective_at[gte]", seconds(kWeek.from)},
                    {"effective_at[lt]", seconds(kWeek.to)},
                    {"limit", "100"}};
  if (tenant) request.params.emplace("tenant_only", "true");
  if (!after.empty()) request.params.emplace("after", after);
  return request;
}

TEST(AuditPageOfAProviderTest, TenantsHaveAPassOfTheirOwn) {
  std::map<bool, std::set<std::string>> types;
  for (const bool tenant : {false, true}) {
    std::string after;
    json page;
    do {
      page = json::parse(openai_audit_page(kModel, openai_request(after, tenant), state()).value());
      for (const json& event : page["data"]) types[tenant].insert(event["type"]);
      after = page["last_id"].get<std::string>();
    } while (page["has_more"].get<bool>());
  }
  EXPECT_EQ(types[true], std::set<std::string>{"tenant.session_policy.updated"});
  EXPECT_TRUE(types[false].contains("login.succeeded"));
  EXPECT_FALSE(types[false].contains("tenant.session_policy.updated"));
}

TEST(AuditPageOfAProviderTest, WhatIsOutOfRangeIsRefused) {
  PageRequest request = openai_request("no-such-event", false);
  EXPECT_FALSE(openai_audit_page(kModel, request, state()));
  request = openai_request("", false);
  request.params.erase("limit");
  request.params.emplace("limit", "101");
  EXPECT_FALSE(openai_audit_page(kModel, request, state()));
  EXPECT_FALSE(anthropic_activities(kModel, {}, state()));
}

TEST(AuditPageOfAProviderTest, SomeActivitiesAreToldTwice) {
  PageRequest request;
  request.params = {{"created_at.gte", format_time(kWeek.from)},
                    {"created_at.lt", format_time(kWeek.to)},
                    {"limit", "5000"}};
  const json page = json::parse(anthropic_activities(kModel, request, state(5'000)).value());
  std::set<std::string> ids;
  for (const json& activity : page["data"]) ids.insert(activity["id"]);
  EXPECT_EQ(ids.size(), customer_deeds(kModel, kWeek, state()).size());
  EXPECT_EQ(page["data"].size(), ids.size() + ids.size() / 5);
}

}  // namespace
}  // namespace tidewaiter
