// What follows from being listed, against what the orders and regulations of the table say.

#include "policies/screening/consequence.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/screening/shipped_consequences.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Programs = std::vector<std::string>;

UtcTime day(const std::string& text) { return parse_time(text + "T00:00:00Z").value(); }

Follows followed(std::string_view code, const Programs& programs,
                 const std::string& at = "2026-11-30") {
  return shipped_consequences(code)->follow(programs, day(at));
}

std::string asked_words(std::string_view code, const Programs& programs,
                        const std::string& at = "2026-11-30") {
  return obligations_text(followed(code, programs, at));
}

TEST(Consequence, OneTagMeansTwoThingsOnTwoLists) {
  // OFAC: who is on the SSI list shares its tag with SDNs that are blocked by the same order.
  EXPECT_EQ(asked_words("SDN", {"UKRAINE-EO13662"}), "block");
  EXPECT_EQ(asked_words("SSI", {"UKRAINE-EO13662"}), "sectoral");
  EXPECT_EQ(asked_words("OFAC-CONS", {"UKRAINE-EO13662"}), "sectoral");
  EXPECT_EQ(asked_words("SDN", {"CAATSA - RUSSIA"}), "block");
  EXPECT_EQ(asked_words("OFAC-CONS", {"CAATSA - RUSSIA"}), "menu-based");
}

TEST(Consequence, EachListOfTheScreeningListHasItsOwn) {
  const std::vector<std::pair<const char*, const char*>> wanted = {
      {"SDN", "block"},
      {"SSI", "sectoral"},
      {"FSE", "reject"},
      {"PLC", "reject"},
      {"CAP", "no-correspondent-account"},
      {"NS-MBS", "menu-based"},
      {"CMIC", "no-securities"},
      {"EL", "licence-required"},
      {"MEU", "licence-required"},
      {"DPL", "no-export"},
      {"UVL", "red-flag"},
      {"DTC", "no-defence-trade"},
      {"ISN", "as-notified"}};
  for (const auto& [code, word] : wanted) EXPECT_EQ(asked_words(code, {}), word) << code;
}

TEST(Consequence, TheScreeningListNamesItsSourceAmongTheProgrammes) {
  EXPECT_EQ(
      asked_words("CSL", {"Specially Designated Nationals (SDN) - Treasury Department", "SDGT"}),
      "block");
  EXPECT_EQ(
      asked_words("CSL", {"Sectoral Sanctions Identifications List (SSI) - Treasury Department",
                          "UKRAINE-EO13662"}),
      "sectoral");
  EXPECT_EQ(asked_words("CSL", {"Military End User (MEU) List - Bureau of Industry and Security"}),
            "licence-required");
  EXPECT_EQ(
      asked_words("CSL", {"Non-SDN Menu-Based Sanctions List (NS-MBS List) - Treasury Department"}),
      "menu-based");
  EXPECT_EQ(asked_words("CSL", {"SDGT"}), "not-known");
  const std::string unknown = "Some new list (NEW) - Bureau of Industry and Security";
  EXPECT_EQ(asked_words("CSL", {unknown}), "not-known");
  EXPECT_EQ(
      asked_words("CSL", {"Specially Designated Nationals (SDN) - Treasury Department", unknown}),
      "block; not-known");
}

TEST(Consequence, AProgrammeThatEndedIsNotKnownAndNoPass) {
  // EO 14312: effective 2025-07-01. EO 14118: 2024-03-04. EO 14054: 2021-11-18.
  EXPECT_EQ(asked_words("SDN", {"SYRIA"}, "2025-06-30"), "block");
  EXPECT_EQ(asked_words("SDN", {"SYRIA"}, "2025-07-01"), "not-known");
  EXPECT_EQ(asked_words("SDN", {"ZIMBABWE"}, "2024-03-03"), "block");
  EXPECT_EQ(asked_words("SDN", {"ZIMBABWE"}, "2024-03-04"), "not-known");
  EXPECT_EQ(asked_words("SDN", {"BURUNDI"}, "2021-11-17"), "block");
  EXPECT_EQ(asked_words("SDN", {"BURUNDI"}, "2021-11-18"), "not-known");
  // EO 14148 of 2025-01-20 revoked EO 14115; the act for 2026 was signed on 2025-12-18.
  EXPECT_EQ(asked_words("SDN", {"WEST-BANK-EO14115"}, "2025-01-19"), "block");
  EXPECT_EQ(asked_words("SDN", {"WEST-BANK-EO14115"}, "2025-01-20"), "not-known");
  EXPECT_EQ(asked_words("SDN", {"SYRIA-CAESAR"}, "2025-12-17"), "block");
  EXPECT_EQ(asked_words("SDN", {"SYRIA-CAESAR"}, "2025-12-18"), "not-known");
  EXPECT_EQ(asked_words("SDN", {"SYRIA-EO13894"}, "2026-01-01"), "block");
  // Another programme carries the listing on.
  EXPECT_EQ(asked_words("SDN", {"SYRIA", "SDGT"}, "2026-01-01"), "block; not-known");
  EXPECT_THAT(followed("SDN", {"SYRIA"}).untold,
              ElementsAre("`SYRIA` on SDN is in force until 2025-06-30, and not then (EO 13338 and "
                          "others; ended by EO 14312)"));
}

