#include "daemon/report/cluster_graph.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// Of so many accounts, of which every `card` neighbours share a card and the first two a device.
ClusterGraph ring(std::size_t accounts, std::size_t card) {
  ClusterGraph graph;
  graph.title = "A ring";
  for (std::size_t i = 0; i < accounts; ++i) {
    graph.accounts.push_back({"g/a-" + std::to_string(i)});
    if (i % card == 0) {
      graph.values.push_back({"cards", "visa-" + std::to_string(i / card), "weight 4"});
    }
    graph.edges.push_back({i, i / card, "since 2026-03-01"});
  }
  graph.values.push_back({"devices", "d-1", "a hub: 99 hold it", false});
  graph.edges.push_back({0, graph.values.size() - 1});
  graph.edges.push_back({1, graph.values.size() - 1});
  return graph;
}

std::size_t count_of_text(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

std::int64_t accounts_in(const ClusterGraph& graph) {
  std::int64_t sum = 0;
  for (const GraphAccount& account : graph.accounts) sum += account.accounts;
  return sum;
}

TEST(ClusterGraph, DrawsASmallOneWhole) {
  const DrawnGraph drawn = fit_graph(ring(5, 5));
  EXPECT_THAT(drawn.aggregated, IsEmpty());
  const std::string svg = cluster_graph_file(drawn);
  EXPECT_THAT(svg, HasSubstr("<title id=\"gt\">A ring</title>"));
  EXPECT_THAT(svg, HasSubstr("5 accounts and 2 values that they have in common. cards visa-0: 5 "
                             "accounts. devices d-1: 2 accounts, links nobody."));
  EXPECT_EQ(count_of_text(svg, "<circle "), 5U);
  // A line for each of 7 holdings, in the legend one for each type and one for what is no evidence.
  EXPECT_EQ(count_of_text(svg, "<path "), 10U);
  EXPECT_EQ(count_of_text(svg, "stroke-dasharray=\"1 6\""), 3U);
  EXPECT_THAT(svg, HasSubstr("<title>g/a-0: cards visa-0, since 2026-03-01</title>"));
}

// 300 accounts, twenty to a card: the first two have the hub besides, so that 16 groups are alike.
TEST(ClusterGraph, DrawsTogetherWhoHoldsTheSame) {
  const DrawnGraph drawn = fit_graph(ring(300, 20));
  EXPECT_THAT(drawn.graph.accounts, SizeIs(16));
  EXPECT_EQ(accounts_in(drawn.graph), 300);
  EXPECT_THAT(drawn.aggregated,
              ElementsAre("300 accounts drawn together with those that hold the very same values"));
  EXPECT_THAT(cluster_graph_plot(drawn, "p"), HasSubstr("g/a-20 and 19 more alike"));
}

// 300 accounts in pairs: 150 groups and 151 values, of which 40 rows have room.
TEST(ClusterGraph, SaysWhatItHasNoRoomFor) {
  const DrawnGraph drawn = fit_graph(ring(300, 2));
  EXPECT_THAT(drawn.graph.accounts, SizeIs(40));
  EXPECT_THAT(drawn.graph.values, SizeIs(40));
  EXPECT_EQ(accounts_in(drawn.graph), 300);
  EXPECT_THAT(
      drawn.aggregated,
      ElementsAre("78 accounts drawn together with those that hold the very same values",
                  "222 other accounts drawn as one", "112 other values of cards drawn as one"));
  std::int64_t holdings = 0;
  for (const GraphEdge& edge : drawn.graph.edges) holdings += edge.holdings;
  EXPECT_EQ(holdings, 302);
  const std::string svg = cluster_graph_file(drawn);
  EXPECT_THAT(svg, HasSubstr("222 other accounts drawn as one"));
  EXPECT_LT(svg.size(), 60'000U);
}

TEST(ClusterGraph, LetsNoNameBecomeMarkup) {
  ClusterGraph graph = ring(2, 2);
  graph.accounts[0].name = "<script>\"&";
  graph.values[0].name = "</svg>";
  const std::string svg = cluster_graph_file(fit_graph(graph));
  EXPECT_THAT(svg, Not(HasSubstr("<script>")));
  EXPECT_EQ(count_of_text(svg, "</svg>"), 1U);
}

}  // namespace
}  // namespace tidewaiter
