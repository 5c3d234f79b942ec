#include "daemon/sources/bods/bods_statement.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "owner_files.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string why_no_statement(const std::string& object) {
  const auto read = read_bods_statement(object);
  return read ? "read" : read.error().message;
}

/// The share that a relationship of one shareholding states; "?" if none.
std::string share_of(const std::string& share) {
  const auto read = read_bods_statement(relation("r", "a", "b", holding(share)));
  if (!read) return read.error().message;
  const auto& stated = read->relations.at(0).interests.at(0).share;
  return stated ? share_range_text(*stated) : "?";
}

TEST(BodsStatement, SharesAreExactOrRanges) {
  EXPECT_EQ(share_of(R"({"exact":50})"), "50%");
  EXPECT_EQ(share_of(R"({"exact":33.333333})"), "33.333333%");
  // Finer than is reckoned with: the two shares that it lies between.
  EXPECT_EQ(share_of(R"({"exact":33.3333333})"), "33.333333%-33.333334%");
  EXPECT_EQ(share_of(R"({"minimum":25,"maximum":50})"), "25%-50%");
  EXPECT_EQ(share_of(R"({"exclusiveMinimum":50,"exclusiveMaximum":75})"), ">50%-<75%");
  EXPECT_EQ(share_of(R"({"exclusiveMinimum":25,"maximum":50})"), ">25%-50%");
  EXPECT_EQ(share_of(R"({"minimum":75})"), "75%-100%");
  EXPECT_EQ(share_of(R"({"maximum":10})"), "0%-10%");
  EXPECT_EQ(share_of("{}"), "?");
  // 0.2 and 0.3 say by a truth whether the bounds belong to it.
  EXPECT_EQ(
      share_of(R"({"minimum":25,"maximum":50,"exclusiveMinimum":true,"exclusiveMaximum":false})"),
      ">25%-50%");
}

TEST(BodsStatement, AShareThatCannotBeIsNotKnownAndTold) {
  for (const char* share : {R"({"exact":101})", R"({"exact":-1})", R"({"exact":"50"})", "50", "[]",
                            R"({"minimum":60,"maximum":40})", R"({"minimum":1e300})"}) {
    const auto read = read_bods_statement(relation("r", "a", "b", holding(share)));
    ASSERT_TRUE(read) << share;
    EXPECT_EQ(read->relations.at(0).interests.at(0).share, std::nullopt) << share;
    EXPECT_NE(read->doubt, "") << share;
  }
}

TEST(BodsStatement, InterestsAreSharesOrMayBeOrControl) {
  const auto read = read_bods_statement(relation(
      "r", "a", "b",
      R"([{"type":"shareholding","directOrIndirect":"direct","startDate":"2020-05-01","endDate":"2021-02-03"},)"
      R"({"type":"votingRights","directOrIndirect":"indirect","share":{"exact":80}},)"
      R"({"type":"boardMember"},{"type":"a-new-word"}])",
      "2021-03-01", "updated", R"(,"componentRecords":["r1","r2"])"));
  ASSERT_TRUE(read);
  const StatedRelation& one = read->relations.at(0);
  ASSERT_EQ(one.interests.size(), 4U);
  EXPECT_EQ(one.interests[0].nature, InterestNature::kShare);
  EXPECT_EQ(one.interests[0].way, InterestWay::kDirect);
  EXPECT_EQ(one.interests[0].held.from, day("2020-05-01"));
  EXPECT_EQ(one.interests[0].held.until, day("2021-02-03"));  // from which it ceased
  EXPECT_EQ(one.interests[1].nature, InterestNature::kMaybeShare);
  EXPECT_EQ(one.interests[1].way, InterestWay::kIndirect);
  EXPECT_EQ(one.interests[1].share, std::nullopt);  // votes are no share
  EXPECT_EQ(one.interests[2].nature, InterestNature::kControl);
  EXPECT_EQ(one.interests[3].nature, InterestNature::kUnknown);
  EXPECT_THAT(one.components, ElementsAre("r1", "r2"));
  EXPECT_EQ(one.date, day("2021-03-01"));
  EXPECT_FALSE(one.closed);
}