TEST(Consequence, WhatTheListDoesNotSayIsNotMadeUp) {
  EXPECT_EQ(asked_words("OFAC-CONS", {"SDGT"}), "not-known");
  EXPECT_EQ(asked_words("OFAC-CONS", {"SDGT", "NS-PLC"}), "reject; not-known");
  EXPECT_EQ(asked_words("OFAC-CONS", {}), "not-known");
  EXPECT_EQ(shipped_consequences("NOBODY"), nullptr);
  EXPECT_THAT(not_known("list:x", day("2026-01-01")).untold,
              ElementsAre("nobody has said what follows from being on list:x"));
}

TEST(Consequence, MeasuresOfTheOfficialJournalAndRegimes) {
  EXPECT_EQ(asked_words("EU-OJ", {"EU-RUS", "Export control"}), "sectoral");
  EXPECT_EQ(asked_words("EU-OJ", {"EU-UKR", "Asset freeze"}), "asset-freeze");
  EXPECT_EQ(asked_words("EU-OJ", {"EU-RUS", "Asset freeze", "Export control"}),
            "asset-freeze; sectoral");
  EXPECT_EQ(asked_words("EU-OJ", {"EU-RUS"}), "not-known");
  EXPECT_EQ(asked_words("UN", {"Al-Qaida"}), "asset-freeze");
  // Resolution 2048 (2012) on Guinea-Bissau bans travel, and freezes nothing.
  EXPECT_EQ(asked_words("UN", {"GB"}), "travel-ban");
  // Resolution 1970 (2011): paragraph 15 bans travel, paragraph 17 freezes; entries are of either.
  EXPECT_EQ(asked_words("UN", {"Libya"}), "as-notified");
}

TEST(Consequence, WhatListedPartiesOwnFollowsByDate) {
  const auto owned = [](const std::string& at) {
    const Follows follows = followed("EL", {}, at);
    return is_in_force(follows.told.front().owned->in_force, follows.at);
  };
  // Effective 2025-09-29, suspended 2025-11-10 through 2026-11-09, and back from 2026-11-10.
  EXPECT_FALSE(owned("2025-09-28"));
  EXPECT_TRUE(owned("2025-09-29"));
  EXPECT_TRUE(owned("2025-11-09"));
  EXPECT_FALSE(owned("2025-11-10"));
  EXPECT_FALSE(owned("2026-11-09"));
  EXPECT_TRUE(owned("2026-11-10"));
  EXPECT_THAT(
      follows_lines(followed("EL", {}, "2026-01-01")).front(),
      HasSubstr("does not cover then what such parties own by >= 50% together (15 CFR 744.11, BIS "
                "Affiliates Rule, 2025-09-29 to 2025-11-09 and from 2026-11-10)"));
  EXPECT_THAT(
      follows_lines(followed("SDN", {"SDGT"})).front(),
      testing::AllOf(testing::StartsWith("block by SDGT (31 CFR chapter V; OFAC, SDN list): "
                                         "property is blocked"),
                     HasSubstr("covers what such parties own by >= 50%")));
  EXPECT_EQ(followed("UVL", {}).told.front().owned, std::nullopt);
}

