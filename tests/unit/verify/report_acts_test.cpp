// What a log says of one report, whoever wrote the log.

#include "storage/verify/report_acts.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

constexpr UtcTime kLogged{1'791'187'200'000'000};

class ReportActsTest : public testing::Test {
 protected:
  void add(std::int64_t index, const std::string& report, ActBody body) {
    SignedAct act;
    act.act.case_id = report;
    act.act.body = std::move(body);
    acts.add({index, kLogged, std::move(act), false});
  }
  [[nodiscard]] static ReportDrafted draft(const std::string& follows = {}, bool counsel = false) {
    ReportDrafted drafted;
    drafted.counsel = counsel;
    if (!follows.empty()) drafted.follows = ReportFollows{FollowingAs::kSupplements, follows, {}};
    return drafted;
  }
  void issue_first() {
    add(1, "r-1", draft());
    add(2, "r-1", ReportApproved{1, true, false});
    add(3, "r-1", ReportIssued{1, 0, manifest});
  }

  Digest manifest = sha256("manifest");
  ReportActs acts;
};

TEST_F(ReportActsTest, FindsWhatMadeTheReportAndWhatCameOfIt) {
  EXPECT_FALSE(acts.issued_with(manifest));
  issue_first();
  add(4, "r-1", ReportApproved{1, true, true});  // too late to be among its opinions
  add(5, "r-2", draft("r-1"));
  EXPECT_TRUE(acts.issued_with(manifest)->followers.empty());
  add(6, "r-2", ReportIssued{5, 0, sha256("other")});
  const auto found = acts.issued_with(manifest);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->draft.index, 1);
  EXPECT_EQ(found->issued.index, 3);
  ASSERT_EQ(found->opinions.size(), 1U);
  EXPECT_EQ(found->opinions[0].index, 2);
  ASSERT_EQ(found->followers.size(), 1U);
  EXPECT_EQ(found->followers[0].index, 5);
  add(7, "r-2", ReportWithdrawn{6, {}});
  EXPECT_EQ(acts.issued_with(manifest)->followers.size(), 1U);
  add(8, "r-2", ReportApproved{7, true, false});
  EXPECT_TRUE(acts.issued_with(manifest)->followers.empty());
}

TEST_F(ReportActsTest, AWithdrawalHoldsOnceAllHaveApprovedItAndNobodyRejected) {
  add(1, "r-1", draft({}, true));
  add(3, "r-1", ReportIssued{1, 0, manifest});
  add(4, "r-1", ReportWithdrawn{3, {}});
  add(5, "r-1", ReportApproved{4, true, false});
  add(6, "r-1", ReportApproved{4, false, true});
  add(7, "r-1", ReportWithdrawn{3, {}});
  add(8, "r-1", ReportApproved{7, true, false});
  EXPECT_FALSE(acts.issued_with(manifest)->withdrawn);
  add(9, "r-1", ReportApproved{7, true, true});
  EXPECT_EQ(acts.issued_with(manifest)->withdrawn->index, 7);
}

/// Each of 20,000 drafts of one report follows the first, is issued, and has a withdrawal with an
/// opinion: beside each other that would be 8e12 comparisons, which no timeout of a test allows.
TEST_F(ReportActsTest, ManyActsCostNoMoreThanReadingThem) {
  constexpr std::int64_t kEach = 20'000;
  issue_first();
  for (std::int64_t i = 0; i < kEach; ++i) {
    const std::int64_t at = 10 + 4 * i;
    add(at, "r-2", draft("r-1", true));
    add(at + 1, "r-2", ReportIssued{at, 0, sha256("other")});
    add(at + 2, "r-2", ReportWithdrawn{at + 1, {}});
    add(at + 3, "r-2", ReportApproved{at + 2, true, false});  // and no counsel
  }
  EXPECT_EQ(acts.issued_with(manifest)->followers.size(), 20'000U);
}

}  // namespace
}  // namespace tidewaiter
