// The picture of a cluster in a report: what is let through of it, in every file.

#include "daemon/report/report_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/report/bundle.h"
#include "tests/unit/report/small_report.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

/// By hand: three accounts have a card, two of them an address; a list says that one value is
/// nobody's; a person joined two. Everything has a name that nobody may read.
ClusterGraph canary_graph() {
  ClusterGraph graph;
  graph.title = "Cluster canary-title";
  graph.accounts = {{"canary-account-a"}, {"canary-account-b"}, {"canary-account-c"}};
  graph.values = {{"payment.fingerprint", "canary-card", "weight 4.5", true, 1},
                  {"client.address", "canary-address", "weight 1", true, 1},
                  {"client.address", "canary-shared", "stands in list:canary-list", false, 1},
                  {"joined by a person", "canary-ruling", "", true, 1}};
  graph.edges = {{0, 0, "since 2026-10-05", 1},
                 {1, 0, "since 2026-10-05", 1},
                 {2, 0, "", 1},
                 {0, 1, "", 1},
                 {1, 1, "", 1},
                 {0, 2, "", 1},
                 {1, 3, "", 1},
                 {2, 3, "", 1}};
  return graph;
}

std::string all_files(const Report& report) {
  std::string bytes;
  for (const auto& [path, text] : report_files(report, {})) bytes += text;
  return bytes;
}

Report with_picture(const ClusterGraph& graph, const DisclosedNames& disclosed = {}) {
  Report report = small_report();
  report.cluster = fit_graph(redacted_graph(graph, disclosed));
  return report;
}

TEST(ReportGraph, NamesNobodyAndNothingWhereTheProfileWithholds) {
  const std::string bytes = all_files(with_picture(canary_graph()));
  EXPECT_THAT(bytes, Not(HasSubstr("canary")));
  for (const char* const shown : {"account 1", "account 3", "payment.fingerprint value 1",
                                  "client.address value 2", "since 2026-10-05", "weight 4.5"}) {
    EXPECT_THAT(bytes, HasSubstr(shown));
  }
}

TEST(ReportGraph, NamesTheAccountsAloneThatTheFindingsName) {
  const std::string bytes = all_files(
      with_picture(canary_graph(), {account_disclosed("cluster:canary-account-b"), "4", ""}));
  EXPECT_THAT(bytes, HasSubstr("canary-account-b"));
  for (const char* const withheld :
       {"canary-account-a", "canary-account-c", "canary-card", "canary-address", "canary-shared",
        "canary-list", "canary-ruling", "canary-title"}) {
    EXPECT_THAT(bytes, Not(HasSubstr(withheld)));
  }
  EXPECT_THAT(bytes, HasSubstr("account 3"));
}

TEST(ReportGraph, ADisclosedTextNamesAnAccountAsPicturesDo) {
  EXPECT_EQ(account_disclosed("cluster:gateway/a-3"), "gateway/a-3");
  EXPECT_EQ(account_disclosed("account:gateway/a-3"), "gateway/a-3");
  EXPECT_EQ(account_disclosed(R"(cluster:gate\:way/a\/b\ c)"), "gate:way/a/b c");
  EXPECT_EQ(account_disclosed("gateway/a-3"), "gateway/a-3");
}

TEST(ReportGraph, TellsProgramsTheTypeOfEachEdge) {
  const auto files = report_files(with_picture(canary_graph()), {});
  const auto cluster = nlohmann::json::parse(files.at("data/report.json"))["cluster"];
  ASSERT_EQ(cluster["edges"].size(), 8U);
  EXPECT_EQ(cluster["edges"][0]["type"], "payment.fingerprint");
  EXPECT_EQ(cluster["edges"][7]["type"], "joined by a person");
  EXPECT_EQ(cluster["values"][2]["links"], false);
  EXPECT_EQ(cluster["values"][2]["note"], "no evidence");
  EXPECT_EQ(cluster["drawn_together"], nlohmann::json::array());
  EXPECT_TRUE(
      nlohmann::json::parse(report_files(small_report(), {}).at("data/report.json"))["cluster"]
          .is_null());
}

/// 3,000 accounts, each second of which has one of 50 cards alone; the others have that and the
/// one address of all.
TEST(ReportGraph, OfThousandsOfAccountsDrawsTheMostTellingPartAndSaysWhatIsLeftOut) {
  constexpr std::size_t kAccounts = 3000;
  constexpr std::size_t kCards = 50;
  ClusterGraph graph;
  graph.values.push_back({"client.address", "canary-address", "", true, 1});
  for (std::size_t i = 0; i < kCards; ++i) {
    graph.values.push_back(
        {"payment.fingerprint", "canary-" + std::to_string(i), "weight 2", true, 1});
  }
  for (std::size_t i = 0; i < kAccounts; ++i) {
    graph.accounts.push_back({"canary-account-" + std::to_string(i)});
    graph.edges.push_back({i, 1 + i % kCards});
    if (i % 2 == 1) graph.edges.push_back({i, 0});
  }
  const Report report = with_picture(graph);
  EXPECT_LE(report.cluster->graph.accounts.size(), kMostGraphRows);
  EXPECT_LE(report.cluster->graph.values.size(), kMostGraphRows);
  // The value that most accounts hold is drawn by itself.
  EXPECT_EQ(report.cluster->graph.values[0].type, "client.address");
  EXPECT_EQ(report.cluster->graph.values[0].values, 1);
  std::int64_t accounts = 0;
  for (const GraphAccount& account : report.cluster->graph.accounts) accounts += account.accounts;
  EXPECT_EQ(accounts, 3000);
  EXPECT_THAT(report.cluster->aggregated, Not(SizeIs(0)));
  const auto files = report_files(report, {});
  for (const std::string& remark : report.cluster->aggregated) {
    EXPECT_THAT(files.at("data/report.html"), HasSubstr("<li>" + remark + "</li>"));
  }
  EXPECT_THAT(all_files(report), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace tidewaiter
