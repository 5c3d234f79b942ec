#include "policies/engine/runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

LiveFinding finding(std::int64_t order, std::int64_t first, std::int64_t last) {
  LiveFinding made;
  made.order = order;
  made.run = {first, last};
  return made;
}

/// "order:first-last", `new` for one that is still to be opened.
std::vector<std::string> texts(const std::vector<LiveFinding>& findings) {
  std::vector<std::string> out;
  for (const LiveFinding& one : findings) {
    const bool opened = one.order != LiveFinding::kUnopened;
    out.push_back((opened ? std::to_string(one.order) : "new") + ":" +
                  std::to_string(one.run.first) + "-" + std::to_string(one.run.last));
  }
  return out;
}

RunChange change(std::vector<LiveFinding>& findings, WindowRun changed,
                 const std::vector<WindowRun>& holding) {
  return change_runs(findings, changed, holding);
}

TEST(ChangeRuns, ANewRunStandsBesideTheOthers) {
  std::vector<LiveFinding> findings{finding(0, 1, 2), finding(1, 9, 9)};
  const RunChange made = change(findings, {5, 6}, {{5, 6}});
  EXPECT_THAT(texts(findings), ElementsAre("0:1-2", "new:5-6", "1:9-9"));
  EXPECT_EQ(made.begin, 1U);
  EXPECT_EQ(made.end, 2U);
  ASSERT_EQ(made.former.size(), 1U);
  EXPECT_FALSE(made.former[0]);
  EXPECT_THAT(made.withdrawn, IsEmpty());
}

TEST(ChangeRuns, ANeighbourGrows) {
  std::vector<LiveFinding> findings{finding(4, 1, 2)};
  const RunChange made = change(findings, {3, 3}, {{3, 3}});
  EXPECT_THAT(texts(findings), ElementsAre("4:1-3"));
  ASSERT_TRUE(made.former.at(0));
  EXPECT_EQ(made.former[0]->last, 2);
}

TEST(ChangeRuns, WhatJoinsGoesToTheOldest) {
  std::vector<LiveFinding> findings{finding(7, 1, 2), finding(3, 4, 5)};
  const RunChange made = change(findings, {3, 3}, {{3, 3}});
  EXPECT_THAT(texts(findings), ElementsAre("3:1-5"));
  ASSERT_EQ(made.withdrawn.size(), 1U);
  EXPECT_EQ(made.withdrawn[0].finding.order, 7);
  EXPECT_EQ(made.withdrawn[0].merged_into, 3);
}

TEST(ChangeRuns, OfTwoHalvesTheFirstKeepsTheFinding) {
  std::vector<LiveFinding> findings{finding(2, 1, 5)};
  const RunChange made = change(findings, {3, 3}, {});
  EXPECT_THAT(texts(findings), ElementsAre("2:1-2", "new:4-5"));
  EXPECT_THAT(made.withdrawn, IsEmpty());
}

TEST(ChangeRuns, WhereNothingHoldsItIsWithdrawn) {
  std::vector<LiveFinding> findings{finding(6, 3, 3), finding(5, 5, 5)};
  const RunChange made = change(findings, {2, 5}, {});
  EXPECT_THAT(findings, IsEmpty());
  ASSERT_EQ(made.withdrawn.size(), 2U);  // by order of opening
  EXPECT_EQ(made.withdrawn[0].finding.order, 5);
  EXPECT_EQ(made.withdrawn[0].merged_into, std::nullopt);
  EXPECT_EQ(made.withdrawn[1].finding.order, 6);
}

}  // namespace
}  // namespace tidewaiter
