#include "storage/ledger/act.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "storage/ledger/regrouping.h"
#include "storage/verify/verify.h"
#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {
namespace {

using nlohmann::json;
using test::must;
using testing::HasSubstr;

const UtcTime kWhen{1'790'000'000'000'000};
constexpr const char* kLogOrigin = "ledger.example.org/acts";

/// Verifies ledgers with acts at entries 1, 2, ….
class ActVerifyTest : public testing::Test {
 protected:
  [[nodiscard]] LedgerEvent event(const std::string& by, const SigningKey& key,
                                  ActBody body) const {
    Act act;
    act.origin = kLogOrigin;
    act.case_id = "c-0123456789ab";
    act.by = by;
    act.at = kWhen;
    act.body = std::move(body);
    const SignedAct made = must(sign_act(std::move(act), key));
    return {std::string(act_type(made.act)), must(act_fields(made)).dump()};
  }
  [[nodiscard]] VerifyReport verdict(const std::vector<LedgerEvent>& events) const {
    const test::ScratchFolder folder;
    const LedgerPaths paths{folder / "ledger.db", folder / "lock.db", folder / "ledger.key",
                            folder / "vault.db"};
    must(Ledger::create(paths, kLogOrigin, kWhen));
    {
      auto ledger = must(Ledger::open(paths, Ledger::Mode::kReadWrite));
      if (!steps_.empty()) {
        LedgerCommit found;
        found.steps = steps_;
        found.log_id = "records-1";
        found.offset = LogOffset{steps_.back().seq, sha256("offset")};
        must(ledger->commit(found, kWhen));
      }
      LedgerCommit commit;
      commit.events = events;
      must(ledger->commit(commit, kWhen));
      must(ledger->sign(kWhen));
    }
    return verify_ledger({paths.database, paths.lock, {}});
  }
  void expect_problem(const std::vector<LedgerEvent>& events, VerifyFailure failure,
                      std::int64_t index, const std::string& words) const {
    const VerifyReport report = verdict(events);
    ASSERT_EQ(report.problems.size(), 1U) << words;
    EXPECT_EQ(report.problems[0].failure, failure) << report.problems[0].message;
    EXPECT_EQ(report.problems[0].index, index);
    EXPECT_THAT(report.problems[0].message, HasSubstr(words));
  }
  /// The event with its fields changed.
  template <class Change>
  [[nodiscard]] static LedgerEvent changed(LedgerEvent event, Change change) {
    json fields = json::parse(event.fields);
    change(fields);
    event.fields = fields.dump();
    return event;
  }

  std::vector<Step> steps_;  ///< before the acts
  SigningKey ada_ = must(SigningKey::generate());
  SigningKey bo_ = must(SigningKey::generate());
  LedgerEvent decision_ = event("ada", ada_, Decided{Outcome::kConfirmed, {}});
};

TEST_F(ActVerifyTest, AcceptsADecisionThatAnotherPersonApproves) {
  const VerifyReport report = verdict({decision_, event("bo", bo_, SecondOpinion{1, true})});
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

/// Acts about a hold `h` and an erasure `e` of one subject, by entry from 1 on.
class PartyVerifyTest : public ActVerifyTest {
 protected:
  [[nodiscard]] LedgerEvent about(const std::string& id, const std::string& by,
                                  ActBody body) const {
    Act act;
    act.origin = kLogOrigin;
    act.case_id = id;
    act.by = by;
    act.at = kWhen;
    act.body = std::move(body);
    const SignedAct made = must(sign_act(std::move(act), by == "ada" ? ada_ : bo_));
    json fields = must(act_fields(made));
    if (names_party(made.act.body)) fields["party"] = party_;
    return {std::string(act_type(made.act)), fields.dump()};
  }
  [[nodiscard]] LedgerEvent hold(const std::string& by, ActBody body) const {
    return about("h-0123456789ab", by, std::move(body));
  }
  [[nodiscard]] LedgerEvent erase(const std::string& by, ActBody body) const {
    return about("e-0123456789ab", by, std::move(body));
  }
  [[nodiscard]] static LedgerEvent executed(std::int64_t request) {
    return {"erasure.executed", json{{"case", "e-0123456789ab"},
                                     {"request", request},
                                     {"records", 3},
                                     {"token", "erased-" + std::string(32, '0')}}
                                    .dump()};
  }

  std::string party_ = std::string(64, 'a');
};

TEST_F(PartyVerifyTest, AcceptsAnErasureOfTwoBehindAHoldThatTwoReleased) {
  const VerifyReport report = verdict(
      {hold("ada", HoldPlaced{}), hold("bo", HoldApproved{1, true}), hold("ada", HoldReleased{1}),
       hold("bo", HoldApproved{3, true}), erase("bo", ErasureRequested{false}),
       erase("ada", ErasureApproved{5, true}), executed(5)});
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(PartyVerifyTest, NamesAnErasureThatAHoldForbids) {
  const std::string keeps = "the hold of entry 1 keeps the subject";
  // A hold keeps from its placing on, and until two have released it.
  expect_problem({hold("ada", HoldPlaced{}), erase("bo", ErasureRequested{false})},
                 VerifyFailure::kEntry, 2, keeps);
  expect_problem(
      {hold("ada", HoldPlaced{}), hold("bo", HoldApproved{1, true}), hold("ada", HoldReleased{1}),
       hold("bo", HoldApproved{3, false}), erase("bo", ErasureRequested{false})},
      VerifyFailure::kEntry, 5, keeps);
  // Also where it was placed after the approval.
  const VerifyReport late =
      verdict({erase("bo", ErasureRequested{false}), erase("ada", ErasureApproved{1, true}),
               hold("ada", HoldPlaced{}), executed(1)});
  ASSERT_EQ(late.problems.size(), 1U);
  EXPECT_EQ(late.problems[0].index, 4);
  // A hold that was rejected keeps nobody, and neither does one on somebody else.
  EXPECT_TRUE(verdict({hold("ada", HoldPlaced{}), hold("bo", HoldApproved{1, false}),
                       erase("bo", ErasureRequested{false})})
                  .ok());
  LedgerEvent other =
      changed(hold("ada", HoldPlaced{}), [](json& f) { f["party"] = std::string(64, 'b'); });
  EXPECT_TRUE(verdict({other, erase("bo", ErasureRequested{false})}).ok());
}

TEST_F(PartyVerifyTest, AnErasureSaysHowManyExhibitsItHasDestroyed) {
  const LedgerEvent asked = erase("bo", ErasureRequested{false});
  const LedgerEvent approved = erase("ada", ErasureApproved{1, true});
  const auto saying = [&](json payloads) {
    return changed(executed(1), [&](json& f) { f["payloads"] = std::move(payloads); });
  };
  EXPECT_TRUE(verdict({asked, approved, saying(2)}).ok());
  for (const json& wrong : {json(0), json(-1), json("2"), json(1.5)}) {
    expect_problem({asked, approved, saying(wrong)}, VerifyFailure::kEntry, 3, "how many payloads");
  }
}

TEST_F(PartyVerifyTest, NoTwoExhibitsHaveOnePayload) {
  const Exhibit exhibit{sha256("x"), 72, false, "0123456789abcdef0123456789abcdef"};
  Exhibit other = exhibit;
  other.payload.front() = 'f';
  EXPECT_TRUE(
      verdict({event("ada", ada_, exhibit), event("ada", ada_, other), event("bo", bo_, Exhibit{})})
          .ok());
  expect_problem({event("ada", ada_, exhibit), event("bo", bo_, exhibit)}, VerifyFailure::kEntry, 2,
                 "an exhibit with this payload before it");
}

TEST_F(PartyVerifyTest, NamesWhatOnePersonDidAlone) {
  expect_problem({hold("ada", HoldPlaced{}), hold("ada", HoldApproved{1, true})},
                 VerifyFailure::kEntry, 2, "asked for that about which it is");
  expect_problem({erase("ada", ErasureRequested{true}), erase("ada", ErasureApproved{1, true})},
                 VerifyFailure::kEntry, 2, "asked for the erasure");
  expect_problem({erase("ada", ErasureRequested{true}), executed(1)}, VerifyFailure::kEntry, 2,
                 "no erasure that was approved");
  expect_problem(
      {erase("ada", ErasureRequested{true}), erase("bo", ErasureApproved{1, false}), executed(1)},
      VerifyFailure::kEntry, 3, "no erasure that was approved");
  expect_problem({erase("ada", ErasureRequested{true}), erase("bo", ErasureApproved{1, true}),
                  executed(1), executed(1)},
                 VerifyFailure::kEntry, 4, "no erasure that was approved");
}

TEST_F(PartyVerifyTest, NamesWhatIsOfAnotherForm) {
  const auto without = [](const char* member) { return [member](json& f) { f.erase(member); }; };
  expect_problem({changed(hold("ada", HoldPlaced{}), without("party"))}, VerifyFailure::kEntry, 1,
                 "it needs a new name");
  expect_problem({about("h-0", "ada", HoldPlaced{})}, VerifyFailure::kEntry, 1,
                 "it needs a new name");
  expect_problem({hold("ada", HoldPlaced{}), hold("bo", HoldPlaced{})}, VerifyFailure::kEntry, 2,
                 "it needs a new name");
  expect_problem({hold("ada", HoldPlaced{}), hold("bo", HoldReleased{1})}, VerifyFailure::kEntry, 2,
                 "no hold of this name that stands");
  expect_problem({erase("ada", ErasureRequested{true}), erase("bo", ErasureApproved{1, true}),
                  changed(executed(1), without("token"))},
                 VerifyFailure::kEntry, 3, "by what token");
}

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

// The first covers a day from kWhen on.
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

/// Ledgers with two findings opened at entries 1 and 2, and acts from entry 3 on.
class SplitVerifyTest : public ActVerifyTest {
 protected:
  [[nodiscard]] static Step opened(std::int64_t seq, char digit) {
    Step step;
    step.seq = seq;
    step.policy = "test.volume";
    step.policy_version = 1;
    step.finding = std::string(32, digit);
    step.subject.fields = {*find_field("account")};
    step.subject.values = {std::string("ann")};
    step.run = {kWhen, kWhen + kHour};
    step.windows = 1;
    return step;
  }
  [[nodiscard]] LedgerEvent about(const std::string& id, ActBody body) const {
    Act act;
    act.origin = kLogOrigin;
    act.case_id = id;
    act.by = "ada";
    act.at = kWhen;
    act.body = std::move(body);
    const SignedAct made = must(sign_act(std::move(act), ada_));
    return {std::string(act_type(made.act)), must(act_fields(made)).dump()};
  }
  void SetUp() override {
    steps_.push_back(opened(1, '1'));
    steps_.push_back(opened(2, '2'));
  }

  std::string one_ = std::string(32, '1');
  std::string two_ = std::string(32, '2');
  std::string part_ = "p-0123456789ab";
};

TEST_F(SplitVerifyTest, AcceptsACaseThatIsSplitWorkedAndMergedAgain) {
  const VerifyReport report = verdict(
      {event("ada", ada_, CaseSplit{part_, {one_, two_}}), about(part_, Commented{}),
       about(part_, CaseSplit{"p-0123456789ac", {two_}}), about("p-0123456789ac", Merged{part_})});
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

/// Statements about a case; entries from 3 on are acts.
class StatementVerifyTest : public SplitVerifyTest {
 protected:
  [[nodiscard]] LedgerEvent by(const std::string& who, ActBody body,
                               const std::string& id = "c-0123456789ab") const {
    Act act;
    act.origin = kLogOrigin;
    act.case_id = id;
    act.by = who;
    act.at = kWhen;
    act.body = std::move(body);
    const SignedAct made = must(sign_act(std::move(act), who == "bo" ? bo_ : ada_));
    return {std::string(act_type(made.act)), must(act_fields(made)).dump()};
  }
  [[nodiscard]] LedgerEvent regrouped(bool splits, const std::string& from, const std::string& into,
                                      bool done = true) const {
    return regrouping_event(
        {splits, from, into, one_, two_, done, done ? "" : "somebody has decided"});
  }

  std::string here_ = "c-0123456789ab";
  std::string other_ = "c-ba9876543210";
  LedgerEvent exhibit_ = by("ada", Exhibit{std::nullopt, 0, false});
  LedgerEvent stated_ = by("ada", AttributionStated{Confidence::kHigh, {one_}, {3}});
};

TEST_F(StatementVerifyTest, AcceptsAStatementOfOneThatAnotherApprovesAndSomebodyWithdraws) {
  const VerifyReport report =
      verdict({exhibit_, stated_, by("bo", AttributionApproved{4, true}),
               by("ada", AttributionWithdrawn{4}), by("bo", ConclusionStated{}),
               by("bo", ConclusionReleased{7, "referral"})});
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(StatementVerifyTest, HoldsAStatementToItsEvidence) {
  expect_problem(
      {exhibit_, by("ada", AttributionStated{Confidence::kLow, {std::string(32, '3')}, {}})},
      VerifyFailure::kEntry, 4, "opened the finding");
  expect_problem({exhibit_, by("ada", AttributionStated{Confidence::kLow, {}, {2}})},
                 VerifyFailure::kEntry, 4,
                 "entry 2, on which it says that it rests, is no exhibit");
  // The exhibit of another case, until that merges.
  const LedgerEvent elsewhere = by("ada", Exhibit{std::nullopt, 0, false}, other_);
  expect_problem({elsewhere, stated_}, VerifyFailure::kEntry, 4, "is no exhibit");
  EXPECT_TRUE(verdict({elsewhere, by("ada", Merged{here_}, other_),
                       by("ada", AttributionStated{Confidence::kHigh, {}, {3}})})
                  .ok());
  EXPECT_TRUE(verdict({elsewhere, regrouped(false, other_, here_), stated_}).ok());
  expect_problem({elsewhere, regrouped(false, other_, here_, false), stated_},
                 VerifyFailure::kEntry, 5, "is no exhibit");
}

TEST_F(StatementVerifyTest, NamesWhoApprovesWhatTheyStatedOrWhatDoesNotWait) {
  expect_problem({exhibit_, stated_, by("ada", AttributionApproved{4, true})},
                 VerifyFailure::kEntry, 5, "its signer stated");
  expect_problem({exhibit_, stated_, by("bo", AttributionApproved{3, true})}, VerifyFailure::kEntry,
                 5, "does not state who is behind this case");
  expect_problem({exhibit_, stated_, by("bo", AttributionApproved{4, true}, other_)},
                 VerifyFailure::kEntry, 5, "does not state who is behind this case");
  expect_problem({exhibit_, stated_, by("bo", AttributionApproved{4, false}),
                  by("bo", AttributionApproved{4, true})},
                 VerifyFailure::kEntry, 6, "approved, rejected or withdrawn");
  expect_problem({exhibit_, stated_, by("bo", AttributionApproved{4, false}),
                  by("ada", AttributionWithdrawn{4})},
                 VerifyFailure::kEntry, 6, "that waits or holds");
  expect_problem({exhibit_, stated_, by("ada", AttributionWithdrawn{4}),
                  by("bo", AttributionApproved{4, true})},
                 VerifyFailure::kEntry, 6, "approved, rejected or withdrawn");
  expect_problem({exhibit_, by("bo", ConclusionReleased{3, "referral"})}, VerifyFailure::kEntry, 4,
                 "is no legal conclusion");
}

TEST_F(StatementVerifyTest, HoldsAStatementToTheCaseInWhichItWasMadeAsItWas) {
  const LedgerEvent concluded = by("bo", ConclusionStated{});
  const auto judged = [&](const LedgerEvent& between, const std::string& where) {
    // Entries 3, 4, 5; what comes between; then about them.
    const std::string none = "does not state who is behind this case";
    expect_problem(
        {exhibit_, stated_, concluded, between, by("bo", AttributionApproved{4, true}, where)},
        VerifyFailure::kEntry, 7, none);
    expect_problem(
        {exhibit_, stated_, concluded, between, by("ada", AttributionWithdrawn{4}, where)},
        VerifyFailure::kEntry, 7, "no statement of who is behind this case");
    expect_problem(
        {exhibit_, stated_, concluded, between, by("bo", ConclusionReleased{5, "referral"}, where)},
        VerifyFailure::kEntry, 7, "is no legal conclusion about this case");
  };
  judged(by("ada", Merged{other_}), other_);
  judged(by("ada", Merged{here_}, other_), here_);
  judged(by("ada", CaseSplit{part_, {two_}}), part_);
  judged(regrouped(false, here_, other_), other_);
  judged(regrouped(false, other_, here_), here_);
  judged(regrouped(true, here_, other_), other_);
  // A part that leaves takes nothing from the case, and an exhibit comes along.
  EXPECT_TRUE(
      verdict({exhibit_, stated_, concluded, regrouped(true, here_, other_),
               by("bo", AttributionApproved{4, true}), by("bo", ConclusionReleased{5, "referral"}),
               by("ada", AttributionStated{Confidence::kHigh, {}, {3}}, other_)})
          .ok());
}

TEST_F(StatementVerifyTest, MovesNothingOfACaseThatHasMerged) {
  const std::string third = "c-333333333333";
  const LedgerEvent anew = by("ada", AttributionStated{Confidence::kHigh, {}, {3}}, third);
  const LedgerEvent merged = by("ada", Merged{other_});
  EXPECT_TRUE(verdict({exhibit_, regrouped(false, here_, third), anew}).ok());
  for (const LedgerEvent& said : {regrouped(false, here_, third), regrouped(true, here_, third)}) {
    expect_problem({exhibit_, merged, said, anew}, VerifyFailure::kEntry, 6, "is no exhibit");
  }
  // Nor does the program part what a person merged.
  const LedgerEvent held = by("ada", Exhibit{std::nullopt, 0, false}, other_);
  expect_problem({held, merged, regrouped(true, other_, here_),
                  by("ada", AttributionStated{Confidence::kHigh, {}, {3}})},
                 VerifyFailure::kEntry, 6, "is no exhibit");
}

TEST_F(StatementVerifyTest, HoldsWhatTheProgramSaysOfCasesToItsForm) {
  EXPECT_TRUE(verdict({regrouped(false, other_, here_), regrouped(true, here_, other_)}).ok());
  const auto with = [&](auto change) { return changed(regrouped(false, other_, here_), change); };
  const std::string words = "does not say which cases";
  expect_problem({with([](json& f) { f["into"] = f["case"]; })}, VerifyFailure::kEntry, 3, words);
  expect_problem({with([](json& f) { f["because"] = "it was done"; })}, VerifyFailure::kEntry, 3,
                 words);
  expect_problem({with([](json& f) { f["done"] = false; })}, VerifyFailure::kEntry, 3, words);
  expect_problem({with([](json& f) { f.erase("with"); })}, VerifyFailure::kEntry, 3, words);
  expect_problem({with([](json& f) { f["with"] = std::string(32, '3'); })}, VerifyFailure::kEntry,
                 3, "opened the finding");
  expect_problem({with([](json& f) { f["into"] = "p-0123456789ab"; })}, VerifyFailure::kEntry, 3,
                 "was split off before it");
}

TEST_F(StatementVerifyTest, TakesClocksAlongAsClustersMergeAndPart) {
  const auto draft = [this](const std::string& of, std::int64_t clock) {
    ReportDrafted drafted{"partner-notice", of,    kWhen, kWhen + kDay, "facts",
                          "TLP:AMBER",      false, 0,     sha256("m")};
    drafted.clock = clock;
    return about("r-0123456789ab", drafted);
  };
  const LedgerEvent clock = about(other_, ClockStarted{"days:30", kWhen, kWhen + kDay});
  EXPECT_TRUE(verdict({clock, regrouped(false, other_, here_), draft(here_, 3)}).ok());
  EXPECT_TRUE(verdict({clock, regrouped(true, other_, here_), draft(here_, 3)}).ok());
  expect_problem({clock, regrouped(false, other_, here_, false), draft(here_, 3)},
                 VerifyFailure::kEntry, 5, "started no clock of its case");
}

TEST_F(StatementVerifyTest, HoldsAHandOverToWhatWasIssuedBeforeIt) {
  const std::string id = "r-0123456789ab";
  const Digest manifest = sha256("m");
  const std::vector<LedgerEvent> issued{
      by("ada",
         ReportDrafted{"partner-notice", here_, kWhen, kWhen + kDay, "facts", "TLP:AMBER", false, 0,
                       manifest},
         id),
      by("bo", ReportApproved{3, true, false}, id), by("ada", ReportIssued{3, 0, manifest}, id)};
  const auto after = [&issued](std::initializer_list<LedgerEvent> more) {
    std::vector<LedgerEvent> all = issued;
    all.insert(all.end(), more);
    return all;
  };
  const auto handed = [&](std::int64_t of) {
    return by("ada", ReportHandedOver{of, kWhen, "courier", HandedForm::kFolder, manifest}, id);
  };
  const auto received = [&](std::int64_t of, UtcTime when) {
    return by("bo", ReportReceived{of, when}, id);
  };
  EXPECT_TRUE(verdict(after({handed(5), received(6, kWhen)})).ok());
  expect_problem(after({handed(3)}), VerifyFailure::kEntry, 6, "did not issue this report");
  expect_problem(after({received(5, kWhen)}), VerifyFailure::kEntry, 6, "to nobody before it");
  expect_problem(after({handed(5), received(6, kWhen - kSecond)}), VerifyFailure::kEntry, 7,
                 "to nobody before it");
  expect_problem(after({handed(5), received(6, kWhen), received(6, kWhen)}), VerifyFailure::kEntry,
                 8, "that is said already");
}

/// A report about a case, due by the clock of an entry; entries from 3 on are acts.
TEST_F(SplitVerifyTest, HoldsTheClockOfAReportToThoseOfItsCase) {
  const std::string first = "c-0123456789ab";
  const auto start = [this](const std::string& id) {
    return about(id, ClockStarted{"days:30", kWhen, kWhen + kDay});
  };
  const auto draft = [this](const std::string& of, std::int64_t clock) {
    ReportDrafted drafted{"partner-notice", of,    kWhen, kWhen + kDay, "facts",
                          "TLP:AMBER",      false, 0,     sha256("m")};
    drafted.clock = clock;
    return about("r-0123456789ab", drafted);
  };
  const VerifyReport own = verdict({start(first), draft(first, 3)});
  EXPECT_TRUE(own.ok()) << own.problems.front().message;
  const VerifyReport split = verdict({start(first), event("ada", ada_, CaseSplit{part_, {one_}}),
                                      about(part_, Commented{}), draft(part_, 3)});
  EXPECT_TRUE(split.ok()) << split.problems.front().message;
  const VerifyReport merged =
      verdict({start("c-ba9876543210"), about("c-ba9876543210", Merged{first}), draft(first, 3)});
  EXPECT_TRUE(merged.ok()) << merged.problems.front().message;
  const std::string words = "started no clock of its case before it";
  expect_problem({start("c-ba9876543210"), draft(first, 3)}, VerifyFailure::kEntry, 4, words);
  expect_problem({about(first, Commented{}), draft(first, 3)}, VerifyFailure::kEntry, 4, words);
  expect_problem({draft(first, 4), start(first)}, VerifyFailure::kEntry, 3, words);
  expect_problem({start(first), draft("", 3)}, VerifyFailure::kEntry, 4, words);
  // What is started after the split is the other part's alone.
  expect_problem({event("ada", ada_, CaseSplit{part_, {one_}}), start(first), draft(part_, 4)},
                 VerifyFailure::kEntry, 5, words);
}

TEST_F(SplitVerifyTest, NamesWhatWasNeverFoundOrSplitOff) {
  const auto split = event("ada", ada_, CaseSplit{part_, {one_}});
  expect_problem({event("ada", ada_, CaseSplit{part_, {one_, std::string(32, '3')}})},
                 VerifyFailure::kEntry, 3, "no entry before it opened");
  expect_problem({split, event("ada", ada_, CaseSplit{part_, {two_}})}, VerifyFailure::kEntry, 4,
                 "was split off before it");
  expect_problem({about(part_, Commented{}), split}, VerifyFailure::kEntry, 3,
                 "no case `p-0123456789ab` was split off before it");
  expect_problem({event("ada", ada_, Merged{part_}), split}, VerifyFailure::kEntry, 3,
                 "was split off before it");
}

TEST_F(SplitVerifyTest, HoldsViewsOfRecordsApartFromThoseOfCases) {
  const std::string view = "v-0123456789ab";
  const std::string one = "c-0123456789ab";
  const VerifyReport report =
      verdict({about(view, EvidenceViewed{0, 3}), about(one, EvidenceViewed{2})});
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
  const std::string words = "and no other, is named `v-`";
  expect_problem({about(view, EvidenceViewed{0})}, VerifyFailure::kEntry, 3, words);
  expect_problem({about(view, EvidenceViewed{1, 3})}, VerifyFailure::kEntry, 3, words);
  expect_problem({about(one, EvidenceViewed{0, 3})}, VerifyFailure::kEntry, 3, words);
}

TEST_F(ActVerifyTest, NamesAnActThatSomebodyChanged) {
  expect_problem({changed(decision_, [](json& f) { f["act"]["outcome"] = "false-positive"; })},
                 VerifyFailure::kSignature, 1, "not this act");
  expect_problem({changed(decision_, [](json& f) { f["case"] = "c-ba9876543210"; })},
                 VerifyFailure::kSignature, 1, "not this act");
  expect_problem({changed(decision_, [](json& f) { f["by"] = "bo"; })}, VerifyFailure::kSignature,
                 1, "`bo` did not sign it");
}

TEST_F(ActVerifyTest, NamesWhoApprovedTheirOwnDecision) {
  expect_problem({decision_, event("ada", ada_, SecondOpinion{1, true})}, VerifyFailure::kEntry, 2,
                 "its signer made the decision");
  // One key under two names is one person.
  expect_problem({decision_, event("bo", ada_, SecondOpinion{1, true})}, VerifyFailure::kEntry, 2,
                 "its signer made the decision");
}

TEST_F(ActVerifyTest, NamesAnApprovalOfNoDecision) {
  expect_problem({decision_, event("bo", bo_, SecondOpinion{0, true})}, VerifyFailure::kEntry, 2,
                 "is no decision before it");
  expect_problem({decision_, event("bo", bo_, SecondOpinion{7, true})}, VerifyFailure::kEntry, 2,
                 "is no decision before it");
}

TEST_F(ActVerifyTest, HoldsRulingsToTheirOrderAndToTwoPeople) {
  const LedgerEvent cut = event("ada", ada_, LinkCut{2});
  const LedgerEvent lifted = event("ada", ada_, RulingLifted{});
  const VerifyReport report = verdict({cut, event("bo", bo_, RulingApproved{1, true}), lifted,
                                       event("bo", bo_, RulingApproved{3, true})});
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
  expect_problem({cut, event("bo", ada_, RulingApproved{1, true})}, VerifyFailure::kEntry, 2,
                 "its signer ruled what it is about");
  expect_problem({cut, event("bo", bo_, RulingApproved{0, true})}, VerifyFailure::kEntry, 2,
                 "is no ruling of this name before it");
  expect_problem({cut, event("bo", bo_, LinkJoined{})}, VerifyFailure::kEntry, 2,
                 "there is a ruling of this name before it");
  expect_problem({lifted}, VerifyFailure::kEntry, 1, "lifts a ruling that is not there");
  expect_problem({changed(cut, [](json& f) { f["act"]["values"] = 0; })}, VerifyFailure::kEntry, 1,
                 "an act needs in `act`");
}

/// Beside the two findings, which `test.volume` opened, acts of two people about clearances.
class ClearanceVerifyTest : public SplitVerifyTest {
 protected:
  void act(const std::string& id, const std::string& by, ActBody body) {
    Act made;
    made.origin = kLogOrigin;
    made.case_id = id;
    made.by = by;
    made.at = kWhen;
    made.body = std::move(body);
    const SignedAct is_signed = must(sign_act(std::move(made), by == "ada" ? ada_ : bo_));
    events_.push_back({std::string(act_type(is_signed.act)), must(act_fields(is_signed)).dump()});
  }
  void expect_last(const std::string& words) {
    expect_problem(events_, VerifyFailure::kEntry, static_cast<std::int64_t>(events_.size()) + 2,
                   words);
    events_.pop_back();
  }

  const std::string id_ = "m-0123456789ab";
  const std::string other_ = "m-0123456789ac";
  const NameCleared given_{one_, "test.volume", 3};
  std::vector<LedgerEvent> events_;
};

TEST_F(ClearanceVerifyTest, AreGivenOfWhatTheirPolicyFound) {
  act(id_, "ada", given_);  // entry 3
  act(id_, "ada", given_);
  expect_last("needs a new name of `m-`");
  act("k-0123456789ab", "ada", given_);
  expect_last("needs a new name of `m-`");
  act(other_, "ada", NameCleared{std::string(32, '3'), "test.volume", 3});
  expect_last("no entry of `test.volume` before it opened the finding");
  act(other_, "ada", NameCleared{one_, "test.other", 3});
  expect_last("no entry of `test.other` before it opened the finding");
  act(other_, "ada", NameCleared{std::string(64, '1'), "test.volume", 3});
  expect_last("an act needs in `act`");
  act(other_, "bo", NameCleared{two_, "test.volume", 3});
  const VerifyReport report = verdict(events_);
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(ClearanceVerifyTest, AreApprovedOnceByAnotherPersonAndLiftedOnce) {
  act(id_, "ada", given_);  // entry 3
  act(id_, "ada", ClearanceApproved{3, true});
  expect_last("its signer gave the clearance");
  act(other_, "bo", ClearanceApproved{3, true});
  expect_last("gave no clearance of this name before it");
  act(other_, "bo", ClearanceLifted{});
  expect_last("lifts a clearance that is not there");
  act(id_, "bo", ClearanceApproved{3, true});
  act(id_, "bo", ClearanceApproved{3, false});
  expect_last("was approved, rejected or lifted");
  act(id_, "ada", ClearanceLifted{});
  act(id_, "ada", ClearanceLifted{});
  expect_last("or has ended");
  act(id_, "bo", ClearanceApproved{3, true});
  expect_last("was approved, rejected or lifted");
  const VerifyReport report = verdict(events_);
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(ClearanceVerifyTest, EndByARejectionAndByWhoeverTakesAProposalBack) {
  act(id_, "ada", given_);  // entry 3
  act(id_, "bo", ClearanceApproved{3, false});
  act(id_, "ada", ClearanceLifted{});
  expect_last("or has ended");
  act(other_, "ada", given_);  // entry 5
  act(other_, "ada", ClearanceLifted{});
  act(other_, "bo", ClearanceApproved{5, true});
  expect_last("was approved, rejected or lifted");
  const VerifyReport report = verdict(events_);
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(ActVerifyTest, NamesAnActOfAnotherForm) {
  expect_problem({{"case.commented", R"({"words":"x"})"}}, VerifyFailure::kEntry, 1,
                 "an act needs `act`");
  expect_problem({changed(decision_, [](json& f) { f["act"]["more"] = 1; })}, VerifyFailure::kEntry,
                 1, "no further member");
}

}  // namespace
}  // namespace tidewaiter
