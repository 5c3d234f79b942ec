#include "daemon/enrich/address_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

AddressFacts facts_of(const char* record) { return address_facts(nlohmann::json::parse(record)); }

TEST(AddressFacts, ReadsCountriesAndNetworks) {
  const AddressFacts facts = facts_of(
      R"({"country":{"iso_code":"SE"},"registered_country":{"iso_code":"DE"},
          "autonomous_system_number":29518,"autonomous_system_organization":"Bredband2 AB"})");
  EXPECT_EQ(facts.country, "SE");
  EXPECT_EQ(facts.registered, "DE");
  EXPECT_EQ(facts.asn, 29518);
  EXPECT_EQ(facts.organization, "Bredband2 AB");
  EXPECT_THAT(facts.anonymizers, IsEmpty());
}

TEST(AddressFacts, ReadsWhatEnterpriseDatabasesKeepBelowTraits) {
  const AddressFacts facts =
      facts_of(R"({"traits":{"autonomous_system_number":13536,"is_anonymous_vpn":true}})");
  EXPECT_EQ(facts.asn, 13536);
  EXPECT_THAT(facts.anonymizers, ElementsAre("vpn"));
}

TEST(AddressFacts, NamesEachWayToHideOnce) {
  EXPECT_THAT(facts_of(R"({"is_anonymous":true,"is_hosting_provider":true,"is_public_proxy":true,
                           "is_residential_proxy":true,"is_tor_exit_node":true})")
                  .anonymizers,
              ElementsAre("tor", "proxy", "hosting"));
}

TEST(AddressFacts, WhatIsOfAnotherTypeIsNotSaid) {
  EXPECT_EQ(facts_of(R"({"country":"SE","registered_country":{"iso_code":7},
                         "autonomous_system_number":"29518","is_tor_exit_node":1,"traits":[]})"),
            AddressFacts{});
  EXPECT_EQ(facts_of("[]"), AddressFacts{});
}

}  // namespace
}  // namespace tidewaiter
