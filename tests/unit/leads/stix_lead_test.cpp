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

StixLead read_objects(const std::string& objects) {
  auto lead = read_stix_lead(
      R"({"type": "bundle", "id": "bundle--1", "objects": [)" + objects + "]}", "tip.json");
  EXPECT_TRUE(lead) << lead.error().message;
  return lead ? std::move(*lead) : StixLead{};
}

TEST(StixLead, NamesAccountsAddressesAndDomains) {
  const StixLead lead = read_objects(
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
  const StixLead lead = read_objects(
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
  const StixLead lead = read_objects(
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
  const StixLead lead = read_objects(
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
  const StixLead other = marked(R"("marking-definition--0", 7)");
  EXPECT_EQ(other.handling, "");
  EXPECT_THAT(other.unread, testing::Contains(Pair("marking that is no TLP", 2)));
}

TEST(StixLead, KeepsMarkingsThatTheFileDefinesAndThoseOfParts) {
  const StixLead defined = read_objects(
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
  const auto broken = read_stix_lead("{\"type\": \"bundle\",\n  \"objects\": [x]}", "tip.json");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().where, "tip.json:2:15");
  EXPECT_EQ(where_json_breaks("{}"), std::nullopt);
  EXPECT_EQ(where_json_breaks(""), (TextPlace{1, 1}));
  EXPECT_EQ(where_json_breaks("[1,\n2,"), (TextPlace{2, 3}));
  EXPECT_EQ(where_json_breaks("[\"é中\" x]"), (TextPlace{1, 7}));
  EXPECT_EQ(where_json_breaks(std::string_view("[\n\0]", 4)), (TextPlace{2, 1}));
  const auto twice = read_stix_lead(R"({"type": "bundle", "type": "note"})", "tip.json");
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("`type` is there twice"));
  EXPECT_EQ(twice.error().where, "tip.json");
}

TEST(StixLead, RefusesJsonThatIsNoStix) {
  for (const char* const text :
       {"[]", "7", "{}", R"({"type": "bundle", "objects": {}})", R"({"rows": []})",
        R"({"type": "bundle", "spec_version": "2.0", "objects": []})", R"({"type": "note"})"}) {
    const auto lead = read_stix_lead(text, "tip.json");
    ASSERT_FALSE(lead) << text;
    EXPECT_THAT(lead.error().message, HasSubstr("expected a bundle of STIX 2.1")) << text;
  }
  EXPECT_TRUE(read_stix_lead(R"({"type": "bundle", "id": "bundle--1"})", "tip.json"));
  EXPECT_TRUE(is_stix_name("a/Tip.JSON"));
  EXPECT_TRUE(is_stix_name("tip.stix"));
  EXPECT_FALSE(is_stix_name("tip.pdf"));
}

}  // namespace
}  // namespace tidewaiter