TEST(Consequence, WhetherMenusExtendToWhatIsOwnedIsSaidNotToBeAnswered) {
  for (const char* code : {"NS-MBS", "OFAC-CONS"}) {
    EXPECT_THAT(follows_lines(followed(code, {"RUSSIA-EO14024"})),
                ElementsAre(HasSubstr("whether they extend to what such parties own is a question "
                                      "of its own, which is not answered here")));
  }
}

TEST(Consequence, OneRuleIsToldOnceWithAllItsProgrammes) {
  const Follows follows = followed("SDN", {"SDGT", "IFSR", "sdgt"});
  ASSERT_EQ(follows.told.size(), 1U);
  EXPECT_THAT(follows.told.front().programs, ElementsAre("SDGT", "IFSR"));
  EXPECT_THAT(follows.untold, IsEmpty());
  EXPECT_EQ(follows, followed("SDN", {"SDGT", "IFSR"}, "2020-01-01"));
  EXPECT_FALSE(followed("EL", {}, "2026-01-01") == followed("EL", {}, "2026-11-30"));
}

TEST(Consequence, RulesOfOnesOwnByProgrammeAndDate) {
  const Interval before{{INT64_MIN}, day("2026-01-01")};
  const Interval after{day("2026-01-01"), {INT64_MAX}};
  const Consequences house({"list:house",
                            "",
                            {{{"A"}, Obligation::kRedFlag, "", "rule 1", {before}, std::nullopt},
                             {{"A"}, Obligation::kBlock, "", "rule 2", {after}, std::nullopt},
                             {{}, Obligation::kHouseRule, "", "rule 3", {}, std::nullopt}},
                            {}});
  const auto told = [&house](const Programs& programs, const std::string& at) {
    return obligations_text(house.follow(programs, day(at)));
  };
  EXPECT_EQ(told({"a"}, "2025-12-31"), "red-flag");
  EXPECT_EQ(told({"a"}, "2026-01-01"), "block");
  EXPECT_EQ(told({"B"}, "2026-01-01"), "house-rule");
  EXPECT_EQ(told({}, "2026-01-01"), "house-rule");
}

TEST(Consequence, KnownProgrammesAreTold) {
  EXPECT_EQ(shipped_consequences("SDN")->knows("sdgt"), true);
  EXPECT_EQ(shipped_consequences("SDN")->knows("SDTG"), false);
  EXPECT_EQ(shipped_consequences("OFAC-CONS")->knows("NS-PLC"), true);
  EXPECT_EQ(shipped_consequences("OFAC-CONS")->knows("SDTG"), false);
  EXPECT_EQ(shipped_consequences("UN")->knows("Atlantis"), std::nullopt);
}

TEST(Consequence, EveryWordIsReadBack) {
  for (std::size_t i = 0; i < kObligations; ++i) {
    const auto one = static_cast<Obligation>(i);
    EXPECT_EQ(find_obligation(obligation_name(one)), one);
    EXPECT_FALSE(obligation_meaning(one).empty());
  }
  EXPECT_EQ(find_obligation("Block"), std::nullopt);
}

TEST(Consequence, TheMeaningIsThatOfObligationsAndDatesAlone) {
  const Consequences::Part part{
      "l", "", {{{"A"}, Obligation::kBlock, "note", "cited", {}, std::nullopt}}, {}};
  Consequences::Part other = part;
  other.rules.front().citation = "cited otherwise";
  EXPECT_EQ(Consequences(part).meaning(), Consequences(other).meaning());
  other.rules.front().obligation = Obligation::kReject;
  EXPECT_NE(Consequences(part).meaning(), Consequences(other).meaning());
  other = part;
  other.rules.front().in_force = {{day("2026-01-01"), {INT64_MAX}}};
  EXPECT_NE(Consequences(part).meaning(), Consequences(other).meaning());
}

TEST(Consequence, NoSignInAProgrammeMakesAnotherMeaningTheSame) {
  const auto meaning = [](const Programs& programs) {
    return Consequences(
               Consequences::Part{"l", "", {{programs, Obligation::kBlock, "", "", {}, {}}}, {}})
        .meaning();
  };
  EXPECT_NE(meaning({"A|B"}), meaning({"A", "B"}));
  EXPECT_NE(meaning({"A 1:B"}), meaning({"A", "B"}));
  EXPECT_NE(meaning({"A>block;B"}), meaning({"A"}));
  EXPECT_NE(meaning({""}), meaning({}));
}

}  // namespace
}  // namespace tidewaiter
