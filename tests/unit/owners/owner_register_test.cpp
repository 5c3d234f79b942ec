#include "daemon/sources/owners/owner_register.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/sources/bods/bods_statement.h"
#include "owner_files.h"
#include "tests/property/random.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Register : public testing::Test {
 protected:
  void add(const std::string& object) {
    auto read = read_bods_statement(object);
    ASSERT_TRUE(read) << read.error().message;
    for (auto& party : read->parties) agrees_ = statements_.add(std::move(party)) && agrees_;
    for (auto& one : read->relations) agrees_ = statements_.add(std::move(one)) && agrees_;
    for (const auto& one : read->replaced) statements_.add(one);
  }
  /// "b=50% of a", …
  std::vector<std::string> on(std::string_view date, const std::string& organisation = "a") {
    if (!std::exchange(settled_, true)) statements_.settle();
    std::vector<std::string> out;
    for (const OwnerOnDay& one : statements_.owners_on(organisation, day(date)).owners) {
      out.push_back(one.party + "=" + one.share_text + " of " + one.of);
    }
    return out;
  }

  OwnerRegister statements_;
  bool agrees_ = true;
  bool settled_ = false;
};

TEST_F(Register, AnInterestIsHeldFromItsFirstDayToTheOneOnWhichItCeased) {
  add(relation("r", "a", "b",
               holding(R"({"exact":60})", R"(,"startDate":"2021-05-01","endDate":"2022-01-01")")));
  EXPECT_THAT(on("2021-04-30"), IsEmpty());
  EXPECT_THAT(on("2021-05-01"), ElementsAre("b=60% of a"));
  EXPECT_THAT(on("2021-12-31"), ElementsAre("b=60% of a"));
  EXPECT_THAT(on("2022-01-01"), IsEmpty());
  EXPECT_THAT(statements_.changes("a", day("2021-01-01"), day("2022-06-01")),
              ElementsAre(day("2021-05-01"), day("2022-01-01")));
}

TEST_F(Register, ALaterStatementOfARecordReplacesTheEarlierAndAClosedOneEndsIt) {
  add(relation("r", "a", "b", holding(R"({"exact":10})"), "2023-01-01", "closed"));
  add(relation("r", "a", "b", holding(R"({"exact":60})"), "2020-01-01", "new"));
  add(relation("r", "a", "b", holding(R"({"exact":40})"), "2022-01-01", "updated"));
  // Before the first one, what it says is the best that is known.
  EXPECT_THAT(on("2019-01-01"), ElementsAre("b=60% of a"));
  EXPECT_THAT(on("2021-12-31"), ElementsAre("b=60% of a"));
  EXPECT_THAT(on("2022-01-01"), ElementsAre("b=40% of a"));
  EXPECT_THAT(on("2023-01-01"), IsEmpty());
  EXPECT_TRUE(agrees_);
}

TEST_F(Register, OlderVersionsNameWhatTheyReplace) {
  const auto older = [](const std::string& id, const std::string& share, const std::string& date,
                        const std::string& replaces) {
    return R"({"statementID":")" + id + R"(","statementType":"ownershipOrControlStatement",)" +
           R"("statementDate":")" + date + R"(","subject":{"describedByEntityStatement":"a"},)" +
           R"("interestedParty":{"describedByEntityStatement":"b"},"interests":)" +
           holding(R"({"exact":)" + share + "}") + R"(,"replacesStatements":[)" + replaces + "]}";
  };
  add(older("s1", "60", "2020-01-01", ""));
  add(older("s2", "40", "2022-01-01", "\"s1\""));
  EXPECT_THAT(on("2021-12-31"), ElementsAre("b=60% of a"));
  EXPECT_THAT(on("2022-01-01"), ElementsAre("b=40% of a"));
}

TEST_F(Register, TwoStatementsOfOneIdThatDisagreeBothHold) {
  add(relation("r", "a", "b", holding(R"({"exact":20})")));
  add(relation("r", "a", "b", holding(R"({"exact":60})")));
  EXPECT_FALSE(agrees_);
  EXPECT_THAT(on("2024-01-01"), ElementsAre("b=60%-80% of a"));
}

