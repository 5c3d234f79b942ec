#include "daemon/sources/ftm/ftm_entity.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "owner_files.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string why_no_entity(const std::string& object) {
  const auto read = read_ftm_entity(object);
  return read ? "read" : read.error().message;
}

TEST(FtmShare, IsFreeText) {
  const auto written = [](std::string_view text) {
    const auto share = ftm_share(text);
    return share ? share_range_text(*share) : std::string("?");
  };
  EXPECT_EQ(written("25"), "25%");
  EXPECT_EQ(written(" 25 % "), "25%");
  EXPECT_EQ(written("25,5%"), "25.5%");
  EXPECT_EQ(written("33.330000000"), "33.33%");
  EXPECT_EQ(written("100.00"), "100%");
  EXPECT_EQ(written("25-50"), "25%-50%");
  EXPECT_EQ(written("25% - 50%"), "25%-50%");
  EXPECT_EQ(written("25\xe2\x80\x93"
                    "50 %"),
            "25%-50%");
  EXPECT_EQ(written("25 to 50"), "25%-50%");
  EXPECT_EQ(written(">50"), ">50%-100%");
  EXPECT_EQ(written("More than 50%"), ">50%-100%");
  EXPECT_EQ(written(">= 75"), "75%-100%");
  EXPECT_EQ(written("75+"), "75%-100%");
  EXPECT_EQ(written("< 25%"), "0%-<25%");
  EXPECT_EQ(written("up to 10"), "0%-10%");
  for (const char* text : {"", "half", "101", "50-25", "-5", "25%%", "1e1", "25-50-75", "12 shares",
                           ">100", "<0", "25-", "0.12345678", "--", "%"}) {
    EXPECT_EQ(written(text), "?") << text;
  }
}

TEST(FtmEntity, AnOwnershipIsAShareOfEachAssetByEachOwner) {
  const auto read = read_ftm_entity(
      R"({"id":"o1","schema":"Ownership","properties":{"owner":["a","b"],"asset":["c"],)"
      R"("percentage":["25","30 %"],"startDate":["2020-03"],"endDate":["2021"]},"datasets":["x"]})");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->relations.size(), 2U);
  EXPECT_EQ(read->doubt, "");
  const StatedRelation& second = read->relations[1];
  EXPECT_EQ(second.owner, "b");
  EXPECT_EQ(second.subject, "c");
  ASSERT_EQ(second.interests.size(), 1U);
  // Two values of one property: what one of them allows.
  EXPECT_EQ(share_range_text(*second.interests[0].share), "25%-30%");
  EXPECT_EQ(second.interests[0].held.from, day("2020-03-01"));
  EXPECT_EQ(second.interests[0].held.until, day("2022-01-01"));
}

