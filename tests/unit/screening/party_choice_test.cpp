// Which parties a policy takes by programme and obligation: what an entry does not tell is a doubt.

#include "policies/screening/party_choice.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policies/screening/shipped_consequences.h"

namespace tidewaiter {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kSdn = "Specially Designated Nationals (SDN) - Treasury Department";
constexpr const char* kEntityList = "Entity List (EL) - Bureau of Industry and Security";

/// Of a party of a list by that code, which is listed under these words.
std::optional<bool> taken(const PartyChoice& choice, const char* code, const Words& words) {
  ListedParty party{"Company X", {}, {}, {}, {{INT64_MIN}, {INT64_MAX}}};
  party.programs = words;
  const auto list =
      ScreenedList::make("l", {party}).value()->with_consequences(shipped_consequences(code));
  return choice.takes(*list, party, parse_time("2026-11-30T00:00:00Z").value());
}

TEST(PartyChoice, TheNameOfItsListIsNoProgramme) {
  const PartyChoice sdgt{{"SDGT"}, {}};
  EXPECT_EQ(taken(sdgt, "CSL", {kSdn}), std::nullopt);
  EXPECT_EQ(taken(sdgt, "CSL", {kSdn, "sdgt"}), true);
  EXPECT_EQ(taken(sdgt, "CSL", {kSdn, "IRAN"}), false);
  EXPECT_EQ(taken(sdgt, "CSL", {}), std::nullopt);
  // A policy may ask for the list itself.
  const PartyChoice sdn{{kSdn}, {}};
  EXPECT_EQ(taken(sdn, "CSL", {kSdn}), true);
  EXPECT_EQ(taken(sdn, "CSL", {kEntityList, "SDGT"}), false);
  EXPECT_EQ(taken(sdn, "CSL", {"SDGT"}), std::nullopt);
  EXPECT_EQ(taken({{kSdn, "SDGT"}, {}}, "CSL", {kEntityList}), std::nullopt);
}

TEST(PartyChoice, AMeasureIsNoRegime) {
  EXPECT_EQ(taken({{"EU-RUS"}, {}}, "EU-OJ", {"Asset freeze"}), std::nullopt);
  EXPECT_EQ(taken({{"eu-rus"}, {}}, "EU-OJ", {"Asset freeze"}), std::nullopt);
  EXPECT_EQ(taken({{"EU-RUS"}, {}}, "EU-OJ", {"EU-UKR", "Asset freeze"}), false);
  EXPECT_EQ(taken({{"Asset freeze"}, {}}, "EU-OJ", {"EU-RUS", "Export control"}), false);
  EXPECT_EQ(taken({{"Asset freeze"}, {}}, "EU-OJ", {"EU-RUS"}), std::nullopt);
}

TEST(PartyChoice, WhatANoticeStatesMayBeAnyObligation) {
  const PartyChoice freeze{{}, {Obligation::kAssetFreeze}};
  EXPECT_EQ(taken(freeze, "UN", {"Al-Qaida"}), true);
  EXPECT_EQ(taken(freeze, "UN", {"GB"}), false);
  EXPECT_EQ(taken(freeze, "UN", {"Libya"}), std::nullopt);
  EXPECT_EQ(taken(freeze, "UK", {"Russia"}), std::nullopt);
  EXPECT_EQ(taken({{}, {Obligation::kAsNotified}}, "UN", {"Libya"}), true);
}

}  // namespace
}  // namespace tidewaiter
