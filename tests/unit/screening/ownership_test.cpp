#include "policies/screening/ownership.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/screening/shipped_consequences.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using OwnerTexts = std::vector<std::string>;

constexpr Share operator""_percent(unsigned long long percent) {
  return static_cast<Share>(percent) * (kWholeShare / 100);
}

Record owned_by(OwnerTexts names, OwnerTexts shares, OwnerTexts identifiers = {}) {
  Record record;
  record.kind = RecordKind::kAccount;
  record.time = UtcTime{1'000};
  if (!names.empty()) set_value(record, *find_field("owners"), std::move(names));
  if (!shares.empty()) set_value(record, *find_field("owners.share"), std::move(shares));
  if (!identifiers.empty())
    set_value(record, *find_field("owners.identifier"), std::move(identifiers));
  return record;
}

/// X and Y are listed; half of an account is enough, together.
Ownership::Parts listed_x_and_y() {
  const Interval until_2000{{0}, {2'000}};
  Ownership::Parts parts;
  parts.lists = {ScreenedList::make("sdn", {{"Company X", {"X Group"}, {}, {"lei:X1"}, until_2000},
                                            {"Company Y", {}, {}, {}, until_2000}})
                     .value()};
  parts.share = 50_percent;
  return parts;
}

std::optional<bool> answer(const Ownership& ownership, const Record& record) {
  const auto verdict = ownership.judge(record, NameLookup::kIndex);
  const auto slow = ownership.judge(record, NameLookup::kScan);
  EXPECT_EQ(verdict.truth, slow.truth);
  EXPECT_EQ(verdict.figure, slow.figure);
  return verdict.truth;
}

TEST(Ownership, AnOwnerWhoIsNotInAStaleListMayBeListed) {
  Ownership::Parts parts = listed_x_and_y();
  parts.lists = {parts.lists.front()->as_issue(
      "sdn", {"published", "0123456789abcdef", sha256("issue"), {0}, {1'000}, std::nullopt})};
  const Ownership ownership(parts);
  EXPECT_EQ(answer(ownership, owned_by({"Z"}, {"60%"})), std::nullopt);
  EXPECT_EQ(answer(ownership, owned_by({"Z"}, {"40%"})), false);  // too little, listed or not
  EXPECT_EQ(answer(ownership, owned_by({"Z", "W"}, {"40%", "60%"})), std::nullopt);
  EXPECT_EQ(answer(ownership, owned_by({"Company X", "Z"}, {"50%", "50%"})), true);
  EXPECT_THAT(ownership.grounds(owned_by({"Z"}, {"60%"})).lines,
              testing::Contains(HasSubstr("list:sdn is stale")));
}

TEST(Ownership, AFurtherRowOfNothingIsAnotherNameOfItsParty) {
  const Ownership ownership(listed_x_and_y());
  const Record record =
      owned_by({"Z", "W", "Company X"}, {"60%", "40%", "0%"}, {"id:z", "id:w", "id:z"});
  EXPECT_EQ(answer(ownership, record), true);
  EXPECT_THAT(ownership.grounds(record).lines,
              ElementsAre(HasSubstr("owner `Z` has 60%, and is `Company X` of list:sdn"),
                          HasSubstr("listed owners have together 60%")));
}

/// Company X is blocked, Company Y was under a programme that ended with 2025-06-30 (EO 14312).
TEST(Ownership, OfPartiesOfWhichAnObligationFollowsAtTheTime) {
  Ownership::Parts parts;
  const Interval always{{INT64_MIN}, {INT64_MAX}};
  ListedParty x{"Company X", {}, {}, {}, always};
  ListedParty y{"Company Y", {}, {}, {}, always};
  x.programs = {"SDGT"};
  y.programs = {"SYRIA"};
  parts.lists = {
      ScreenedList::make("sdn", {x, y}).value()->with_consequences(shipped_consequences("SDN"))};
  parts.share = 50_percent;
  parts.choice.obligations = {Obligation::kBlock};
  const Ownership blocked(parts);
  const auto on = [](const std::string& day, OwnerTexts names) {
    Record record = owned_by(std::move(names), {"30%", "30%"});
    record.time = parse_time(day + "T12:00:00Z").value();
    return record;
  };
  EXPECT_EQ(answer(blocked, on("2025-06-30", {"Company X", "Company Y"})), true);
  EXPECT_EQ(answer(blocked, on("2025-07-01", {"Company X", "Company Y"})), std::nullopt);
  EXPECT_EQ(answer(blocked, on("2025-07-01", {"Company X", "Z"})), false);
  EXPECT_THAT(blocked.grounds(on("2025-07-01", {"Company X", "Company Y"})).lines,
              ElementsAre("owner `Company X` has 30%, and is `Company X` of list:sdn (asks block)",
                          "owner `Company Y` has 30%, and may be `Company Y` of list:sdn, of whom "
                          "it is not known whether it is listed for `block`",
                          "listed owners have together 30%, and up to 60%; reported is at least "
                          "50%"));
  EXPECT_THAT(blocked.summary(), HasSubstr("owners in list:sdn that are listed for `block` have"));
  parts.choice = {{"IRAN"}, {}};
  const Ownership other(parts);
  EXPECT_EQ(answer(other, on("2025-06-30", {"Company X", "Company Y"})), false);
  EXPECT_NE(other.canonical_text(), blocked.canonical_text());
}

/// The direct cases of OFAC's FAQs 398 to 402: half is enough, and shares of blocked persons add
/// up.
TEST(Ownership, HalfByListedOwnersTogetherIsEnough) {
  const Ownership ownership(listed_x_and_y());
  EXPECT_EQ(answer(ownership, owned_by({"Company X"}, {"50%"})), true);
  EXPECT_EQ(answer(ownership, owned_by({"Company X", "Z"}, {"49.999999%", "50.000001%"})), false);
  EXPECT_EQ(answer(ownership, owned_by({"Company X", "Company Y"}, {"25%", "25%"})), true);
  EXPECT_EQ(answer(ownership, owned_by({"Company X", "Company Y"}, {"25 %", "24.9%"})), false);
  EXPECT_EQ(answer(ownership, owned_by({"Company X", "Z"}, {"25%", "75%"})), false);
  EXPECT_EQ(
      ownership.judge(owned_by({"Company X", "Company Y"}, {"25%", "30.5%"}), NameLookup::kIndex)
          .figure,
      55.5);
}

TEST(Ownership, MoreThanHalfIsAnotherRule) {
  Ownership::Parts more = listed_x_and_y();
  more.more = true;
  EXPECT_EQ(answer(Ownership(more), owned_by({"Company X"}, {"50%"})), false);
  EXPECT_EQ(answer(Ownership(more), owned_by({"Company X"}, {"50.000001%"})), true);
}

TEST(Ownership, EachOwnerByItself) {
  Ownership::Parts alone = listed_x_and_y();
  alone.aggregate = false;
  EXPECT_EQ(answer(Ownership(alone), owned_by({"Company X", "Company Y"}, {"49%", "49%"})), false);
  EXPECT_EQ(answer(Ownership(alone), owned_by({"Company X", "Company Y"}, {"1%", "50%"})), true);
}

TEST(Ownership, OwnersAreKnownByNameAliasOrIdentifier) {
  const Ownership ownership(listed_x_and_y());
  EXPECT_EQ(answer(ownership, owned_by({"x, GROUP"}, {"60%"})), true);
  EXPECT_EQ(answer(ownership, owned_by({"Another Name"}, {"60%"}, {"LEI:x1"})), true);
  EXPECT_EQ(answer(ownership, owned_by({"Company Xs"}, {"60%"})), false);  // nearly is not enough
  EXPECT_EQ(answer(ownership, owned_by({"Another Name"}, {"60%"}, {"lei:X2"})), false);
  Record later = owned_by({"Company X"}, {"60%"});
  later.time = UtcTime{2'000};
  EXPECT_EQ(answer(ownership, later), false);
}

TEST(Ownership, AShareThatIsNotKnownIsNoPass) {
  const Ownership ownership(listed_x_and_y());
  EXPECT_EQ(answer(ownership, owned_by({}, {})), std::nullopt);
  EXPECT_EQ(answer(ownership, owned_by({"Company X"}, {})), std::nullopt);
  EXPECT_EQ(answer(ownership, owned_by({"Company X", "Z"}, {"", "30%"})), std::nullopt);
  EXPECT_EQ(answer(ownership, owned_by({"Company X"}, {"most of it"})), std::nullopt);
  // 49.9 % are left for X at the most: with Y's 10 % they are enough, alone they are not.
  EXPECT_EQ(answer(ownership, owned_by({"Company X", "Z"}, {"", "50.1%"})), false);
  EXPECT_EQ(answer(ownership, owned_by({"Company X", "Z", "Company Y"}, {"", "40.1%", "10%"})),
            std::nullopt);
  EXPECT_EQ(answer(ownership, owned_by({"Company X", "Company Y"}, {"", "50%"})), true);
  // Whose share is not known is nobody who is listed.
  EXPECT_EQ(answer(ownership, owned_by({"Company X", "Z"}, {"30%", ""})), false);
  // An owner without a name may be anybody.
  EXPECT_EQ(answer(ownership, owned_by({"--"}, {"50%"})), std::nullopt);
  EXPECT_EQ(answer(ownership, owned_by({"--"}, {"49%"})), false);
}

TEST(Ownership, WhatIsNotKnownOfAListedOwnerMayBeReported) {
  Ownership::Parts reporting = listed_x_and_y();
  reporting.report_unknown = true;
  const Ownership ownership(reporting);
  const auto verdict =
      ownership.judge(owned_by({"Company X", "Company Y"}, {"", "20%"}), NameLookup::kIndex);
  EXPECT_EQ(verdict.truth, true);
  EXPECT_EQ(verdict.figure, 20.0);  // what is known
  EXPECT_EQ(answer(ownership, owned_by({"Company X", "Z"}, {"", "50.1%"})), false);
  EXPECT_EQ(answer(ownership, owned_by({}, {})), std::nullopt);
  EXPECT_EQ(answer(ownership, owned_by({"--"}, {"50%"})), std::nullopt);
}

TEST(Ownership, TheGroundsAddUp) {
  const Ownership ownership(listed_x_and_y());
  EXPECT_THAT(
      ownership.grounds(owned_by({"X Group", "Z", "Company Y"}, {"25%", "10%", ""})).lines,
      ElementsAre("owner `X Group` has 25%, and is `Company X` of list:sdn",
                  "owner `Company Y` has a share that is not known, and is `Company Y` of list:sdn",
                  "listed owners have together 25%, and up to 90%; reported is at least 50%"));
  EXPECT_THAT(ownership.grounds(owned_by({"Z"}, {"100%"})).lines,
              ElementsAre("no owner is listed"));
  EXPECT_THAT(ownership.grounds(owned_by({}, {})).lines, ElementsAre("the owners are not known"));
}

TEST(Ownership, ItsTextIsItsMeaning) {
  const std::string text = Ownership(listed_x_and_y()).canonical_text();
  const auto changed = [&](auto change) {
    Ownership::Parts other = listed_x_and_y();
    change(other);
    return Ownership(other).canonical_text();
  };
  EXPECT_EQ(changed([](Ownership::Parts&) {}), text);
  EXPECT_NE(changed([](Ownership::Parts& p) { p.share = 51_percent; }), text);
  EXPECT_NE(changed([](Ownership::Parts& p) { p.more = true; }), text);
  EXPECT_NE(changed([](Ownership::Parts& p) { p.aggregate = false; }), text);
  EXPECT_NE(changed([](Ownership::Parts& p) { p.report_unknown = true; }), text);
  EXPECT_THAT(Ownership(listed_x_and_y()).summary(),
              HasSubstr("owners in list:sdn have together at least 50%"));
}

/// A record whose owners own one another: each row is name, share and what the share is of.
struct OwnedRow {
  std::string name;
  std::string share;
  std::string of = {};
};
Record chained(const std::vector<OwnedRow>& rows) {
  OwnerTexts names;
  OwnerTexts shares;
  OwnerTexts of;
  for (const OwnedRow& row : rows) {
    names.push_back(row.name);
    shares.push_back(row.share);
    of.push_back(row.of);
  }
  Record record = owned_by(names, shares);
  set_value(record, *find_field("owners.of"), of);
  return record;
}

/// The examples of OFAC's FAQ 401, X and Y being blocked. Their "Entity C" is the account.
TEST(Ownership, OwnersOfOwnersCountAsTheFiftyPercentRuleCountsThem) {
  const Ownership ownership(listed_x_and_y());
  const auto judged = [&](const std::vector<OwnedRow>& rows) {
    return answer(ownership, chained(rows));
  };
  // X has 50 percent of A, and A has 50 percent of it.
  EXPECT_EQ(judged({{"A", "50%"}, {"Company X", "50%", "A"}}), true);
  // X has 50 percent of A and of B, which have 25 percent each.
  EXPECT_EQ(
      judged({{"A", "25%"}, {"B", "25%"}, {"Company X", "50%", "A"}, {"Company X", "50%", "B"}}),
      true);
  // … and 25 percent of B: B's 25 percent do not count.
  EXPECT_EQ(
      judged({{"A", "25%"}, {"B", "25%"}, {"Company X", "50%", "A"}, {"Company X", "25%", "B"}}),
      false);
  // X has 25 percent of A and of B, which have 50 percent each: nothing of it counts.
  EXPECT_EQ(
      judged({{"A", "50%"}, {"B", "50%"}, {"Company X", "25%", "A"}, {"Company X", "25%", "B"}}),
      false);
  // X has 50 percent of A and 10 percent of the account, of which A has 40.
  EXPECT_EQ(judged({{"A", "40%"}, {"Company X", "10%"}, {"Company X", "50%", "A"}}), true);
  // X and Y have 25 percent each of A: together they are enough, there too.
  EXPECT_EQ(judged({{"A", "50%"}, {"Company X", "25%", "A"}, {"Company Y", "25%", "A"}}), true);
  // Four links, and one that breaks.
  EXPECT_EQ(judged({{"A", "51%"}, {"B", "60%", "A"}, {"C", "70%", "B"}, {"Company X", "80%", "C"}}),
            true);
  EXPECT_EQ(judged({{"A", "51%"}, {"B", "49%", "A"}, {"C", "70%", "B"}, {"Company X", "80%", "C"}}),
            false);
}

TEST(Ownership, OneOwnerAloneIsFollowedThroughTheChainAlone) {
  Ownership::Parts alone = listed_x_and_y();
  alone.aggregate = false;
  const Ownership ownership(alone);
  EXPECT_EQ(
      answer(ownership, chained({{"A", "30%"}, {"Company X", "20%"}, {"Company X", "100%", "A"}})),
      true);
  EXPECT_EQ(answer(ownership,
                   chained({{"A", "60%"}, {"Company X", "40%", "A"}, {"Company Y", "40%", "A"}})),
            false);
}

TEST(Ownership, ARingOfOwnersCountsForNothingByItself) {
  const Ownership ownership(listed_x_and_y());
  EXPECT_EQ(answer(ownership, chained({{"A", "100%"}, {"B", "90%", "A"}, {"A", "90%", "B"}})),
            false);
  EXPECT_EQ(
      answer(ownership,
             chained(
                 {{"A", "100%"}, {"B", "50%", "A"}, {"A", "50%", "B"}, {"Company X", "50%", "B"}})),
      true);
  EXPECT_EQ(answer(ownership, chained({{"A", "100%"}, {"A", "100%", "A"}})), false);
}

TEST(Ownership, WhatIsNotKnownInAChainIsNoPass) {
  Ownership::Parts parts = listed_x_and_y();
  const Ownership ownership(parts);
  parts.report_unknown = true;
  const Ownership reporting(parts);
  const Record open_end = chained({{"A", "60%"}, {"Company X", "", "A"}});
  EXPECT_EQ(answer(ownership, open_end), std::nullopt);
  EXPECT_EQ(answer(reporting, open_end), true);
  const Record open_begin = chained({{"A", ""}, {"Company X", "60%", "A"}});
  EXPECT_EQ(answer(ownership, open_begin), std::nullopt);
  EXPECT_EQ(answer(reporting, open_begin), true);
  // Somebody else has 51 percent of A: the rest is not enough.
  EXPECT_EQ(answer(ownership, chained({{"A", "60%"}, {"Company X", "", "A"}, {"Z", "51%", "A"}})),
            false);
  // Nobody says who owns A.
  EXPECT_EQ(answer(ownership, chained({{"A", "60%"}, {"", "80%", "A"}})), std::nullopt);
  EXPECT_EQ(answer(reporting, chained({{"A", "60%"}, {"", "80%", "A"}})), std::nullopt);
  EXPECT_EQ(answer(ownership, chained({{"A", "60%"}, {"", "40%", "A"}})), false);
  // Nor of what X has its share.
  EXPECT_EQ(answer(ownership, chained({{"A", "60%"}, {"Company X", "10%", "Nobody"}})),
            std::nullopt);
  // Shares that come to more than all say nothing of what is left.
  EXPECT_EQ(answer(ownership, owned_by({"A", "B", "Company X"}, {"80%", "80%", ""})), std::nullopt);
}

TEST(Ownership, ARangeIsNoLessThanItsLeastAndNoMoreThanItsMost) {
  Ownership::Parts parts = listed_x_and_y();
  const Ownership half(parts);
  parts.more = true;
  const Ownership more(parts);
  EXPECT_EQ(answer(half, owned_by({"Company X"}, {"75%-100%"})), true);
  EXPECT_EQ(answer(half, owned_by({"Company X"}, {"25%-50%"})), std::nullopt);
  EXPECT_EQ(answer(half, owned_by({"Company X"}, {"25%-<50%"})), false);
  EXPECT_EQ(answer(more, owned_by({"Company X"}, {"25%-50%"})), false);
  EXPECT_EQ(answer(more, owned_by({"Company X"}, {"50%-75%"})), std::nullopt);
  EXPECT_EQ(answer(more, owned_by({"Company X"}, {">50%-75%"})), true);
  EXPECT_EQ(answer(half, owned_by({"Company X", "Company Y"}, {"25%-50%", "25%-50%"})), true);
  parts.more = false;
  parts.report_unknown = true;
  EXPECT_EQ(answer(Ownership(parts), owned_by({"Company X"}, {"25%-50%"})), true);
  EXPECT_EQ(half.judge(owned_by({"Company X"}, {"60%-75%"}), NameLookup::kIndex).figure, 60.0);
}

TEST(Ownership, RowsOfOnePartyAreOnePartys) {
  const Ownership ownership(listed_x_and_y());
  Ownership::Parts alone_parts = listed_x_and_y();
  alone_parts.aggregate = false;
  const Ownership alone(alone_parts);
  // Two classes of shares of one owner.
  EXPECT_EQ(answer(alone, owned_by({"Company X", "Company X"}, {"25%", "25%"})), true);
  // One identifier and two names: whoever of them is listed is.
  EXPECT_EQ(answer(ownership, owned_by({"Z", "Company X"}, {"30%", "30%"}, {"x:1", "x:1"})), true);
  // Whoever has no name may be somebody else each time.
  EXPECT_EQ(answer(alone, owned_by({"", ""}, {"30%", "30%"})), false);
}

TEST(Ownership, TheGroundsFollowTheChain) {
  const Ownership ownership(listed_x_and_y());
  EXPECT_THAT(
      ownership.grounds(chained({{"A", "50%"}, {"Z", "50%"}, {"Company X", "60%", "A"}})).lines,
      ElementsAre("owner `A` has 50%, and listed owners have 60% of it",
                  "owner `Company X` has 60% of `A`, and is `Company X` of list:sdn",
                  "listed owners have together 50%; reported is at least 50%"));
  EXPECT_THAT(
      ownership.grounds(owned_by({"", "Z"}, {"60%", "40%"})).lines,
      ElementsAre("owner without a name has 60%, and who that is cannot be told",
                  "listed owners have together 0%, and up to 60%; reported is at least 50%"));
}

/// X has ten percent at the most: whose share is in doubt is somebody who may be anybody.
TEST(Ownership, ReportedIsWhatIsNotKnownOfThoseListedAlone) {
  Ownership::Parts parts = listed_x_and_y();
  parts.report_unknown = true;
  const Ownership reporting(parts);
  EXPECT_EQ(answer(reporting, owned_by({"Company X", "--"}, {"5%-10%", "60%"})), std::nullopt);
  EXPECT_EQ(answer(reporting, owned_by({"Company X", "--"}, {"30%", "30%"})), std::nullopt);
  EXPECT_EQ(answer(reporting, owned_by({"Company X", "--"}, {"25%-50%", "30%"})), true);
  // What is left for X is less than half, as it is where nobody is in doubt.
  EXPECT_EQ(answer(reporting, owned_by({"Company X", "--"}, {"", "60%"})), std::nullopt);
  // Through a company, of which X may have half.
  EXPECT_EQ(answer(reporting, chained({{"A", "60%"}, {"Company X", "5%-50%", "A"}})), true);
  EXPECT_EQ(
      answer(reporting, chained({{"A", "60%"}, {"Company X", "5%-10%", "A"}, {"", "60%", "A"}})),
      std::nullopt);
}

TEST(Ownership, ANameOfSeveralPartiesSaysNotOfWhichAShareIs) {
  const Ownership ownership(listed_x_and_y());
  Record record = owned_by({"W", "W", "Company X"}, {"30%", "30%", "100%"}, {"", "lei:W", ""});
  set_value(record, *find_field("owners.of"), OwnerTexts{"", "", "W"});
  EXPECT_EQ(answer(ownership, record), std::nullopt);  // of either, or of both
  set_value(record, *find_field("owners.of"), OwnerTexts{"", "", "lei:W"});
  EXPECT_EQ(answer(ownership, record), false);  // X has 30 percent
}

TEST(Ownership, OneNameWithoutIdentifierInSeveralRowsMayBeSeveralParties) {
  const Ownership ownership(listed_x_and_y());
  // If X's W is not the one that is Z's by 60 percent, all of it may be X's.
  EXPECT_EQ(
      answer(ownership,
             chained({{"W", "30%"}, {"W", "30%"}, {"Company X", "", "W"}, {"Z", "60%", "W"}})),
      std::nullopt);
  EXPECT_EQ(answer(ownership, chained({{"W", "60%"}, {"Company X", "", "W"}, {"Z", "60%", "W"}})),
            false);
}

/// W holds a fifth of its own shares: X has 45 of the 80 percent that others have, which is 56.
TEST(Ownership, WhatAPartyHasOfItselfIsNobodyElses) {
  const Ownership ownership(listed_x_and_y());
  const auto judged = [&](const std::vector<OwnedRow>& rows) {
    return answer(ownership, chained(rows));
  };
  EXPECT_EQ(judged({{"W", "100%"}, {"W", "20%", "W"}, {"Company X", "45%", "W"}}), std::nullopt);
  EXPECT_EQ(judged({{"W", "100%"}, {"W", "20%", "W"}, {"Company X", "25%", "W"}}), false);
  EXPECT_EQ(judged({{"W", "100%"}, {"W", "60%", "W"}, {"Z", "40%", "W"}}), false);
  // B is A's alone, and so are B's 60 percent of A: whoever has the other 40 has all.
  EXPECT_EQ(
      judged({{"A", "100%"}, {"Company X", "40%", "A"}, {"B", "60%", "A"}, {"A", "100%", "B"}}),
      std::nullopt);
  EXPECT_EQ(judged({{"A", "100%"}, {"Z", "40%", "A"}, {"B", "60%", "A"}, {"A", "100%", "B"}}),
            false);
  EXPECT_EQ(judged({{"A", "100%"}, {"Company X", "40%", "A"}, {"B", "60%", "A"}}), false);
  EXPECT_EQ(judged({{"A", "100%"}, {"Company X", "40%", "A"}, {"B", "60%", "A"}, {"A", "0%", "B"}}),
            false);
  EXPECT_THAT(
      ownership.grounds(chained({{"W", "100%"}, {"W", "20%", "W"}, {"Company X", "45%", "W"}}))
          .lines,
      ElementsAre("owner `W` has 100%, and listed owners may have up to 65% of it",
                  "owner `W` has 20% of `W`, and listed owners may have up to 65% of it",
                  "owner `Company X` has 45% of `W`, and is `Company X` of list:sdn",
                  "listed owners have together 0%, and up to 100%; reported is at least 50%"));
}

TEST(Ownership, SharesThatComeToMoreThanAllAreSaidToContradictThemselves) {
  const Ownership ownership(listed_x_and_y());
  const Record two = owned_by({"Company X", "Company Y"}, {"80%", "80%"});
  EXPECT_EQ(ownership.judge(two, NameLookup::kIndex).figure, 100.0);
  EXPECT_EQ(ownership.grounds(two).nearness, 1.0);
  EXPECT_THAT(ownership.grounds(two).lines,
              ElementsAre("owner `Company X` has 80%, and is `Company X` of list:sdn",
                          "owner `Company Y` has 80%, and is `Company Y` of list:sdn",
                          "listed owners have together 100%; reported is at least 50%",
                          "the stated shares of the account come to more than 100%: they "
                          "contradict themselves"));
  EXPECT_THAT(
      ownership
          .grounds(chained({{"A", "60%"}, {"Company X", "80%", "A"}, {"Company Y", "80%", "A"}}))
          .lines.front(),
      "owner `A` has 60%, and listed owners have 100% of it (its stated shares come to more than "
      "100%)");
}

TEST(Share, MayBeARange) {
  const auto range = [](std::string_view text) { return parse_share_range(text); };
  EXPECT_EQ(range("50%"), (ShareRange{50_percent, 50_percent}));
  EXPECT_EQ(range("25%-50%"), (ShareRange{25_percent, 50_percent}));
  EXPECT_EQ(range(">25%-<50%"), (ShareRange{25'000'001, 49'999'999}));
  EXPECT_EQ(range("0%-100%"), ShareRange{});
  for (const char* text : {"", "-", "25%-", "-50%", "50%-25%", ">50%-50%", "25-50", "25%-50%-75%",
                           "<25%-50%", "25%->50%", ">50%"}) {
    EXPECT_EQ(range(text), std::nullopt) << text;
  }
  EXPECT_EQ(share_range_text({25_percent, 50_percent}), "25%-50%");
  EXPECT_EQ(share_range_text({25'000'001, 49'999'999}), ">25%-<50%");
  EXPECT_EQ(share_range_text({33'333'333, 33'333'333}), "33.333333%");
}

TEST(Share, IsAPercentage) {
  EXPECT_EQ(parse_share("50%"), 50_percent);
  EXPECT_EQ(parse_share("12.5 %"), 12'500'000);
  EXPECT_EQ(parse_share("33.333333%"), 33'333'333);
  EXPECT_EQ(parse_share("0%"), 0);
  EXPECT_EQ(parse_share("100%"), kWholeShare);
  for (const char* text : {"", "%", "50", "100.000001%", "1000%", "-1%", "1.%", ".5%", "1.0000001%",
                           "1e1%", "50 %%", "50  %", "1.2.3%"}) {
    EXPECT_EQ(parse_share(text), std::nullopt) << text;
  }
  EXPECT_EQ(share_text(12'500'000), "12.5%");
  EXPECT_EQ(share_text(kWholeShare), "100%");
  EXPECT_EQ(share_text(1), "0.000001%");
}

}  // namespace
}  // namespace tidewaiter
