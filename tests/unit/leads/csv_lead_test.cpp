#include "daemon/leads/csv_lead.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

LeadFile table_of(const std::string& table) {
  auto lead = read_csv_lead(table, "tip.csv");
  EXPECT_TRUE(lead) << lead.error().message;
  return lead ? std::move(*lead) : LeadFile{};
}

TEST(CsvLead, NamesWhatItsColumnsAreAbout) {
  const LeadFile lead = table_of(
      "Account ID,organisation,api-key,End User,email,Domain,IP address,subject\n"
      "acct-17,org-1,key_1,u-1,Jo@Example.ORG,Example.ORG,198.51.100.7/32,account:api/x\n"
      "acct-18,,,,,,2001:DB8:0:0::1,\n"
      " acct-17 ,,,,,,198.51.100.77/26,\n");
  EXPECT_THAT(lead.subjects,
              UnorderedElementsAre("acct-17", "acct-18", "org-1", "key_1", "u-1", "Jo@example.org",
                                   "example.org", "198.51.100.7", "2001:db8::1", "198.51.100.64/26",
                                   "account:api/x"));
  EXPECT_THAT(lead.read, ElementsAre(Pair("account", 3), Pair("api_key", 1), Pair("domain-name", 1),
                                     Pair("email-addr", 1), Pair("end_user", 1), Pair("ip-addr", 3),
                                     Pair("organization", 1), Pair("subject", 1)));
  EXPECT_THAT(lead.unread, IsEmpty());
  EXPECT_EQ(lead.handling, "");
}

TEST(CsvLead, ReadsOtherDelimitersQuotesAndLineEnds) {
  for (const char* const table :
       {"\xEF\xBB\xBF\"user_id\";name\r\n\"acct;\"\"17\"\"\";x\r\n\r\nacct-18;\"two\r\nlines\"\r\n",
        "user_id\tname\n\"acct;\"\"17\"\"\"\tx\nacct-18\t\"two\nlines\""}) {
    const LeadFile lead = table_of(table);
    EXPECT_THAT(lead.subjects, ElementsAre("acct-18", "acct;\"17\"")) << table;
    EXPECT_THAT(lead.unread, ElementsAre(Pair("column name", 1))) << table;
  }
}

TEST(CsvLead, CountsWhatNamesNobody) {
  const LeadFile lead = table_of(
      "account,ip,seen on,\xC3\xA9\n"
      "acct-17,198.51.100.300,2026-10-01,x\n"
      "acct\"18,198.51.100.8,,\n"
      ",,2026-10-02,y\n"
      "acct-19,198.51.100.0/33,,,acct-20\n"
      "a\x01,,,\n");
  EXPECT_THAT(lead.subjects, ElementsAre("acct-17", "acct-19"));
  EXPECT_THAT(
      lead.unread,
      ElementsAre(Pair("account with a value that is none", 1), Pair("column of another name", 1),
                  Pair("column seen_on", 1), Pair("ip-addr with a value that is none", 2),
                  Pair("row that is no CSV", 1), Pair("row that names none", 1),
                  Pair("row with more cells than columns", 1)));
}

// A table without a first line of names is told, and no row of it is taken for one that was read.
TEST(CsvLead, NamesNobodyWithoutNamesOfColumns) {
  const LeadFile lead = table_of("acct-17,x\nacct-18,y\n");
  EXPECT_THAT(lead.subjects, IsEmpty());
  EXPECT_THAT(lead.unread, ElementsAre(Pair("column acct_17", 1), Pair("column x", 1),
                                       Pair("row that names none", 1)));
  EXPECT_THAT(table_of("").unread, IsEmpty());
}

TEST(CsvLead, KeepsTheStrictestMarking) {
  const LeadFile both = table_of("account,TLP\na,TLP:GREEN\nb,Amber+Strict\n");
  EXPECT_EQ(both.handling, "TLP:AMBER+STRICT");
  EXPECT_TRUE(both.wholly_marked);
  EXPECT_EQ(table_of("account,handling\na,white\n").handling, "TLP:CLEAR");
  const LeadFile part = table_of("account,tlp\na,green\nb,\n");
  EXPECT_EQ(part.handling, "TLP:GREEN");
  EXPECT_FALSE(part.wholly_marked) << "one row has none";
  const LeadFile other = table_of("account,marking\na,green\nb,internal\n");
  EXPECT_EQ(other.unknown_markings, 1);
  EXPECT_FALSE(other.wholly_marked);
  EXPECT_THAT(other.unread, ElementsAre(Pair("marking that is no TLP", 1)));
}

TEST(CsvLead, RefusesWhatItCannotTellTheRowsOf) {
  const auto open = read_csv_lead("account\nacct-17\n\"acct-18\nacct-19\n", "tip.csv");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(open.error().where, "tip.csv:3");
  EXPECT_THAT(open.error().message, HasSubstr("a quote that is not closed"));
  EXPECT_FALSE(read_csv_lead("account\n\"" + std::string(70'000, 'a') + "\n\"\n", "tip.csv"));
  // Else the first row would be taken for the names.
  const auto names = read_csv_lead("acc\"ount\nacct-17\n", "tip.csv");
  ASSERT_FALSE(names);
  EXPECT_EQ(names.error().where, "tip.csv:1");
  const auto latin = read_csv_lead("account\nacct-17\nJos\xE9\n", "tip.csv");
  ASSERT_FALSE(latin);
  EXPECT_EQ(latin.error().where, "tip.csv:3");
  EXPECT_THAT(latin.error().message, HasSubstr("UTF-8"));
}

TEST(CsvLead, IsKnownByItsName) {
  EXPECT_TRUE(is_csv("tip.CSV"));
  EXPECT_FALSE(is_csv("csv"));
  EXPECT_FALSE(is_csv("tip.csv.gz"));
}

}  // namespace
}  // namespace tidewaiter
