// Acts about reports, requests and silences, in the order that a verifier holds them to.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/verify/act_ledger.h"

namespace tidewaiter {
namespace {

/// Reports `r-…a1`, … by entry from 1 on; each takes three: drawn and issued by ada, approved by
/// bo.
class ReportVerifyTest : public PartyVerifyTest {
 protected:
  [[nodiscard]] static std::string name(int number) {
    return "r-0123456789a" + std::to_string(number);
  }
  void add(int number, const std::string& by, ActBody body) {
    events.push_back(about(name(number), by, std::move(body)));
  }
  /// At which entry it is drawn.
  std::int64_t issue(int number, std::optional<ReportFollows> follows = std::nullopt) {
    const auto place = static_cast<std::int64_t>(events.size()) + 1;
    const Digest manifest = sha256(name(number));
    add(number, "ada",
        ReportDrafted{"partner-notice", "c-0123456789ab", kWhen, kWhen + kDay, "facts", "TLP:AMBER",
                      false, 0, manifest, std::move(follows)});
    add(number, "bo", ReportApproved{place, true, false});
    add(number, "ada", ReportIssued{place, 0, manifest});
    return place;
  }
  [[nodiscard]] static ReportFollows follows(FollowingAs as, int number) {
    return {as, name(number), sha256(name(number))};
  }
  void expect_last(const std::string& words) {
    expect_problem(events, VerifyFailure::kEntry, static_cast<std::int64_t>(events.size()), words);
    events.pop_back();
  }

