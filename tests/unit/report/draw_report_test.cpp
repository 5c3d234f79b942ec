// What of a material a report is drawn with, by hand.

#include "daemon/report/draw_report.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/report/report_html.h"
#include "daemon/report/report_json.h"
#include "policies/screening/shipped_consequences.h"
#include "tests/unit/review/act_scene.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A hit of an account of `crm`, by the name `name` of its records.
ReportedParty hit_of(const std::string& account, const std::string& name) {
  ReportedParty party;
  party.list = "own";
  party.entry = "own:1";
  party.party = "Queen Bee Imports";
  party.listed = party.party;
  party.score = 1'000'000;
  party.source = "crm";
  party.account = account;
  party.field = "name";
  party.name = name;
  return party;
}

/// A report for the holder of an account, by `subjects`, about one finding with one listing.
Report drawn_about(const std::string& subject, ReportedListing listing, bool sees_evidence = true) {
  FindingState finding = ActScene::finding(1, subject);
  finding.run = {kMorning, kMorning + kDay};
  const auto book = CaseBook::make({finding}, {});
  EXPECT_TRUE(book);
  ReportMaterial material;
  material.book = &*book;
  material.about = &book->cases().front();
  material.listings.emplace(finding.id, std::move(listing));
  ReportRequest request;
  request.id = "r-0123456789ab";
  request.kind = report_kind("account-holder-notice");
  request.profile = redaction_profile("subjects");
  request.sees_evidence = sees_evidence;
  request.now = kMorning + kDay;
  return draw_report(request, material);
}

/// As drawn_about(), for a recipient who is not given `withholds`, with a figure that is a text.
Report drawn_for(std::vector<std::string> withholds, ReportedListing listing) {
  FindingState finding = ActScene::finding(1, "account:crm/a");
  finding.run = {kMorning, kMorning + kDay};
  finding.figures = {{"tag", ValueType::kString, Value(std::string("canary-figure"))}};
  const auto book = CaseBook::make({finding}, {});
  EXPECT_TRUE(book);
  ReportMaterial material;
  material.book = &*book;
  material.about = &book->cases().front();
  material.listings.emplace(finding.id, std::move(listing));
  ReportRequest request;
  request.id = "r-0123456789ab";
  request.kind = report_kind("referral");
  request.profile = redaction_profile("subjects");
  request.sees_evidence = true;
  request.now = kMorning + kDay;
  request.recipient = ReportRecipient{};
  request.recipient->id = "agency-4";
  request.recipient->profile = "subjects";
  request.recipient->withholds = std::move(withholds);
  return draw_report(request, material);
}

/// All that a reader sees of it.
std::string shown(const Report& report) { return report_html(report) + report_json(report); }

/// The account a is hit by its name, and b by that of its owner.
ReportedListing two_hit() {
  ReportedListing listing;
  listing.parties = {hit_of("a", "Zq Own Name"), hit_of("b", "Zq Owner Of B")};
  return listing;
}

TEST(DrawReport, HasTheNameOfTheAccountThatTheFindingIsAbout) {
  const Report report = drawn_about("account:crm/a", two_hit());
  const ReportedListing& listing = *report.findings.front().listing;
  ASSERT_EQ(listing.parties.size(), 2U);
  EXPECT_EQ(listing.parties[0].name, "Zq Own Name");
  EXPECT_EQ(listing.parties[1].name, "");
  EXPECT_EQ(listing.parties[1].field, "");
  EXPECT_EQ(listing.withheld, 1);
  EXPECT_THAT(shown(report), AllOf(HasSubstr("name: Zq Own Name"), Not(HasSubstr("Zq Owner")),
                                   HasSubstr("they are of accounts that are not the subject")));
}

// The case of one account goes on in that of another: each finding is told of whom it is about.
TEST(DrawReport, TellsFindingsOfAMergedCaseOfTheSubjectThatTheyAreAbout) {
  const ActScene scene;
  const auto about = [](std::int64_t index, const std::string& subject) {
    FindingState finding = ActScene::finding(index, subject);
    finding.run = {kMorning, kMorning + kDay};
    return finding;
  };
  const std::vector<FindingState> findings = {about(1, "account:crm/a"), about(2, "account:crm/b")};
  const auto apart = CaseBook::make(findings, {});
  ASSERT_TRUE(apart);
  const std::string a = std::ranges::find(apart->cases(), "account:crm/a", &Case::subject)->id;
  const std::string b = std::ranges::find(apart->cases(), "account:crm/b", &Case::subject)->id;
  const auto book = CaseBook::make(findings, std::vector{scene.recorded(3, "jo", a, Merged{b})});
  ASSERT_TRUE(book);
  ReportMaterial material;
  material.book = &*book;
  material.about = book->find(b);
  ASSERT_NE(material.about, nullptr);
  material.listings.emplace(findings[0].id, two_hit());
  ReportRequest request;
  request.id = "r-0123456789ab";
  request.kind = report_kind("account-holder-notice");
  request.profile = redaction_profile("subjects");
  request.sees_evidence = true;
  request.now = kMorning + kDay;
  const Report report = draw_report(request, material);
  ASSERT_EQ(report.findings.size(), 2U);
  for (const ReportedFinding& finding : report.findings) {
    EXPECT_EQ(finding.subject, finding.id == findings[0].id ? "account:crm/a" : "account:crm/b");
    // The hit of account a is told with a's finding, and not the one of b's owner.
    if (finding.listing) {
      EXPECT_EQ(finding.listing->parties[0].name, "Zq Own Name");
    }
  }
  ASSERT_EQ(report.subjects.size(), 2U);
  for (const ReportedSubject& subject : report.subjects) EXPECT_EQ(subject.findings, 1);

  request.profile = redaction_profile("facts");
  const Report nobody_named = draw_report(request, material);
  ASSERT_EQ(nobody_named.subjects.size(), 2U);
  EXPECT_EQ(nobody_named.subjects[0].name, "subject 1");
  EXPECT_EQ(nobody_named.subjects[1].name, "subject 2");
  EXPECT_NE(nobody_named.findings[0].subject, nobody_named.findings[1].subject);
}

