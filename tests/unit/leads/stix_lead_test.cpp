#include "daemon/leads/stix_lead.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/leads/json_place.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr UtcTime kReceived{1'791'194'400'000'000};  // 2026-10-05T10:00:00Z

LeadFile read_objects(const std::string& objects) {
  auto lead =
      read_stix_lead(R"({"type": "bundle", "id": "bundle--1", "objects": [)" + objects + "]}",
                     "tip.json", kReceived);
  EXPECT_TRUE(lead) << lead.error().message;
  return lead ? std::move(*lead) : LeadFile{};
}

TEST(StixLead, NamesAccountsAddressesAndDomains) {
  const LeadFile lead = read_objects(
      R"({"type": "user-account", "id": "user-account--1", "user_id": "acct-17", "account_login": "x"},
         {"type": "user-account", "id": "user-account--2", "account_login": "mallory"},
         {"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "198.51.100.7"},
         {"type": "ipv4-addr", "id": "ipv4-addr--2", "value": "198.51.100.7/32"},
         {"type": "ipv6-addr", "id": "ipv6-addr--1", "value": "2001:DB8:0:0::1"},
         {"type": "ipv6-addr", "id": "ipv6-addr--2", "value": "2001:db8::/32"},
         {"type": "email-addr", "id": "email-addr--1", "value": "Jo@example.org"},
         {"type": "domain-name", "id": "domain-name--1", "value": "Example.ORG"})");
  EXPECT_THAT(lead.subjects,
              UnorderedElementsAre("acct-17", "mallory", "198.51.100.7", "2001:db8::1",
                                   "2001:db8::/32", "Jo@example.org", "example.org"));
  EXPECT_THAT(lead.read,
              ElementsAre(Pair("domain-name", 1), Pair("email-addr", 1), Pair("ipv4-addr", 2),
                          Pair("ipv6-addr", 2), Pair("user-account", 2)));
  EXPECT_THAT(lead.unread, IsEmpty());
  EXPECT_EQ(lead.handling, "");
}

TEST(StixLead, CountsWhatNamesNobody) {
  const LeadFile lead = read_objects(
      R"({"type": "malware", "id": "malware--1"}, {"type": "malware", "id": "malware--2"},
         {"type": "x-house-account", "id": "x-house-account--1", "value": "acct-18"},
         {"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "198.51.100.300"},
         {"type": "ipv4-addr", "id": "ipv4-addr--2", "value": "2001:db8::1"},
         {"type": "ipv4-addr", "id": "ipv4-addr--3", "value": "198.51.100.0/33"},
         {"type": "ipv6-addr", "id": "ipv6-addr--3", "value": "::ffff:192.0.2.0/120"},
         {"type": "email-addr", "id": "email-addr--1", "value": "a\nacct-19"},
         {"type": "domain-name", "id": "domain-name--1", "value": "x[.]example", "defanged": true},
         {"type": "user-account", "id": "user-account--1", "display_name": "Jo"},
         {"type": "user-account", "id": "user-account--2", "user_id": "acct-20", "revoked": true},
         {"type": "user-account", "id": "user-account--2", "user_id": "acct-20"},
         {"type": "user-account", "id": "user-account--3", "user_id": "acct-21", "spec_version": "2.0"},
         {"type": "Not a type", "id": "x"}, 17)");
  EXPECT_THAT(lead.subjects, IsEmpty());
  EXPECT_THAT(lead.read, IsEmpty());
  EXPECT_THAT(lead.unread, UnorderedElementsAre(Pair("malware", 2), Pair("x-house-account", 1),
                                                Pair("ipv4-addr with a value that is none", 3),
                                                Pair("ipv6-addr with a value that is none", 1),
                                                Pair("email-addr with a value that is none", 1),
                                                Pair("domain-name that is defanged", 1),
                                                Pair("user-account that names none", 1),
                                                Pair("object that its creator revoked", 2),
                                                Pair("object of another STIX than 2.1", 1),
                                                Pair("object of no type", 1),
                                                Pair("value that is no object", 1)));
}

TEST(StixLead, ReadsWhatPatternsSayIsEqual) {
  const LeadFile lead = read_objects(
      R"({"type": "indicator", "id": "indicator--1", "pattern_type": "stix",
          "pattern": "[user-account:user_id IN ('a', 'b') OR ipv4-addr:value = '203.0.113.9'] AND [file:name = 'x']"},
         {"type": "indicator", "id": "indicator--2", "pattern_type": "stix",
          "pattern": "[user-account:user_id != 'c' AND user-account:display_name = 'Jo']"},
         {"type": "indicator", "id": "indicator--3", "pattern_type": "yara", "pattern": "rule x {}"},
         {"type": "indicator", "id": "indicator--4", "pattern_type": "stix", "pattern": "[x"})");
  EXPECT_THAT(lead.subjects, ElementsAre("203.0.113.9", "a", "b"));
  EXPECT_THAT(lead.unread,
              UnorderedElementsAre(Pair("comparison of file", 1),
                                   Pair("comparison of user-account that is not `=` or `IN`", 1),
                                   Pair("comparison of user-account", 1),
                                   Pair("indicator with a pattern that is not STIX's", 1),
                                   Pair("indicator with a pattern that cannot be read", 1)));
}

TEST(StixLead, ReadsTheOldFormOfObservedData) {
  const LeadFile lead = read_objects(
      R"({"type": "observed-data", "id": "observed-data--1", "spec_version": "2.1",
          "objects": {"0": {"type": "ipv4-addr", "value": "203.0.113.9"}, "1": {"type": "mutex"}}},
         {"type": "observed-data", "id": "observed-data--2", "object_refs": ["ipv4-addr--1"]})");
  EXPECT_THAT(lead.subjects, ElementsAre("203.0.113.9"));
  EXPECT_THAT(lead.unread, UnorderedElementsAre(Pair("mutex", 1), Pair("observed-data", 1)));
}