  std::vector<LedgerEvent> events;
};

TEST_F(ReportVerifyTest, AcceptsACorrectionOfACorrectionThatTwoHaveWithdrawn) {
  issue(1);
  const std::int64_t second = issue(2, follows(FollowingAs::kCorrects, 1));
  add(2, "bo", ReportWithdrawn{second + 2, sha256(name(2))});
  add(2, "ada", ReportApproved{second + 3, true, false});
  issue(3, follows(FollowingAs::kSupplements, 1));
  issue(4, follows(FollowingAs::kCorrects, 1));
  const VerifyReport report = verdict(events);
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(ReportVerifyTest, NamesACorrectionOfWhatWasNotIssuedSo) {
  const ReportDrafted draft{"partner-notice",
                            "c-0123456789ab",
                            kWhen,
                            kWhen + kDay,
                            "facts",
                            "TLP:AMBER",
                            false,
                            0,
                            sha256("x"),
                            {}};
  const auto draw = [&](ReportFollows earlier) {
    ReportDrafted follows_it = draft;
    follows_it.follows = std::move(earlier);
    add(9, "ada", std::move(follows_it));
  };
  add(1, "ada", draft);
  draw({FollowingAs::kCorrects, name(1), draft.manifest});
  expect_last("was not issued before it");
  add(1, "bo", ReportApproved{1, true, false});
  add(1, "ada", ReportIssued{1, 0, draft.manifest});
  draw({FollowingAs::kSupplements, name(1), sha256("y")});
  expect_last("has another manifest");
  draw({FollowingAs::kSupplements, name(7), draft.manifest});
  expect_last("was not issued before it");
  issue(2, ReportFollows{FollowingAs::kCorrects, name(1), draft.manifest});
  draw({FollowingAs::kCorrects, name(1), draft.manifest});
  expect_last("was corrected before it, by `r-0123456789a2`");
  add(2, "ada", ReportWithdrawn{6, sha256(name(2))});
  add(2, "bo", ReportApproved{7, true, false});
  draw(follows(FollowingAs::kSupplements, 2));
  expect_last("was withdrawn before it");
  add(1, "ada", draft);
  expect_last("a report of this name before it");
}

TEST_F(ReportVerifyTest, NamesACorrectionOfAnotherKind) {
  issue(1);
  ReportDrafted other{
      "referral", "c-0123456789ab", kWhen, kWhen + kDay, "facts", "TLP:AMBER", false,
      0,          sha256("x"),      {}};
  other.follows = follows(FollowingAs::kSupplements, 1);
  add(2, "ada", std::move(other));
  expect_last("is of another kind");
}

// The first covers a day from kWhen on.
/// A report of other days, and about another case, that follows the first one.
ReportDrafted drawn_after(FollowingAs as, const std::string& earlier, Interval covered,
                          const std::string& about_case = "c-0123456789ab") {
  return {"partner-notice",
          about_case,
          covered.from,
          covered.to,
          "facts",
          "TLP:AMBER",
          false,
          0,
          sha256("x"),
          ReportFollows{as, earlier, sha256(earlier)}};
}

TEST_F(ReportVerifyTest, NamesACorrectionThatCoversLess) {
  issue(1);
  const Duration second{1'000'000};
  const UtcTime end = kWhen + kDay;
  for (const Interval less : {Interval{kWhen + second, end}, Interval{kWhen, end - second},
                              Interval{kWhen - kDay, kWhen}}) {
    add(2, "ada", drawn_after(FollowingAs::kCorrects, name(1), less));
    expect_last("covers 2026-");
    add(2, "ada", drawn_after(FollowingAs::kSupplements, name(1), less));
    EXPECT_TRUE(verdict(events).ok());
    events.pop_back();
  }
  add(2, "ada", drawn_after(FollowingAs::kCorrects, name(1), {kWhen - kDay, end + second}));
  const VerifyReport report = verdict(events);
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(ReportVerifyTest, NamesAFollowerAboutAnotherCase) {
  issue(1);
  const Interval same{kWhen, kWhen + kDay};
  for (const FollowingAs as : {FollowingAs::kCorrects, FollowingAs::kSupplements}) {
    for (const char* other : {"c-0123456789ac", ""}) {
      add(2, "ada", drawn_after(as, name(1), same, other));
      expect_last("is about another case");
    }
  }
  // It goes on in that one, by way of another.
  events.push_back(about("c-0123456789ab", "ada", Merged{"c-0123456789ad"}));
  events.push_back(about("c-0123456789ad", "ada", Merged{"c-0123456789ac"}));
  add(2, "ada", drawn_after(FollowingAs::kCorrects, name(1), same, "c-0123456789ac"));
  EXPECT_TRUE(verdict(events).ok());
  events.pop_back();
  // No book lets cases go on in a circle; a verifier ends all the same.
  events.push_back(about("c-0123456789ac", "ada", Merged{"c-0123456789ab"}));
  add(2, "ada", drawn_after(FollowingAs::kCorrects, name(1), same, "c-0123456789ff"));
  expect_last("is about another case");
}

TEST_F(ReportVerifyTest, NamesTheWithdrawalOfWhatStandsCorrected) {
  const std::int64_t first = issue(1);
  add(1, "ada", ReportWithdrawn{first + 2, sha256(name(1))});  // entry 4
  const std::int64_t second = issue(2, follows(FollowingAs::kCorrects, 1));
  add(1, "bo", ReportApproved{4, true, false});
  expect_last("stands corrected, by `r-0123456789a2`");
  add(1, "bo", ReportApproved{4, false, false});
  add(1, "ada", ReportWithdrawn{first + 2, sha256(name(1))});
  expect_last("stands corrected, by `r-0123456789a2`");
  // The correction first, then the one that it corrected.
  add(2, "bo", ReportWithdrawn{second + 2, sha256(name(2))});  // entry 9
  add(2, "ada", ReportApproved{9, true, false});
  add(1, "ada", ReportWithdrawn{first + 2, sha256(name(1))});
  const VerifyReport report = verdict(events);
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(ReportVerifyTest, NamesACorrectionThatWentOutAfterAnother) {
  issue(1);
  const ReportDrafted late{"partner-notice",
                           "c-0123456789ab",
                           kWhen,
                           kWhen + kDay,
                           "facts",
                           "TLP:AMBER",
                           false,
                           0,
                           sha256("x"),
                           follows(FollowingAs::kCorrects, 1)};
  add(3, "ada", late);
  add(3, "bo", ReportApproved{4, true, false});
  issue(2, follows(FollowingAs::kCorrects, 1));
  add(3, "ada", ReportIssued{4, 0, late.manifest});
  expect_last("was corrected before it, by `r-0123456789a2`");
}

TEST_F(ReportVerifyTest, HoldsSilencesToTheirNamesAndTheirEnd) {
  const auto act = [this](const std::string& id, ActBody body) {
    events.push_back(about(id, "ada", std::move(body)));
  };
  const NoticesSilenced silenced{kWhen, kWhen + kDay};
  act("s-0123456789ab", silenced);  // entry 1
  act("s-0123456789ab", silenced);
  expect_last("needs a new name of `s-`");
  act("s-0123456789ac", SilenceEnded{1});
  expect_last("began no silence of this name that holds");
  act("s-0123456789ab", SilenceEnded{1});
  act("s-0123456789ab", SilenceEnded{1});
  expect_last("began no silence of this name that holds");
  act("n-0123456789ab", NoticesRetried{"siem", 0});
  act("s-0123456789ad", NoticesRetried{"siem", 7});
  expect_last("needs a new name of `s-` or `n-`");
  const VerifyReport report = verdict(events);
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(ReportVerifyTest, HoldsRequestsToTheirOrder) {
  const auto request = [this](int number, ActBody body) {
    events.push_back(about("q-0123456789a" + std::to_string(number), "ada", std::move(body)));
  };
  ReportDrafted drafted{"partner-notice",
                        "c-0123456789ab",
                        kWhen,
                        kWhen + kDay,
                        "facts",
                        "TLP:AMBER",
                        false,
                        0,
                        sha256("x"),
                        {}};
  drafted.request = "q-0123456789a1";
  add(1, "ada", drafted);
  expect_last("the request `q-0123456789a1` was not entered before it");
  request(1, RequestReceived{kWhen, "days:30", kWhen + kDay, ""});
  request(1, RequestReceived{kWhen, "", std::nullopt, ""});
  expect_last("needs a new name of `q-`");
  add(1, "ada", drafted);  // entry 2
  add(1, "bo", ReportApproved{2, true, false});
  request(2, RequestReceived{kWhen, "", std::nullopt, ""});
  request(2, RequestClosed{RequestEnd::kAnswered, name(1)});
  expect_last("was not issued before it");
  request(1, RequestClosed{RequestEnd::kRefused, ""});
  add(1, "ada", ReportIssued{2, 0, drafted.manifest});
  expect_last("the request `q-0123456789a1` was closed before it");
  request(1, RequestClosed{RequestEnd::kTakenBack, ""});
  expect_last("was closed before it");
  request(3, RequestClosed{RequestEnd::kRefused, ""});
  expect_last("was not entered before it");
  const VerifyReport report = verdict(events);
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(ReportVerifyTest, NamesAWithdrawalThatIsNone) {
  const ReportWithdrawn withdrawn{3, sha256(name(1))};
  issue(1);
  add(1, "ada", ReportWithdrawn{2, withdrawn.manifest});
  expect_last("did not issue this report before it");
  add(2, "ada", withdrawn);
  expect_last("did not issue this report before it");
  add(1, "ada", ReportWithdrawn{3, sha256("y")});
  expect_last("withdraws another report");
  add(1, "ada", withdrawn);  // entry 4
  add(1, "bo", withdrawn);
  expect_last("waits for another person");
  add(1, "ada", ReportApproved{4, true, false});
  expect_last("its signer asked for the withdrawal");
  add(1, "bo", ReportApproved{4, false, false});  // rejected: it may be asked for again
  add(1, "bo", ReportApproved{4, true, false});
  expect_last("no withdrawal of this report that waits");
  add(1, "bo", withdrawn);  // entry 6
  add(1, "ada", ReportApproved{6, true, false});
  add(1, "ada", withdrawn);
  expect_last("withdrawn before it");
}

}  // namespace
}  // namespace tidewaiter