TEST(BodsStatement, AnInterestedPartyMayHaveAReasonAlone) {
  const auto reason = [](const std::string& word) {
    return read_bods_statement(
        R"({"recordId":"r","recordType":"relationship","recordDetails":{"subject":"a",)"
        R"("interestedParty":{"reason":")" +
        word + R"("},"interests":[]}})");
  };
  EXPECT_EQ(reason("unknown")->relations.at(0).owner, "");
  EXPECT_EQ(reason("interestedPartyExemptFromDisclosure")->relations.size(), 1U);
  EXPECT_FALSE(reason("unknown")->relations.at(0).is_nobody);
  EXPECT_TRUE(reason("noBeneficialOwners")->relations.at(0).is_nobody);
}

TEST(BodsStatement, AnInterestThatEndsNoLaterThanItBeginsIsNotKnownAndTold) {
  for (const char* end : {"2020-05-01", "2019-05-01", "2019"}) {
    const auto read = read_bods_statement(
        relation("r", "a", "b",
                 holding(R"({"exact":60})",
                         R"(,"startDate":"2020-05-01","endDate":")" + std::string(end) + "\"")));
    ASSERT_TRUE(read) << end;
    EXPECT_EQ(read->doubt, "`endDate` is not after `startDate`") << end;
    EXPECT_TRUE(read->relations.at(0).interests.at(0).held.holds_on(day("2026-01-01"))) << end;
  }
}

TEST(BodsStatement, OfPeopleNamesAreTakenAndNothingElse) {
  const auto read = read_bods_statement(
      R"({"recordId":"p","recordType":"person","recordDetails":{"personType":"knownPerson",)"
      R"("names":[{"type":"former","fullName":"Ann Before"},{"type":"legal","fullName":"Ann Other"}],)"
      R"("identifiers":[{"scheme":"GBR-PASSPORT","id":"c4n4ry"}],"birthDate":"1970-01-01",)"
      R"("nationalities":[{"code":"GB"}],"addresses":[{"address":"c4n4ry"}]}})");
  ASSERT_TRUE(read);
  const StatedParty& party = read->parties.at(0);
  EXPECT_THAT(party.names, ElementsAre("Ann Other", "Ann Before"));
  EXPECT_THAT(party.identifiers, IsEmpty());
  EXPECT_EQ(party.country, "");
}

TEST(BodsStatement, OfOrganisationsIdentifiersAndCountryToo) {
  const auto read = read_bods_statement(entity(
      "a", "Acme",
      R"(,"alternateNames":["ACM"],"jurisdiction":{"name":"Scotland","code":"GB-SCT"},)"
      R"("identifiers":[{"scheme":"XI-LEI","id":"5299"},{"schemeName":"Our Register","id":"7"},{"id":"8"}])"));
  ASSERT_TRUE(read);
  const StatedParty& party = read->parties.at(0);
  EXPECT_THAT(party.names, ElementsAre("Acme", "ACM"));
  EXPECT_THAT(party.identifiers, ElementsAre("lei:5299", "our register:7"));
  EXPECT_EQ(party.country, "GB");
}

TEST(BodsStatement, WhoeverIsAnonymousOrUnknownHasNoNameWhateverStandsThere) {
  for (const char* type : {"anonymousPerson", "unknownPerson"}) {
    const auto read = read_bods_statement(
        R"({"recordId":"p","recordType":"person","recordDetails":{"personType":")" +
        std::string(type) + R"(","names":[{"fullName":"Unknown person"}]}})");
    EXPECT_THAT(read->parties.at(0).names, IsEmpty()) << type;
  }
  for (const char* type : {R"({"type":"anonymousEntity"})", R"("unknownEntity")"}) {
    const auto read = read_bods_statement(
        R"({"recordId":"e","recordType":"entity","recordDetails":{"entityType":)" +
        std::string(type) + R"(,"name":"Not disclosed"}})");
    EXPECT_THAT(read->parties.at(0).names, IsEmpty()) << type;
  }
}