// Ids of STIX 2.1, section 7.2.1.4, and of OASIS's TLP 2.0 extension.
TEST(StixLead, KeepsTheStrictestMarking) {
  const auto marked = [](const std::string& refs) {
    return read_objects(R"({"type": "note", "id": "note--1", "object_marking_refs": [)" + refs +
                        "]}");
  };
  const std::string amber = R"("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82")";
  const std::string red_two = R"("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1")";
  const std::string white = R"("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9")";
  EXPECT_EQ(marked(white).handling, "TLP:CLEAR");
  EXPECT_EQ(marked(white + ", " + amber).handling, "TLP:AMBER");
  EXPECT_EQ(marked(amber + ", " + red_two).handling, "TLP:RED");
  const LeadFile other = marked(R"("marking-definition--0", 7)");
  EXPECT_EQ(other.handling, "");
  EXPECT_THAT(other.unread, testing::Contains(Pair("marking that is no TLP", 2)));
}

TEST(StixLead, KeepsMarkingsThatTheFileDefinesAndThoseOfParts) {
  const LeadFile defined = read_objects(
      R"({"type": "note", "id": "note--1", "granular_markings":
            [{"marking_ref": "marking-definition--7", "selectors": ["content"]}]},
         {"type": "marking-definition", "id": "marking-definition--7", "extensions":
            {"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":
              {"extension_type": "property-extension", "tlp_2_0": "amber+strict"}}},
         {"type": "marking-definition", "id": "marking-definition--8", "definition_type": "statement",
          "definition": {"statement": "Copyright"}})");
  EXPECT_EQ(defined.handling, "TLP:AMBER+STRICT");
  EXPECT_THAT(defined.unread,
              UnorderedElementsAre(Pair("note", 1), Pair("marking-definition that is no TLP", 1)));
  // What is taken back was marked all the same.
  EXPECT_EQ(
      read_objects(R"({"type": "note", "id": "note--1", "revoked": true, "object_marking_refs":
      ["marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"]})")
          .handling,
      "TLP:RED");
}

TEST(StixLead, TellsWhereAFileStopsBeingJson) {
  const auto broken =
      read_stix_lead("{\"type\": \"bundle\",\n  \"objects\": [x]}", "tip.json", kReceived);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().where, "tip.json:2:15");
  EXPECT_EQ(where_json_breaks("{}"), std::nullopt);
  EXPECT_EQ(where_json_breaks(""), (TextPlace{1, 1}));
  EXPECT_EQ(where_json_breaks("[1,\n2,"), (TextPlace{2, 3}));
  EXPECT_EQ(where_json_breaks("[\"é中\" x]"), (TextPlace{1, 7}));
  EXPECT_EQ(where_json_breaks(std::string_view("[\n\0]", 4)), (TextPlace{2, 1}));
  const auto twice = read_stix_lead(R"({"type": "bundle", "type": "note"})", "tip.json", kReceived);
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("`type` is there twice"));
  EXPECT_EQ(twice.error().where, "tip.json");
}

TEST(StixLead, RefusesJsonThatIsNoStix) {
  for (const char* const text :
       {"[]", "7", "{}", R"({"type": "bundle", "objects": {}})", R"({"rows": []})",
        R"({"type": "bundle", "spec_version": "2.0", "objects": []})", R"({"type": "note"})"}) {
    const auto lead = read_stix_lead(text, "tip.json", kReceived);
    ASSERT_FALSE(lead) << text;
    EXPECT_THAT(lead.error().message, HasSubstr("expected a bundle of STIX 2.1")) << text;
  }
  EXPECT_TRUE(read_stix_lead(R"({"type": "bundle", "id": "bundle--1"})", "tip.json", kReceived));
}