TEST_F(Register, OwnersOfOwnersFollowAndARingEnds) {
  add(relation("r1", "a", "b", holding(R"({"exact":60})")));
  add(relation("r2", "b", "c", holding(R"({"exact":70})")));
  add(relation("r3", "c", "a", holding(R"({"exact":10})")));
  add(relation("r4", "c", "c", holding(R"({"exact":5})")));
  add(relation("r5", "x", "y", holding(R"({"exact":5})")));
  EXPECT_THAT(on("2024-01-01"), ElementsAre("b=60% of a", "c=70% of b", "a=10% of c", "c=5% of c"));
}

constexpr const char* kIndirect =
    R"([{"type":"shareholding","directOrIndirect":"indirect","share":{"exact":60}}])";

TEST_F(Register, AnIndirectInterestWhoseChainIsThereIsNotCountedTwice) {
  add(relation("r1", "a", "b", holding(R"({"exact":60})")));
  add(relation("r2", "b", "p", holding(R"({"exact":100})")));
  add(relation("r3", "a", "p", kIndirect, "2020-01-01", "new",
               R"(,"componentRecords":["r1","r2"])"));
  EXPECT_THAT(on("2024-01-01"), ElementsAre("b=60% of a", "p=100% of b"));
}

TEST_F(Register, AnIndirectInterestWithoutAChainIsAsStated) {
  add(relation("r1", "a", "b", holding(R"({"exact":60})")));
  add(relation("r3", "a", "p", kIndirect, "2020-01-01", "new",
               R"(,"componentRecords":["r1","gone"])"));
  EXPECT_THAT(on("2024-01-01"), ElementsAre("b=60% of a", "p=60% of a"));
}

TEST_F(Register, OneWhoseChainIsThereInPartCannotBeTold) {
  add(relation("r1", "a", "b", holding(R"({"exact":60})")));
  add(relation("r2", "b", "p", holding(R"({"exact":100})")));
  add(relation("r3", "a", "p", kIndirect, "2020-01-01", "new",
               R"(,"componentRecords":["r1","r2","gone"])"));
  EXPECT_THAT(on("2024-01-01"), ElementsAre("b=60% of a", "p=0%-100% of a", "p=100% of b"));
}

TEST_F(Register, AShareThatIsNotKnownIsWhatDirectOwnersLeave) {
  add(relation("r1", "a", "b", holding("{}")));
  add(relation("r2", "a", "c", holding(R"({"exact":30})")));
  EXPECT_THAT(on("2024-01-01"), ElementsAre("b= of a", "c=30% of a"));
}

TEST_F(Register, VotesAloneMayBeAShareAndControlIsNone) {
  add(relation("r1", "a", "b",
               R"([{"type":"votingRights","directOrIndirect":"direct","share":{"exact":80}}])"));
  add(relation("r2", "a", "c", R"([{"type":"boardChair","directOrIndirect":"direct"}])"));
  add(relation("r3", "a", "d", "[]"));
  EXPECT_THAT(on("2024-01-01"), ElementsAre("b=0%-100% of a", "d=0%-100% of a"));
  EXPECT_THAT(statements_.owners_on("a", day("2024-01-01")).controllers, ElementsAre("c"));
}

TEST_F(Register, SeveralSharesOfOnePartyAreNoLessThanTheGreatestAndNoMoreThanTheSum) {
  add(relation("r1", "a", "b", holding(R"({"exact":30})")));
  add(relation("r2", "a", "b", holding(R"({"exact":25})")));
  EXPECT_THAT(on("2024-01-01"), ElementsAre("b=30%-55% of a"));
}

TEST_F(Register, WhatNobodySaysBesideAShareMayBeAShareOfAnySize) {
  const auto beside = [](const std::string& interest) {
    return R"([{"type":"shareholding","directOrIndirect":"direct","share":{"exact":30}},)" +
           interest + "]";
  };
  add(relation("r1", "a", "b", beside(R"({"type":"unpublishedInterest"})")));
  add(relation("r2", "a", "c", beside(R"({"type":"unknownInterest"})")));
  add(relation("r3", "a", "d", beside(R"({"type":"a-new-word"})")));
  add(relation("r4", "a", "e", beside("7")));
  add(relation("r5", "a", "f", holding(R"({"exact":30})")));
  add(relation("r6", "a", "f", "[]"));
  add(relation("r7", "a", "g", beside(R"({"type":"votingRights","share":{"exact":80}})")));
  EXPECT_THAT(on("2024-01-01"), ElementsAre("b=30%-100% of a", "c=30%-100% of a", "d=30%-100% of a",
                                            "e=30%-100% of a", "f=30%-100% of a", "g=30% of a"));
}

