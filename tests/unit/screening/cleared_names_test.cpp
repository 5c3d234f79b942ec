#include "policies/screening/cleared_names.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

const FieldId kNameField = *find_field("name");

ListedParty party_named(const std::string& name) {
  return {name, {}, {}, {}, {{INT64_MIN}, {INT64_MAX}}};
}

TEST(ClearedName, IsTheFormInWhichANameIsCompared) {
  const Digest name = cleared_name(kNameField, "Martha King");
  // Case and accents are nothing that is compared.
  EXPECT_EQ(cleared_name(kNameField, "MARTHA KING"), name);
  EXPECT_EQ(cleared_name(kNameField, "Mártha  King"), name);
  // A letter, the order, a comma, another word and another script are.
  for (const char* other :
       {"Marta King", "King Martha", "Martha, King", "Martha A. King", "Марта Кинг", "***"}) {
    EXPECT_NE(cleared_name(kNameField, other), name) << other;
  }
  EXPECT_NE(cleared_name(*find_field("owners"), "Martha King"), name);
  // What cannot be compared is known by its text.
  EXPECT_EQ(cleared_name(kNameField, "***"), cleared_name(kNameField, "***"));
  EXPECT_NE(cleared_name(kNameField, "***"), cleared_name(kNameField, "**"));
}

TEST(ClearedName, IsOfOneAccountOfOneSource) {
  EXPECT_EQ(cleared_account("crm", "7"), cleared_account("crm", "7"));
  EXPECT_NE(cleared_account("crm", "7"), cleared_account("crm", "8"));
  EXPECT_NE(cleared_account("crm", "7"), cleared_account("gate", "7"));
  EXPECT_NE(cleared_account("c", "rm7"), cleared_account("cr", "m7"));
}

TEST(PartyDigest, IsOfAllThatTheListSaysButItsIds) {
  const Digest plain = party_digest(party_named("Martha King"));
  ListedParty party = party_named("Martha King");
  party.ids = {"306"};
  EXPECT_EQ(party_digest(party), plain);
  party.aliases = {"Queen Bee"};
  EXPECT_NE(party_digest(party), plain);
  party = party_named("Martha King");
  party.countries = {"SY"};
  EXPECT_NE(party_digest(party), plain);
  party = party_named("Martha King");
  party.weak_aliases = {"Queen Bee"};
  EXPECT_NE(party_digest(party), plain);
  party = party_named("Martha King");
  party.during.to = {5};
  EXPECT_NE(party_digest(party), plain);
}

TEST(Agreements, AreWhatBothHaveWithoutCase) {
  ListedParty party = party_named("Martha King");
  Record record;
  set_value(record, *find_field("country.declared"), std::string("sy"));
  set_value(record, *find_field("country.billing"), std::string("SY"));
  set_value(record, *find_field("country.registered"), std::string("FR"));
  set_value(record, *find_field("identifiers"), std::vector<std::string>{"vat:1", "passport:n7"});
  EXPECT_THAT(agreements_of(record, party), testing::IsEmpty());
  party.countries = {"SY", "IR"};
  party.identifiers = {"passport:N7"};
  const Agreement syria{Corroboration::kCountry, "SY"};
  EXPECT_THAT(agreements_of(record, party),
              testing::ElementsAre(syria, Agreement{Corroboration::kIdentifiers, "PASSPORT:N7"}));
  // One that is written out may be any of the record's.
  party.countries = {"SY", "Region: Crimea"};
  party.identifiers = {};
  EXPECT_THAT(agreements_of(record, party),
              testing::ElementsAre(Agreement{Corroboration::kCountry, "FR"}, syria));
  EXPECT_THAT(agreements_of(Record(), party), testing::IsEmpty());
}

TEST(NameClearances, SayNothingOfAnotherListOrEntry) {
  const ListedParty king = party_named("Martha King");
  const NameClearance one{"m-1", "csl", party_digest(king), cleared_account("s", "a"),
                          cleared_name(kNameField, "Martha King")};
  const std::span<const NameClearance> about(&one, 1);
  const Record record;
  EXPECT_EQ(ClearedNames::find(about, record, kNameField, "martha king", "csl", king), &one);
  EXPECT_EQ(ClearedNames::find(about, record, kNameField, "martha king", "sdn", king), nullptr);
  EXPECT_EQ(
      ClearedNames::find(about, record, kNameField, "martha king", "csl", party_named("M. King")),
      nullptr);
  EXPECT_EQ(ClearedNames::find(about, record, *find_field("owners"), "Martha King", "csl", king),
            nullptr);
}

}  // namespace
}  // namespace tidewaiter