TEST(StixLead, IsWhatItsNameOrItsTypeSays) {
  EXPECT_TRUE(is_stix("tip.STIX", "{"));
  EXPECT_TRUE(is_stix("a/Tip.JSON", R"({"objects": [], "type": "bundle"})"));
  EXPECT_FALSE(is_stix("tip.pdf", R"({"type": "bundle"})"));
  for (const char* const text : {R"({"rows": [{"type": "bundle"}]})", R"(["bundle"])", "{",
                                 R"({"type": "note", "id": "note--1"})", "", R"({"type": 7})"}) {
    EXPECT_FALSE(is_stix("export.json", text)) << text;
  }
}

// STIX 2.1, 10.2.1 (open vocabulary of indicator types) and 4.7.1 (`valid_until`).
TEST(StixLead, PassesOverWhatIndicatesNothingAnyMore) {
  const auto indicator = [](const std::string& account, const std::string& more) {
    return R"({"type": "indicator", "id": "indicator--)" + account +
           R"(", "pattern_type": "stix", "pattern": "[user-account:user_id = ')" + account +
           "']\"" + more + "}";
  };
  const LeadFile lead =
      read_objects(indicator("a", R"(, "indicator_types": ["benign"])") + "," +
                   indicator("b", R"(, "indicator_types": ["benign", "malicious-activity"])") +
                   "," + indicator("c", R"(, "indicator_types": [])") + "," +
                   indicator("d", R"(, "valid_until": "2026-10-05T10:00:00.000Z")") + "," +
                   indicator("e", R"(, "valid_until": "2026-10-05T10:00:00.001Z")"));
  EXPECT_THAT(lead.subjects, ElementsAre("b", "c", "e"));
  EXPECT_THAT(lead.unread,
              UnorderedElementsAre(Pair("indicator of what is benign", 1),
                                   Pair("indicator that held no more when the lead came", 1)));
}

// STIX 2.1, 3.6: of the versions of an object the one with the latest `modified` is current.
TEST(StixLead, ReadsTheLastVersionOfAnObject) {
  const auto version = [](const std::string& modified, const std::string& account) {
    return R"({"type": "indicator", "id": "indicator--1", "pattern_type": "stix", "modified": ")" +
           modified + R"(", "pattern": "[user-account:user_id = ')" + account + R"(']"})";
  };
  const LeadFile lead = read_objects(version("2026-10-02T00:00:00Z", "b") + "," +
                                     version("2026-10-03T00:00:00.5Z", "c") + "," +
                                     version("2026-10-01T00:00:00Z", "a"));
  EXPECT_THAT(lead.subjects, ElementsAre("c"));
  EXPECT_THAT(lead.unread, ElementsAre(Pair("object that its creator wrote anew", 2)));
}

TEST(StixLead, PassesOverVictims) {
  const LeadFile lead = read_objects(
      R"({"type": "user-account", "id": "user-account--1", "user_id": "victim"},
         {"type": "user-account", "id": "user-account--2", "user_id": "attacker"},
         {"type": "user-account", "id": "user-account--3", "user_id": "taken-back"},
         {"type": "relationship", "id": "relationship--1", "relationship_type": "targets",
          "source_ref": "user-account--2", "target_ref": "user-account--1"},
         {"type": "relationship", "id": "relationship--2", "relationship_type": "targets",
          "target_ref": "user-account--3", "revoked": true},
         {"type": "relationship", "id": "relationship--3", "relationship_type": "related-to",
          "target_ref": "user-account--2"})");
  EXPECT_THAT(lead.subjects, ElementsAre("attacker", "taken-back"));
  EXPECT_THAT(lead.unread, testing::Contains(Pair("user-account that somebody targets", 1)));
}

TEST(StixLead, NamesANetworkByItsFirstAddressAndADomainInLowerCase) {
  const LeadFile lead = read_objects(
      R"({"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "198.51.100.77/26"},
         {"type": "ipv4-addr", "id": "ipv4-addr--2", "value": "198.51.100.64/26"},
         {"type": "ipv4-addr", "id": "ipv4-addr--3", "value": "203.0.113.9/0"},
         {"type": "ipv6-addr", "id": "ipv6-addr--1", "value": "2001:db8:ffff::1/33"},
         {"type": "email-addr", "id": "email-addr--1", "value": "Jo@Example.ORG"})");
  EXPECT_THAT(lead.subjects, UnorderedElementsAre("198.51.100.64/26", "0.0.0.0/0",
                                                  "2001:db8:8000::/33", "Jo@example.org"));
}