TEST_F(Register, OfOneDayTheLaterMomentHoldsAndThenTheLaterStage) {
  // In the file the earlier one stands last.
  add(relation("r", "a", "b", holding(R"({"exact":40})"), "2022-01-01", "updated"));
  add(relation("r", "a", "b", holding(R"({"exact":60})"), "2022-01-01", "new"));
  add(relation("s", "a", "c", holding(R"({"exact":10})"), "2022-01-01T15:00:00Z", "updated"));
  add(relation("s", "a", "c", holding(R"({"exact":20})"), "2022-01-01T09:00:00Z", "updated"));
  add(relation("t", "a", "d", holding(R"({"exact":5})"), "2022-01-01", "closed"));
  add(relation("t", "a", "d", holding(R"({"exact":5})"), "2022-01-01", "new"));
  EXPECT_THAT(on("2022-01-01"), ElementsAre("b=40% of a", "c=10% of a"));
}

TEST_F(Register, AStatementThatNamesNobodyEndsTheEarlierOneOfItsRecord) {
  const auto nobody = [](const std::string& id, const std::string& subject,
                         const std::string& party) {
    return R"({"statementId":"n-)" + id + R"(","statementDate":"2022-01-01","recordId":")" + id +
           R"(","recordType":"relationship","recordStatus":"updated","recordDetails":{"subject":)" +
           subject + R"(,"interestedParty":)" + party + R"(,"interests":[]}})";
  };
  add(nobody("r", "\"a\"", R"({"reason":"noBeneficialOwners"})"));
  add(nobody("s", R"({"reason":"subjectUnableToConfirmOrIdentifyBeneficialOwner"})", "\"c\""));
  add(nobody("t", "\"a\"", R"({"reason":"unknown"})"));
  for (const char* id : {"r", "s", "t"}) {
    add(relation(id, "a", std::string("owner-") + id, holding(R"({"exact":20})")));
  }
  EXPECT_THAT(on("2021-12-31"),
              ElementsAre("owner-r=20% of a", "owner-s=20% of a", "owner-t=20% of a"));
  EXPECT_THAT(on("2022-01-01"), ElementsAre("=0%-100% of a"));
}

TEST_F(Register, MoreOwnersThanARecordHoldsAreToldToBeMore) {
  for (std::size_t i = 0; i <= OwnerRegister::kMostOwners; ++i) {
    add(relation("r" + std::to_string(i), "a", "o" + std::to_string(i),
                 holding(R"({"exact":0.01})")));
  }
  statements_.settle();
  const OwnersOnDay owners = statements_.owners_on("a", day("2024-01-01"));
  EXPECT_EQ(owners.owners.size(), OwnerRegister::kMostOwners);
  EXPECT_TRUE(owners.cut);
}

TEST_F(Register, APartyUnderAnotherIdIsTheSame) {
  statements_.add(StatedParty{.id = "c3", .names = {"Acme"}, .former = {"c2"}});
  statements_.add(StatedParty{.id = "c2", .names = {"Acme Before"}, .former = {"c1"}});
  add(relation("r1", "c1", "b", holding(R"({"exact":60})")));
  add(relation("r2", "c3", "c", holding(R"({"exact":30})")));
  EXPECT_THAT(on("2024-01-01", "c3"), ElementsAre("b=60% of c3", "c=30% of c3"));
  EXPECT_THAT(statements_.facts("c3")->names, ElementsAre("Acme", "Acme Before"));
  EXPECT_EQ(statements_.id_of("c1"), "c3");
}

TEST_F(Register, ARingOfIdsIsNoEndlessOne) {
  constexpr int kRing = 20'000;
  for (int i = 0; i < kRing; ++i) {
    statements_.add(StatedParty{.id = "i" + std::to_string(i),
                                .names = {"N"},
                                .former = {"i" + std::to_string((i + 1) % kRing)}});
  }
  statements_.settle();
  EXPECT_EQ(statements_.id_of("i7"), "i0");
  EXPECT_EQ(statements_.id_of("i19999"), "i0");
  EXPECT_EQ(statements_.id_of("x"), "x");
}