TEST(FtmEntity, WhatIsNoPercentageIsNotKnownAndTold) {
  const auto read = read_ftm_entity(
      R"({"id":"o1","schema":"Ownership","properties":{"owner":["a"],"asset":["c"],)"
      R"("percentage":["some"],"endDate":["soon"]}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->relations[0].interests[0].share, std::nullopt);
  EXPECT_TRUE(read->relations[0].interests[0].held.holds_on(day("2026-01-01")));
  EXPECT_THAT(read->doubt, HasSubstr("is no"));
}

TEST(FtmEntity, ADateThatCannotBeReadBesideOneThatCanLeavesItsSideOpen) {
  const auto held = [](const std::string& dates) {
    const auto read = read_ftm_entity(
        R"({"id":"o","schema":"Ownership","properties":{"owner":["a"],"asset":["c"],)" + dates +
        "}}");
    EXPECT_NE(read->doubt, "") << dates;
    return read->relations.at(0).interests.at(0).held;
  };
  EXPECT_EQ(held(R"("startDate":["2021","soon"])").from, std::nullopt);
  EXPECT_EQ(held(R"("endDate":["soon","2021"])").until, std::nullopt);
  const HeldDays reversed = held(R"("startDate":["2021-01-01"],"endDate":["2020-12-30"])");
  EXPECT_TRUE(reversed.holds_on(day("2019-01-01")) && reversed.holds_on(day("2026-01-01")));
}

TEST(FtmEntity, WhetherOthersStandBetweenNoPropertySays) {
  const auto read = read_ftm_entity(
      R"({"id":"o","schema":"Ownership","properties":{"owner":["a"],"asset":["c"]}})");
  EXPECT_EQ(read->relations.at(0).interests.at(0).way, InterestWay::kUnknown);
}

/// `count` texts, all distinct.
std::string many(const std::string& prefix, int count) {
  std::string list;
  for (int i = 0; i < count; ++i) {
    list += (i == 0 ? "\"" : ",\"") + prefix + std::to_string(i) + "\"";
  }
  return "[" + list + "]";
}

TEST(FtmEntity, WhatWouldMultiplyIsNoEntity) {
  const auto ownership = [](int owners, int assets) {
    return R"({"id":"o","schema":"Ownership","properties":{"owner":)" + many("a", owners) +
           R"(,"asset":)" + many("b", assets) + "}}";
  };
  EXPECT_EQ(read_ftm_entity(ownership(100, 100))->relations.size(), 10'000U);
  EXPECT_EQ(why_no_entity(ownership(101, 100)), "it links more than 10,000 pairs of entities");
  EXPECT_EQ(why_no_entity(ownership(1001, 1)), "`owner` has more than 1,000 values");
  const auto company = [](int numbers, int countries, int names) {
    return R"({"id":"c","schema":"Company","properties":{"name":)" + many("n", names) +
           R"(,"registrationNumber":)" + many("r", numbers) + R"(,"country":)" +
           many("x", countries) + "}}";
  };
  EXPECT_EQ(read_ftm_entity(company(100, 100, 1000))->parties.at(0).names.size(), 1000U);
  EXPECT_EQ(why_no_entity(company(101, 100, 1)), "it has more than 10,000 registration numbers");
  EXPECT_EQ(why_no_entity(company(1, 1, 1001)), "`name` has more than 1,000 values");
  // One text many times is one.
  const auto same = read_ftm_entity(
      R"({"id":"o","schema":"Ownership","properties":{"owner":["a","a"],"asset":["b","b","b"]}})");
  EXPECT_EQ(same->relations.size(), 1U);
}

TEST(FtmEntity, DirectorsControlAndUnknownLinksMayOwn) {
  const auto director = read_ftm_entity(
      R"({"id":"d","schema":"Directorship","properties":{"director":["p"],"organization":["c"]}})");
  EXPECT_EQ(director->relations.at(0).interests.at(0).nature, InterestNature::kControl);
  const auto link = read_ftm_entity(
      R"({"id":"u","schema":"UnknownLink","properties":{"subject":["p"],"object":["c"]}})");
  EXPECT_EQ(link->relations.at(0).interests.at(0).nature, InterestNature::kUnknown);
  const auto child = read_ftm_entity(
      R"({"id":"c","schema":"Company","properties":{"name":["C"],"parent":["m"]}})");
  EXPECT_EQ(child->relations.at(0).owner, "m");
  EXPECT_EQ(child->relations.at(0).interests.at(0).share, std::nullopt);
}

TEST(FtmEntity, OfOrganisationsIdentifiersAreTakenAndOfPeopleNames) {
  const auto company = read_ftm_entity(
      R"({"id":"c","schema":"Company","referents":["old-c"],"properties":{"name":["Acme","Acme Ltd"],)"
      R"("alias":["ACM"],"leiCode":["5299"],"registrationNumber":["0123"],"jurisdiction":["gb"],)"
      R"("address":["c4n4ry street"]}})");
  ASSERT_TRUE(company);
  const StatedParty& party = company->parties.at(0);
  EXPECT_THAT(party.names, ElementsAre("Acme", "Acme Ltd", "ACM"));
  EXPECT_THAT(party.identifiers, ElementsAre("lei:5299", "registration-gb:0123"));
  EXPECT_EQ(party.country, "GB");
  EXPECT_THAT(party.former, ElementsAre("old-c"));
  const auto someone = read_ftm_entity(
      R"({"id":"p","schema":"Person","properties":{"name":["Ann Other"],"birthDate":["1970"],)"
      R"("innCode":["c4n4ry"],"passportNumber":["c4n4ry"],"country":["gb"],"leiCode":["c4n4ry"]}})");
  EXPECT_THAT(someone->parties.at(0).names, ElementsAre("Ann Other"));
  EXPECT_THAT(someone->parties.at(0).identifiers, IsEmpty());
  EXPECT_EQ(someone->parties.at(0).country, "");
}

TEST(FtmEntity, OthersGiveNothingAndWhatIsNoneIsTold) {
  const auto sanction = read_ftm_entity(R"({"id":"s","schema":"Sanction","properties":{}})");
  ASSERT_TRUE(sanction);
  EXPECT_TRUE(sanction->parties.empty() && sanction->relations.empty());
  EXPECT_EQ(why_no_entity("[]"), "it is no JSON object");
  EXPECT_EQ(why_no_entity("{\"id\":\"a\",\"id\":\"b\"}"), "it has a member twice");
  EXPECT_EQ(why_no_entity(R"({"schema":"Person","properties":{}})"),
            "`id` is missing, or is no text");
  EXPECT_EQ(why_no_entity(R"({"id":7,"schema":"Person","properties":{}})"),
            "`id` is missing, or is no text");
  EXPECT_EQ(why_no_entity(R"({"id":"a","schema":"Person"})"), "`properties` is missing");
  EXPECT_EQ(why_no_entity(R"({"id":"o","schema":"Ownership","properties":{"owner":["a"]}})"),
            "`asset` is missing");
  EXPECT_THAT(
      why_no_entity(R"({"id":"a","schema":"Company","properties":{"ownershipAsset":[{"id":"o",)"
                    R"("schema":"Ownership","properties":{}}]}})"),
      HasSubstr("nested exports are not"));
  EXPECT_THAT(why_no_entity(entity("a", "A")), HasSubstr("a source of kind `bods` reads those"));
  EXPECT_EQ(why_no_entity(R"({"id":"a","properties":)" + std::string(40, '[') +
                          std::string(40, ']') + "}"),
            "it is nested too deep");
}

}  // namespace
}  // namespace tidewaiter