constexpr const char* kClear = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";

std::string account_marked(const std::string& id, const std::string& markings) {
  return R"({"type": "user-account", "id": "user-account--)" + id + R"(", "user_id": ")" + id +
         R"(", "object_marking_refs": [)" + markings + "]}";
}

std::string quoted(const std::string& text) { return '"' + text + '"'; }

TEST(StixLead, TellsWhetherAllThatNamesSomebodyIsMarked) {
  EXPECT_TRUE(read_objects(account_marked("a", quoted(kClear))).wholly_marked);
  // A report that is marked says nothing of the objects beside it.
  const LeadFile partly =
      read_objects(R"({"type": "report", "id": "report--1", "object_marking_refs": [)" +
                   quoted(kClear) + "]}, " + account_marked("a", ""));
  EXPECT_EQ(partly.handling, "TLP:CLEAR");
  EXPECT_FALSE(partly.wholly_marked);
  // Nor does one of a part.
  EXPECT_FALSE(read_objects(R"({"type": "user-account", "id": "user-account--1", "user_id": "a",
                       "granular_markings": [{"marking_ref": ")" +
                            std::string(kClear) + R"(", "selectors": ["id"]}]})")
                   .wholly_marked);
  // What lies in observed data is marked with it.
  EXPECT_TRUE(read_objects(R"({"type": "observed-data", "id": "observed-data--1",
                       "object_marking_refs": [)" +
                           quoted(kClear) +
                           R"(], "objects": {"0": {"type": "domain-name", "value": "x.org"},
                                            "1": {"type": "domain-name", "value": "y.org"}}})")
                  .wholly_marked);
  const LeadFile stated =
      read_objects(account_marked("a", quoted(kClear) + ", " + quoted("marking-definition--8")) +
                   R"(, {"type": "marking-definition", "id": "marking-definition--8",
            "definition_type": "statement", "definition": {"statement": "Copyright"}})");
  EXPECT_FALSE(stated.wholly_marked);
  EXPECT_EQ(stated.unknown_markings, 0);
}

/// What a file is marked with that defines marking-definition--7 so, once or several times.
LeadFile marked_by(const std::vector<std::string>& definitions) {
  std::string objects = account_marked("a", quoted("marking-definition--7"));
  for (const std::string& one : definitions) {
    objects += R"(, {"type": "marking-definition", "id": "marking-definition--7", )" + one + "}";
  }
  return read_objects(objects);
}

TEST(StixLead, TakesTheStricterOfWhatAMarkingIsSaidToMean) {
  const std::string tlp_one = R"("definition_type": "tlp", "definition": {"tlp": ")";
  const auto extension = [](const std::string& more) {
    return R"("extensions": {"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {)" +
           more + "}}";
  };
  EXPECT_EQ(marked_by({tlp_one + "RED\"}"}).handling, "TLP:RED");
  EXPECT_EQ(marked_by({tlp_one + "red\"}, " + extension(R"("extension_type": "x")")}).handling,
            "TLP:RED");
  EXPECT_EQ(
      marked_by({tlp_one + "amber\"}, " + extension(R"("tlp_2_0": "Amber+Strict")")}).handling,
      "TLP:AMBER+STRICT");
  EXPECT_EQ(marked_by({tlp_one + "white\"}", tlp_one + "red\"}"}).handling, "TLP:RED");
  EXPECT_EQ(marked_by({tlp_one + "red\"}", tlp_one + "white\"}"}).handling, "TLP:RED");
}

TEST(StixLead, CountsMarkingsOfWhichNobodyKnowsWhoMayRead) {
  const std::string white = R"("definition_type": "tlp", "definition": {"tlp": "white"})";
  for (const std::string& unknown :
       {std::string(R"("definition_type": "tlp", "definition": {"tlp": "purple"})"),
        std::string(R"("definition_type": "tlp", "definition": {"tlp": 7})"),
        std::string(R"("extensions": {"extension-definition--1": {"internal": true}})"),
        std::string(R"("definition_type": "statement", "definition": {"statement": "x"},
                       "extensions": {"extension-definition--1": {"internal": true}})")}) {
    EXPECT_EQ(marked_by({unknown}).unknown_markings, 1) << unknown;
    EXPECT_EQ(marked_by({white, unknown}).unknown_markings, 1) << unknown;
    EXPECT_FALSE(marked_by({unknown, white}).wholly_marked) << unknown;
  }
  EXPECT_EQ(marked_by({}).unknown_markings, 1);
  EXPECT_EQ(marked_by({white}).unknown_markings, 0);
  EXPECT_TRUE(marked_by({white}).wholly_marked);
}

}  // namespace
}  // namespace tidewaiter
