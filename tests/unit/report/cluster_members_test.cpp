// The accounts of a cluster as a report may tell them, and clusters of a period.

#include "daemon/report/cluster_members.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/report/cluster_summary.h"
#include "daemon/report/report_stix.h"
#include "tests/unit/report/small_report.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

ReportedMembers two_members() {
  ReportedMembers members;
  members.accounts = 2;
  members.named = true;
  members.members = {{"gateway/canary-a",
                      "account:gateway/canary-a",
                      kMonday,
                      kMonday + kHour,
                      7,
                      {"client.address", "ruling"},
                      1,
                      {std::string(32, 'c')}},
                     {"gateway/canary-b",
                      "account:gateway/canary-b",
                      kMonday - kDay,
                      kMonday,
                      3,
                      {"client.address"},
                      0,
                      {}}};
  return members;
}

std::string page_of(const ReportedMembers& members) {
  HtmlWriter page;
  write_members(page, members);
  return page.take();
}

TEST(ReportedMembers, AreNumberedWhereTheyAreNotNamed) {
  const ReportedMembers told = redacted_members(two_members(), MembersTold::kByNumber);
  EXPECT_FALSE(told.named);
  ASSERT_EQ(told.members.size(), 2U);
  EXPECT_EQ(told.members[1].name, "account 2");
  EXPECT_EQ(told.members[0].requests, 7);
  EXPECT_EQ(told.members[0].findings, 1);
  for (const std::string& text : {page_of(told), members_json(told).dump(), members_csv(told)}) {
    EXPECT_THAT(text, AllOf(HasSubstr("account 1"), HasSubstr("client.address"),
                            Not(HasSubstr("canary")), Not(HasSubstr("cccccccc"))));
  }
  EXPECT_FALSE(members_word(told));
}

TEST(ReportedMembers, AreCountedWhereTheRecipientIsNotGivenThem) {
  const ReportedMembers told = redacted_members(two_members(), MembersTold::kHowMany);
  EXPECT_TRUE(told.members.empty());
  EXPECT_THAT(page_of(told), AllOf(HasSubstr("2 accounts"), Not(HasSubstr("client.address"))));
  EXPECT_EQ(members_json(told)["accounts"], 2);
  EXPECT_FALSE(members_word(told));
}

TEST(ReportedMembers, AreSealedOneALineWhereTheyAreNamed) {
  const ReportedMembers told = redacted_members(two_members(), MembersTold::kById);
  EXPECT_EQ(told.members, two_members().members);
  EXPECT_EQ(members_word(told), "account:gateway/canary-a\naccount:gateway/canary-b");
  EXPECT_THAT(members_csv(told),
              HasSubstr("gateway/canary-a,account:gateway/canary-a,2026-10-05T08:00:00Z,"
                        "2026-10-05T09:00:00Z,7,client.address ruling,1," +
                        std::string(32, 'c') + "\n"));
  EXPECT_FALSE(members_word(std::nullopt));
}

TEST(ReportedMembers, AreUserAccountsOfTheCaseInStix) {
  Report report = small_report();
  report.findings[0].subject = "cluster:gateway/canary-a";
  report.subjects[0].name = report.findings[0].subject;
  report.members = two_members();
  const auto bundle = nlohmann::json::parse(report_stix(report));
  std::vector<std::string> accounts;
  nlohmann::json grouped;
  for (const auto& object : bundle["objects"]) {
    if (object["type"] == "user-account") accounts.push_back(object["id"]);
    if (object["type"] == "grouping") grouped = object["object_refs"];
  }
  ASSERT_EQ(accounts.size(), 2U);
  for (const std::string& id : accounts) EXPECT_THAT(grouped, testing::Contains(id));
  report.members = redacted_members(two_members(), MembersTold::kByNumber);
  EXPECT_THAT(report_stix(report), Not(HasSubstr("user-account--")));
}

TEST(ReportedClusters, TellWhatIsKnownAndWhatIsNot) {
  ReportedClusters clusters;
  clusters.cases = 2;
  clusters.case_states = {{"open", 2}};
  clusters.rulings = {{"cluster.cut", {7, 9}}};
  HtmlWriter page;
  write_clusters(page, clusters);
  EXPECT_THAT(page.take(),
              AllOf(HasSubstr("2: 2 open"), HasSubstr("not known"), HasSubstr("7, 9")));
  EXPECT_TRUE(clusters_json(clusters)["changes"].is_null());
  EXPECT_TRUE(clusters_json(clusters)["sizes"].is_null());
  clusters.changes = ClusterChanges{3, 2, 1, 0};
  clusters.sizes = {40, 2};
  const auto json = clusters_json(clusters);
  EXPECT_EQ(json["changes"]["merged"], 2);
  EXPECT_EQ(json["sizes"], (std::vector<int>{40, 2}));
  HtmlWriter told;
  write_clusters(told, clusters);
  EXPECT_THAT(told.take(), HasSubstr("40, 2"));
}

}  // namespace
}  // namespace tidewaiter