/// What holds on a day, found by looking at every statement: of direct shareholdings alone.
struct Stated {
  std::string record;
  std::string subject;
  std::string owner;
  std::int64_t percent = 0;
  std::int64_t date = 0;  ///< all of one record differ
  bool closed = false;
  std::int64_t from = 0;
  std::int64_t until = 0;
};

std::set<std::string> naive_owners(const std::vector<Stated>& all, std::int64_t on) {
  std::map<std::pair<std::string, std::string>, std::vector<std::int64_t>> shares;
  for (const Stated& one : all) {
    bool holds = !(one.closed && one.date <= on);
    bool has_earlier = false;
    for (const Stated& other : all) {
      if (other.record != one.record || other.date == one.date) continue;
      if (other.date <= on && other.date > one.date) holds = false;
      if (other.date < one.date) has_earlier = true;
    }
    if (one.date > on && has_earlier) holds = false;
    if (!holds || on < one.from || on >= one.until) continue;
    shares[{one.subject, one.owner}].push_back(one.percent);
  }
  std::set<std::string> reached{"a"};
  for (std::size_t before = 0; before != reached.size();) {
    before = reached.size();
    for (const auto& [pair, percents] : shares) {
      if (reached.contains(pair.first)) reached.insert(pair.second);
    }
  }
  std::set<std::string> out;
  for (const auto& [pair, percents] : shares) {
    if (!reached.contains(pair.first)) continue;
    std::int64_t least = 0;
    std::int64_t most = 0;
    for (const std::int64_t percent : percents) {
      least = std::max(least, percent);
      most = std::min<std::int64_t>(100, most + percent);
    }
    out.insert(pair.second + "=" + std::to_string(least) + "%" +
               (least == most ? "" : "-" + std::to_string(most) + "%") + " of " + pair.first);
  }
  return out;
}

TEST(RegisterProperty, HoldsWhatEveryStatementLookedAtByItselfSays) {
  over_random_seeds(200, [](std::uint64_t seed) {
    Random random(seed);
    const std::vector<std::string> names = {"a", "b", "c", "d", "e"};
    std::vector<Stated> all;
    OwnerRegister statements;
    const std::int64_t records = random.number(1, 10);
    for (std::int64_t r = 0; r < records; ++r) {
      const std::string subject = random.one_of(names);
      const std::string owner = random.one_of(names);
      std::set<std::int64_t> dates;
      for (std::int64_t v = random.number(1, 3); v > 0; --v) dates.insert(random.number(0, 20));
      for (const std::int64_t date : dates) {
        Stated one{"r" + std::to_string(r),
                   subject,
                   owner,
                   random.number(1, 100),
                   date,
                   random.chance(20),
                   random.number(0, 10),
                   random.number(5, 25)};
        StatedInterest interest{
            InterestNature::kShare, InterestWay::kDirect,
            ShareRange{one.percent * (kWholeShare / 100), one.percent * (kWholeShare / 100)},
            HeldDays{one.from, one.until}};
        StatedRelation relation;
        relation.id = one.record;
        relation.statement = one.record + "." + std::to_string(date);
        relation.date = date;
        relation.closed = one.closed;
        relation.subject = subject;
        relation.owner = owner;
        relation.interests = {interest};
        statements.add(relation);
        all.push_back(one);
      }
    }
    statements.settle();
    for (std::int64_t on = 0; on <= 25; ++on) {
      std::set<std::string> got;
      for (const OwnerOnDay& one : statements.owners_on("a", on).owners) {
        got.insert(one.party + "=" + one.share_text + " of " + one.of);
      }
      EXPECT_EQ(got, naive_owners(all, on)) << "on day " << on;
    }
    // Between two changes nothing changes.
    const std::set<DayNumber> changes = statements.changes("a", 0, 25);
    for (DayNumber on = 1; on <= 25; ++on) {
      if (changes.contains(on)) continue;
      EXPECT_EQ(naive_owners(all, on), naive_owners(all, on - 1)) << "on day " << on;
    }
  });
}

}  // namespace
}  // namespace tidewaiter
