// What becomes of clusters from one entry to the next, by hand.

#include "daemon/cli/cluster_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

LinkedAccount account(const std::string& name) { return {"s", name}; }

ClusterMove moved(const std::string& who, const std::string& from, const std::string& to) {
  return {account(who), account(from), account(to)};
}

TEST(ClusterHistory, CountsWhatFormsGrowsAndMerges) {
  ClusterHistory history;
  // b and c join a.
  EXPECT_EQ(history.take(std::vector{moved("b", "b", "a"), moved("c", "c", "a")}),
            (ClusterChanges{1, 0, 0, 0}));
  EXPECT_EQ(history.take(std::vector{moved("y", "y", "x")}), (ClusterChanges{1, 0, 0, 0}));
  // d, alone, joins: the cluster is the same.
  EXPECT_EQ(history.take(std::vector{moved("d", "d", "a")}), ClusterChanges{});
  EXPECT_THAT(history.sizes(), ElementsAre(4, 2));
  EXPECT_EQ(history.take(std::vector{moved("x", "x", "a"), moved("y", "x", "a")}),
            (ClusterChanges{0, 1, 0, 0}));
  EXPECT_THAT(history.sizes(), ElementsAre(6));
}

TEST(ClusterHistory, TakesARenamedClusterForTheSame) {
  ClusterHistory history;
  history.take(std::vector{moved("c", "c", "b")});
  // a comes, whose name is less: b and c are in its cluster now.
  EXPECT_EQ(history.take(std::vector{moved("b", "b", "a"), moved("c", "b", "a")}),
            ClusterChanges{});
  EXPECT_THAT(history.sizes(), ElementsAre(3));
}

TEST(ClusterHistory, CountsWhatIsSplitAndWhatDissolves) {
  ClusterHistory history;
  history.take(std::vector{moved("b", "b", "a"), moved("c", "c", "a"), moved("d", "d", "a")});
  // c and d part from a and b.
  EXPECT_EQ(history.take(std::vector{moved("c", "a", "c"), moved("d", "a", "c")}),
            (ClusterChanges{0, 0, 1, 0}));
  EXPECT_THAT(history.sizes(), ElementsAre(2, 2));
  EXPECT_EQ(history.take(std::vector{moved("d", "c", "d")}), (ClusterChanges{0, 0, 0, 1}));
  EXPECT_THAT(history.sizes(), ElementsAre(2));
  // One that loses a single account is the same.
  history.take(std::vector{moved("e", "e", "a")});
  EXPECT_EQ(history.take(std::vector{moved("b", "a", "b")}), ClusterChanges{});
  EXPECT_EQ(history.take(std::vector<ClusterMove>{}), ClusterChanges{});
  EXPECT_EQ(history.take(std::vector{moved("e", "a", "e")}), (ClusterChanges{0, 0, 0, 1}));
  EXPECT_THAT(history.sizes(), IsEmpty());
}

TEST(ClusterHistory, FollowsWhoseAccountGivesItsNameAway) {
  ClusterHistory history;
  history.take(std::vector{moved("b", "b", "a"), moved("c", "c", "a")});
  // a leaves: b names those that stay.
  EXPECT_EQ(history.take(std::vector{moved("b", "a", "b"), moved("c", "a", "b")}),
            ClusterChanges{});
  EXPECT_THAT(history.sizes(), ElementsAre(2));
}

}  // namespace
}  // namespace tidewaiter
