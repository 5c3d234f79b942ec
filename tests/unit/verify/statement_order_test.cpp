// Statements about cases, what the program says of cases, and hand-overs, as a verifier holds them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "storage/ledger/regrouping.h"
#include "tests/unit/verify/act_ledger.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

/// Statements about a case; entries from 3 on are acts.
class StatementVerifyTest : public SplitVerifyTest {
 protected:
  [[nodiscard]] LedgerEvent by(const std::string& who, ActBody body,
                               const std::string& id = "c-0123456789ab") const {
    return signed_event(id, who, who == "bo" ? bo_ : ada_, std::move(body));
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

}  // namespace
}  // namespace tidewaiter
