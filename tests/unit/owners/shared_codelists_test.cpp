// The codelists and the model that the standards themselves publish, against what is read.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/sources/bods/bods_statement.h"
#include "daemon/sources/csv_reader.h"
#include "daemon/sources/ftm/ftm_entity.h"
#include "owner_files.h"

namespace tidewaiter {
namespace {

std::filesystem::path shared_folder() {
  const char* const shared = std::getenv("TIDEWAITER_SHARED");
  return shared != nullptr ? std::filesystem::path(shared)
                           : std::filesystem::path(TIDEWAITER_SOURCE_DIR) / ".." / "shared";
}

/// The first column of a codelist; none if it is not there.
std::vector<std::string> codes(const std::string& name) {
  std::vector<std::string> out;
  std::ifstream file(shared_folder() / "specs/bods/schema/codelists" / (name + ".csv"));
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const std::string code = line.substr(0, line.find(','));
    const bool is_code = !code.empty() && code.find_first_of(" \"\r") == std::string::npos;
    if (is_code) out.push_back(code);
  }
  return out;
}

TEST(SharedCodelists, EveryTypeOfInterestIsAShareOrMayBeOrControls) {
  const std::vector<std::string> types = codes("interestType");
  if (types.empty()) GTEST_SKIP() << "no codelists";
  ASSERT_EQ(types.size(), 23U);
  std::set<std::string> control;
  std::set<std::string> share;
  for (const std::string& type : types) {
    const auto read = read_bods_statement(
        relation("r", "a", "b", R"([{"type":")" + type + R"(","share":{"exact":50}}])"));
    ASSERT_TRUE(read) << type;
    const InterestNature nature = read->relations.at(0).interests.at(0).nature;
    if (nature == InterestNature::kControl) control.insert(type);
    if (nature == InterestNature::kShare) share.insert(type);
  }
  EXPECT_EQ(share, std::set<std::string>{"shareholding"});
  // By the page: whoever has these owns nothing by them.
  EXPECT_EQ(control,
            (std::set<std::string>{"appointmentOfBoard", "otherInfluenceOrControl",
                                   "seniorManagingOfficial", "trustee", "protector",
                                   "rightsGrantedByContract", "controlViaCompanyRulesOrArticles",
                                   "controlByLegalFramework", "boardMember", "boardChair"}));
}

TEST(SharedCodelists, EveryReasonButOneStandsForSomebody) {
  const std::vector<std::string> reasons = codes("unspecifiedReason");
  if (reasons.empty()) GTEST_SKIP() << "no codelists";
  ASSERT_EQ(reasons.size(), 7U);
  int nobody = 0;
  for (const std::string& reason : reasons) {
    const auto read = read_bods_statement(
        R"({"recordId":"r","recordType":"relationship","recordDetails":{"subject":"a",)"
        R"("interestedParty":{"reason":")" +
        reason + R"("}}})");
    ASSERT_TRUE(read) << reason;
    nobody += read->relations.at(0).is_nobody ? 1 : 0;
  }
  EXPECT_EQ(nobody, 1);
}

TEST(SharedCodelists, RecordTypesAndStatusesAreThoseOfTheStandard) {
  const std::vector<std::string> types = codes("recordType");
  if (types.empty()) GTEST_SKIP() << "no codelists";
  for (const std::string& type : types) {
    const auto read =
        read_bods_statement(R"({"recordId":"r","recordType":")" + type +
                            R"(","recordDetails":{"subject":"a","interestedParty":"b"}})");
    EXPECT_TRUE(read) << type << ": " << read.error().message;
  }
  const std::vector<std::string> statuses = codes("recordStatus");
  EXPECT_EQ(statuses.size(), 3U);
  for (const std::string& status : statuses) {
    const auto read = read_bods_statement(relation("r", "a", "b", "[]", "2020-01-01", status));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->relations.at(0).closed, status == "closed");
  }
}

TEST(SharedModel, WhatIsReadOfFollowTheMoneyIsInItsModel) {
  std::ifstream file(shared_folder() / "specs/ftm/defaultModel.json");
  if (!file) GTEST_SKIP() << "no model";
  const nlohmann::json schemata = nlohmann::json::parse(file).at("schemata");
  const auto has = [&](const std::string& schema, const std::string& property) {
    for (const auto& parent : schemata.at(schema).at("schemata")) {
      if (schemata.at(parent.get<std::string>()).at("properties").contains(property)) return true;
    }
    return false;
  };
  for (const char* const property : {"name", "alias", "leiCode", "innCode", "ogrnCode", "uscCode",
                                     "dunsCode", "imoNumber", "wikidataId", "uniqueEntityId",
                                     "jurisdiction", "country", "registrationNumber", "parent"}) {
    EXPECT_TRUE(has("Company", property)) << property;
  }
  for (const char* const property : {"owner", "asset", "percentage", "startDate", "endDate"}) {
    EXPECT_TRUE(has("Ownership", property)) << property;
  }
  EXPECT_TRUE(has("Directorship", "director") && has("Directorship", "organization"));
  EXPECT_TRUE(has("UnknownLink", "subject") && has("UnknownLink", "object"));
}

/// Each schema that is not abstract, by what its own ancestors say: those of legal entities give a
/// party, the three links of ownership and control a relation, all others neither.
TEST(SharedModel, EverySchemaIsAPartyALinkOrPassedOver) {
  std::ifstream file(shared_folder() / "specs/ftm/defaultModel.json");
  if (!file) GTEST_SKIP() << "no model";
  const nlohmann::json schemata = nlohmann::json::parse(file).at("schemata");
  std::set<std::string> parties;
  std::set<std::string> wanted{"Asset"};
  for (const auto& [name, schema] : schemata.items()) {
    nlohmann::json entity = {
        {"id", "x"}, {"schema", name}, {"properties", nlohmann::json::object()}};
    for (const char* const end :
         {"owner", "asset", "director", "organization", "subject", "object"}) {
      entity["properties"][end] = {"y"};
    }
    const auto read = read_ftm_entity(entity.dump());
    ASSERT_TRUE(read) << name << ": " << read.error().message;
    if (!read->parties.empty()) parties.insert(name);
    const bool link = name == "Ownership" || name == "Directorship" || name == "UnknownLink";
    EXPECT_EQ(!read->relations.empty(), link) << name;
    for (const auto& parent : schema.at("schemata")) {
      if (parent == "LegalEntity") wanted.insert(name);
    }
  }
  EXPECT_EQ(parties, wanted);
}

}  // namespace
}  // namespace tidewaiter