TEST(BodsStatement, WhatIsNoneIsTold) {
  EXPECT_EQ(why_no_statement("{"), "it is no JSON object");
  EXPECT_EQ(why_no_statement(R"({"recordType":"person","recordDetails":{}})"),
            "`recordId` is missing, or is no text");
  EXPECT_EQ(why_no_statement(R"({"recordId":"a","recordType":"person"})"),
            "`recordDetails` is missing");
  EXPECT_EQ(why_no_statement(R"({"recordId":"a","recordType":"thing","recordDetails":{}})"),
            "`recordType` is none of `entity`, `person`, `relationship`");
  EXPECT_EQ(
      why_no_statement(
          R"({"recordId":"a","recordType":"relationship","recordDetails":{"interestedParty":"b"}})"),
      "`subject` is missing, or is no record's id");
  EXPECT_EQ(why_no_statement(
                R"({"recordId":"a","recordType":"relationship","recordDetails":{"subject":"b"}})"),
            "`interestedParty` is missing");
  EXPECT_EQ(
      why_no_statement(
          R"({"recordId":"a","recordType":"relationship","recordDetails":{"subject":"b","interestedParty":7}})"),
      "`interestedParty` is no record's id");
  EXPECT_EQ(
      why_no_statement(
          R"({"recordId":"a","recordType":"person","statementDate":"soon","recordDetails":{}})"),
      "`statementDate` is no date");
  EXPECT_THAT(why_no_statement(R"({"id":"a","schema":"Person","properties":{}})"),
              HasSubstr("a source of kind `ftm` reads those"));
}

TEST(OlderBods, StatementsOfVersions02And03AreReadByTheirOwnMembers) {
  const auto read = read_bods_statement(
      R"({"statementID":"s2","statementType":"ownershipOrControlStatement","statementDate":"2021-01-01",)"
      R"("subject":{"describedByEntityStatement":"e1"},)"
      R"("interestedParty":{"describedByPersonStatement":"p1"},)"
      R"("interests":[{"type":"shareholding","interestLevel":"direct","share":{"minimum":50,"maximum":75,"exclusiveMinimum":true}},)"
      R"({"type":"appointment-of-board"}],)"
      R"("replacesStatements":["s1"],"publicationDetails":{"bodsVersion":"0.2"}})");
  ASSERT_TRUE(read) << read.error().message;
  const StatedRelation& one = read->relations.at(0);
  EXPECT_EQ(one.subject, "e1");
  EXPECT_EQ(one.owner, "p1");
  EXPECT_EQ(one.since, day("2021-01-01"));
  EXPECT_EQ(share_range_text(*one.interests.at(0).share), ">50%-75%");
  EXPECT_EQ(one.interests.at(0).way, InterestWay::kDirect);
  EXPECT_EQ(one.interests.at(1).nature, InterestNature::kControl);
  EXPECT_EQ(read->replaced.at(0).statement, "s1");
  const auto company = read_bods_statement(
      R"({"statementID":"e2","statementType":"entityStatement","entityType":"registeredEntity","name":"Acme",)"
      R"("incorporatedInJurisdiction":{"code":"GB"},"replacesStatements":["e1"]})");
  EXPECT_THAT(company->parties.at(0).former, ElementsAre("e1"));
  EXPECT_EQ(company->parties.at(0).country, "GB");
}

TEST(OlderBods, AnUnspecifiedPartyIsSomebodyUnlessThereIsNone) {
  const auto unspecified = [](const std::string& reason) {
    return read_bods_statement(
        R"({"statementID":"s","statementType":"ownershipOrControlStatement",)"
        R"("subject":{"describedByEntityStatement":"e1"},"interestedParty":{"unspecified":{"reason":")" +
        reason + R"("}},"interests":[]})");
  };
  EXPECT_EQ(unspecified("unknown")->relations.at(0).owner, "");
  EXPECT_THAT(unspecified("no-beneficial-owners")->relations, IsEmpty());
  EXPECT_THAT(
      why_no_statement(
          R"({"statementID":"s","statementType":"entityStatement","publicationDetails":{"bodsVersion":"0.1"}})"),
      HasSubstr("of version `0.1`: 0.2, 0.3 and 0.4 are read"));
}

}  // namespace
}  // namespace tidewaiter
