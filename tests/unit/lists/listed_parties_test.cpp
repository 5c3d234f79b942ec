#include "policies/lists/listed_parties.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/lists/country_code.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;

TEST(CountryCode, IsThatOfANameOrACode) {
  EXPECT_EQ(country_code("Korea, North"), "KP");
  EXPECT_EQ(country_code("Democratic People's Republic of Korea"), "KP");
  EXPECT_EQ(country_code("IRAN"), "IR");
  EXPECT_EQ(country_code("Iran (Islamic Republic of)"), "IR");
  EXPECT_EQ(country_code("Congo, Democratic Republic of the"), "CD");
  EXPECT_EQ(country_code("Central African Republic"), "CF");
  EXPECT_EQ(country_code("sy"), "SY");
  EXPECT_EQ(country_code("UK"), "GB");
  EXPECT_EQ(country_code("Region: Crimea"), std::nullopt);
  EXPECT_EQ(country_code(""), std::nullopt);
  EXPECT_EQ(country_code("12"), std::nullopt);
}

TEST(ListedParties, HaveWhatPoliciesLookAt) {
  ListEntry entry;
  entry.id = "306";
  entry.name = "BANCO";
  entry.kind = PartyKind::kOrganisation;
  entry.aliases = {{"BNC", false}, {"B", true}, {"BNC", false}};
  entry.countries = {"Cuba", "undetermined", "CU", "Region: Crimea"};
  entry.identifiers = {"SWIFT/BIC X"};
  entry.programs = {"CUBA", "IRAN", "CUBA"};
  entry.licence = {"All items", "Denial"};
  const auto parties = listed_parties({"OFAC CSV", {entry}, {}});
  ASSERT_EQ(parties.size(), 1U);
  EXPECT_EQ(parties[0].name, "BANCO");
  EXPECT_EQ(parties[0].kind, PartyKind::kOrganisation);
  EXPECT_THAT(parties[0].aliases, ElementsAre("BNC"));
  EXPECT_THAT(parties[0].weak_aliases, ElementsAre("B"));
  EXPECT_THAT(parties[0].countries, ElementsAre("CU", "Region: Crimea"));
  EXPECT_THAT(parties[0].identifiers, ElementsAre("SWIFT/BIC X"));
  EXPECT_TRUE(parties[0].stands_at(UtcTime{0}));
  EXPECT_THAT(parties[0].ids, ElementsAre("306"));
  EXPECT_THAT(parties[0].programs, ElementsAre("CUBA", "IRAN"));
  EXPECT_EQ(parties[0].licence, (LicenceTerms{"All items", "Denial"}));
  // The number of a row is another one in the next issue.
  entry.has_own_id = false;
  EXPECT_THAT(listed_parties({"CSV", {entry}, {}})[0].ids, testing::IsEmpty());
}

}  // namespace
}  // namespace tidewaiter
