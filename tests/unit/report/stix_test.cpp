// The STIX bundle of a report. Ids by Python's uuid and by RFC 9562; the schemas are those of a
// peer test (tests/interop/report).

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/report/report_stix.h"
#include "daemon/report/uuid5.h"
#include "tests/unit/report/small_report.h"

namespace tidewaiter {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

std::vector<json> objects_of(const Report& report, const std::string& type) {
  std::vector<json> all;
  const json bundle = json::parse(report_stix(report));
  for (const json& one : bundle["objects"]) {
    if (one["type"] == type) all.push_back(one);
  }
  return all;
}

/// As small_report(), of a profile that names nobody.
Report without_names() {
  Report report = small_report();
  report.profile = "facts";
  report.findings[0].subject = "subject 1";
  report.subjects[0].name = "subject 1";
  report.subjects[0].withheld = true;
  return report;
}

TEST(Uuid5, IsThatOfTheStandard) {
  constexpr UuidBytes domain_names{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
                                   0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
  // RFC 9562, appendix A.4; then lengths about those at which SHA-1 pads another block.
  EXPECT_EQ(uuid5(domain_names, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  EXPECT_EQ(uuid5(domain_names, std::string(39, 'y')), "2d7ca8dc-685f-5976-a484-45e117c234b7");
  EXPECT_EQ(uuid5(domain_names, std::string(40, 'y')), "b31f942e-dc87-58c7-b8b9-51825eb9fb8d");
  EXPECT_EQ(uuid5(domain_names, std::string(200, 'x')), "ddcc691a-b8e2-53e5-b059-6a232874b2eb");
}

TEST(ReportStix, NamesAnAccountByTheRuleOfTheStandard) {
  Report report = small_report();
  report.subjects[0].name = report.findings[0].subject = "account:gateway/a";
  const auto accounts = objects_of(report, "user-account");
  ASSERT_EQ(accounts.size(), 1U);
  EXPECT_EQ(accounts[0]["user_id"], "account:gateway/a");
  // uuid5 of {"user_id":"account:gateway/a"} in STIX's space, by Python.
  EXPECT_EQ(accounts[0]["id"], "user-account--2a981256-9070-53ff-a186-d7c66be1858f");
  report.id = "r-ba9876543210";
  EXPECT_EQ(objects_of(report, "user-account")[0]["id"], accounts[0]["id"]);
  EXPECT_NE(objects_of(report, "note")[0]["id"], objects_of(small_report(), "note")[0]["id"]);
}

TEST(ReportStix, SaysWhatWasSeenOfWhom) {
  Report report = small_report();
  report.subjects[0].name = report.findings[0].subject = "account:gateway/a";
  report.findings[0].records = 7;
  const auto observed = objects_of(report, "observed-data");
  const auto account = objects_of(report, "user-account").at(0)["id"];
  ASSERT_EQ(observed.size(), 1U);
  EXPECT_EQ(observed[0]["object_refs"], json::array({account}));
  EXPECT_EQ(observed[0]["number_observed"], 7);
  EXPECT_EQ(observed[0]["first_observed"], "2026-10-05T08:00:00.000Z");
  EXPECT_EQ(observed[0]["last_observed"], "2026-10-06T08:00:00.000Z");
  EXPECT_EQ(objects_of(report, "grouping").at(0)["object_refs"],
            json::array({account, observed[0]["id"]}));
  const json note = objects_of(report, "note").at(0);
  EXPECT_EQ(note["object_refs"], json::array({observed[0]["id"]}));
  EXPECT_THAT(note["content"].get<std::string>(), HasSubstr("potential violation"));
  EXPECT_THAT(note["content"].get<std::string>(), HasSubstr("model = (withheld)"));
  EXPECT_TRUE(objects_of(report, "indicator").empty());
}

TEST(ReportStix, TakesASubjectThatIsNoAccountForAnIdentity) {
  const auto identities = objects_of(small_report(), "identity");
  ASSERT_EQ(identities.size(), 2U);
  EXPECT_EQ(identities[0]["name"], "small.example/ledger");
  EXPECT_EQ(identities[1]["name"], "=account:شركة/Игорь");
  EXPECT_EQ(identities[1]["identity_class"], "unknown");
  EXPECT_TRUE(objects_of(small_report(), "observed-data").empty());
}

TEST(ReportStix, TakesAnAccountWithSomethingElseForAnIdentity) {
  Report report = small_report();
  report.subjects[0].name = report.findings[0].subject = "account:gw/a + model:m";
  EXPECT_TRUE(objects_of(report, "user-account").empty());
  report.subjects[0].name = report.findings[0].subject = "account:gw/a\\ +\\ b";
  EXPECT_EQ(objects_of(report, "user-account").size(), 1U);
}

TEST(ReportStix, NamesNobodyWhomTheProfileWithholds) {
  for (const char* const type : {"user-account", "observed-data", "grouping"}) {
    EXPECT_TRUE(objects_of(without_names(), type).empty()) << type;
  }
  EXPECT_THAT(report_stix(without_names()), Not(HasSubstr("Игорь")));
  const json report = objects_of(without_names(), "report").at(0);
  EXPECT_EQ(report["report_types"], json::array({"threat-report"}));
  EXPECT_EQ(objects_of(without_names(), "note").at(0)["object_refs"], json::array({report["id"]}));
}

TEST(ReportStix, RevokesTheReportThatItCorrects) {
  Report earlier = small_report();
  earlier.id = "r-ba9876543210";
  earlier.drawn = kMonday - kDay;
  earlier.handling = "TLP:GREEN";
  const json before = objects_of(earlier, "report").at(0);
  Report report = small_report();
  report.follows = small_following("corrects");
  const json versions = objects_of(report, "report");
  ASSERT_EQ(versions.size(), 2U);
  const json& own = versions[0].contains("revoked") ? versions[1] : versions[0];
  const json& revoked = versions[0].contains("revoked") ? versions[0] : versions[1];
  // A new version of that very object, by its creator: STIX 2.1, section 3.6.
  for (const char* const member : {"id", "created", "created_by_ref", "object_marking_refs"}) {
    EXPECT_EQ(revoked[member], before[member]) << member;
  }
  EXPECT_EQ(revoked["modified"], "2026-10-05T08:00:00.000Z");
  EXPECT_EQ(revoked["revoked"], true);
  // The identity that made it stands as it stood.
  const json houses = objects_of(report, "identity");
  EXPECT_THAT(houses, testing::Contains(objects_of(earlier, "identity").at(0)));
  const json link = objects_of(report, "relationship").at(0);
  EXPECT_EQ(link["relationship_type"], "related-to");
  EXPECT_EQ(link["source_ref"], own["id"]);
  EXPECT_EQ(link["target_ref"], before["id"]);
  EXPECT_THAT(link["description"].get<std::string>(), HasSubstr(to_hex(sha256("manifest"))));
  EXPECT_EQ(objects_of(report, "marking-definition").size(), 2U);
}

TEST(ReportStix, LetsTheReportStandThatItSupplements) {
  Report report = small_report();
  report.follows = small_following("supplements");
  EXPECT_EQ(objects_of(report, "report").size(), 1U);
  EXPECT_EQ(objects_of(report, "relationship").size(), 1U);
  EXPECT_EQ(objects_of(report, "marking-definition").size(), 1U);
  EXPECT_THAT(report_stix(report), Not(HasSubstr("revoked")));
}

TEST(ReportStix, MarksEveryObjectByTlp2) {
  const std::map<std::string, std::string> ids{
      {"TLP:RED", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"},
      {"TLP:AMBER+STRICT", "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"},
      {"TLP:AMBER", "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"},
      {"TLP:GREEN", "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"},
      {"TLP:CLEAR", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"}};
  for (const auto& [handling, id] : ids) {
    Report report = small_report();
    report.handling = handling;
    EXPECT_EQ(objects_of(report, "marking-definition").at(0)["name"], handling);
    const json bundle = json::parse(report_stix(report));
    for (const json& one : bundle["objects"]) {
      if (one["type"] == "marking-definition") {
        EXPECT_EQ(one["id"], id);
      } else {
        EXPECT_EQ(one["object_marking_refs"], json::array({id})) << one;
      }
    }
  }
}

}  // namespace
}  // namespace tidewaiter