// What is asked is public; of two records at two times of one law the party is told once.
TEST(DrawReport, SaysWhatTheListAsksForWhateverIsWithheld) {
  ReportedListing listing;
  ReportedParty party = hit_of("a", "Zq Own Name");
  const auto consequences = shipped_consequences("SDN");
  const std::vector<std::string> programs = {"SDGT"};
  party.follows = consequences->follow(programs, kMorning);
  party.licence = {"All items", "Denial"};
  ReportedParty later = party;
  later.follows = consequences->follow(programs, kMorning + kDay);
  listing.parties = {party, later};
  const Report report = drawn_about("account:crm/a", listing, false);
  ASSERT_EQ(report.findings.front().listing->parties.size(), 1U);
  EXPECT_THAT(report_html(report),
              AllOf(HasSubstr("What the list asks"), HasSubstr("block by SDGT (31 CFR chapter V"),
                    HasSubstr("Licences: All items; review: Denial")));
  const auto told = nlohmann::json::parse(
      report_json(report))["findings"][0]["listed"]["parties"][0]["consequences"]["told"][0];
  EXPECT_EQ(told["obligation"], "block");
  EXPECT_EQ(told["owned"]["share"], ">= 50%");
}

TEST(DrawReport, HasTheNameOfAnAccountThatIsAPartOfTheSubject) {
  const Report report = drawn_about("account:crm/b + country:SY", two_hit());
  EXPECT_THAT(shown(report),
              AllOf(HasSubstr("name: Zq Owner Of B"), Not(HasSubstr("Zq Own Name"))));
}

// One that is called after a is about b, too: the holder of a reads nothing of b's owner.
TEST(DrawReport, HasNoNameOfAnAccountOfACluster) {
  const Report report = drawn_about("cluster:crm/a", two_hit());
  const ReportedListing& listing = *report.findings.front().listing;
  // Without the names they are one hit; two names are withheld.
  EXPECT_EQ(listing.parties.size(), 1U);
  EXPECT_EQ(listing.withheld, 2);
  EXPECT_THAT(shown(report), AllOf(HasSubstr("Queen Bee Imports"), Not(HasSubstr("Zq Own"))));
}

TEST(DrawReport, HasNoNameOfAnAccountOfAnotherSubject) {
  EXPECT_THAT(shown(drawn_about("organization:crm/a", two_hit())), Not(HasSubstr("Zq Own")));
  // Of another source the account is another one.
  EXPECT_THAT(shown(drawn_about("account:gateway/a", two_hit())), Not(HasSubstr("Zq Own")));
  // A record that does not say whose it is.
  ReportedListing nobodys;
  nobodys.parties = {hit_of("", "Zq Own Name")};
  EXPECT_THAT(shown(drawn_about("account:crm/a", nobodys)), Not(HasSubstr("Zq Own")));
}

TEST(DrawReport, HasNoNameWhereWhoDrawsItMayNotSeeEvidence) {
  ReportedListing listing = two_hit();
  listing.grounds = {"Zq Own Name owns 60%"};
  listing.grounds_are_own = true;
  const Report report = drawn_about("account:crm/a", listing, false);
  EXPECT_EQ(report.findings.front().listing->withheld, 3);
  EXPECT_THAT(shown(report), AllOf(HasSubstr("who drew the report may not see evidence"),
                                   Not(HasSubstr("Zq Own"))));
}

TEST(DrawReport, HasWhatAnOwnershipRestsOnWhereAllOfItIsTheSubjects) {
  ReportedListing listing;
  listing.grounds = {"Zq Owner Of B owns 60%"};
  EXPECT_THAT(shown(drawn_about("account:crm/a", listing)), Not(HasSubstr("Zq Owner")));
  listing.grounds_are_own = true;
  EXPECT_THAT(shown(drawn_about("account:crm/a", listing)), HasSubstr("Zq Owner Of B owns 60%"));
}

// What the profile lets through, and the recipient is not given.
TEST(DrawReport, GivesARecipientLessThanTheProfile) {
  ReportedListing listing;
  listing.parties.push_back(hit_of("a", "canary-name"));
  EXPECT_THAT(shown(drawn_for({}, listing)),
              AllOf(HasSubstr("canary-figure"), HasSubstr("canary-name")));
  const Report less = drawn_for({"figures", "names"}, listing);
  EXPECT_THAT(shown(less), AllOf(Not(HasSubstr("canary-figure")), Not(HasSubstr("canary-name")),
                                 HasSubstr("account:crm/a"), HasSubstr("Queen Bee Imports")));
  ASSERT_GE(less.withheld.size(), 2U);
  EXPECT_EQ(less.withheld[0].what, "figures whose value is a text");
  EXPECT_EQ(less.withheld[0].by, "recipient agency-4");
  EXPECT_THAT(less.withheld[1].what, HasSubstr("names of accounts"));
  EXPECT_EQ(less.withheld[1].by, "recipient agency-4");
}

}  // namespace
}  // namespace tidewaiter
