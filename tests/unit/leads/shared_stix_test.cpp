// Examples of OASIS (cti-stix2-json-schemas): what they name, as counted by hand and by a regular
// expression of another language over their patterns.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/leads/stix_lead.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::Pair;
using testing::UnorderedElementsAre;

std::string example(const std::string& name) {
  const char* const shared = std::getenv("TIDEWAITER_SHARED");
  std::ifstream file(std::string(shared == nullptr ? "" : shared) + "/specs/stix/examples/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

constexpr UtcTime kReceived{1'388'534'400'000'000};  // 2014-01-01T00:00:00Z

#define SKIP_WITHOUT(text)                                                           \
  if ((text).empty()) {                                                              \
    GTEST_SKIP() << "skipped: there are no examples of STIX; set TIDEWAITER_SHARED"; \
  }

TEST(StixOfOthers, NamesTheNetworksAndDomainsOfApt1) {
  const std::string text = example("threat-reports/apt1.json");
  SKIP_WITHOUT(text);
  const auto lead = read_stix_lead(text, "apt1.json", kReceived);
  ASSERT_TRUE(lead) << lead.error().message;
  EXPECT_THAT(lead->subjects,
              ElementsAre("112.64.0.0/15", "139.226.0.0/15", "223.166.0.0/15", "58.246.0.0/15",
                          "arrowservice.net", "hugesoft.org", "msnhome.org"));
  EXPECT_THAT(lead->read, ElementsAre(Pair("domain-name", 3), Pair("ipv4-addr", 4)));
  EXPECT_THAT(lead->unread,
              UnorderedElementsAre(Pair("intrusion-set", 1), Pair("threat-actor", 5),
                                   Pair("identity", 4), Pair("malware", 6), Pair("tool", 10),
                                   Pair("attack-pattern", 7), Pair("report", 1),
                                   Pair("relationship", 30), Pair("comparison of file", 3),
                                   Pair("comparison of x509-certificate", 4)));
}

TEST(StixOfOthers, NamesTheAddressesOfPoisonIvy) {
  const std::string text = example("threat-reports/poisonivy.json");
  SKIP_WITHOUT(text);
  const auto lead = read_stix_lead(text, "poisonivy.json", kReceived);
  ASSERT_TRUE(lead) << lead.error().message;
  EXPECT_EQ(lead->subjects.size(), 43U);
  EXPECT_THAT(lead->subjects, IsSupersetOf({"101.78.151.179", "3q.wubangtu.info", "60.1.1.114"}));
  EXPECT_THAT(lead->read, ElementsAre(Pair("domain-name", 25), Pair("ipv4-addr", 40)));
  EXPECT_THAT(lead->unread, testing::Contains(Pair("comparison of file", 2)));
}

TEST(StixOfOthers, NamesObservablesAndKeepsTheMarkingOfOneObject) {
  const std::string text = example("infrastructure.json");
  SKIP_WITHOUT(text);
  const auto lead = read_stix_lead(text, "infrastructure.json", kReceived);
  ASSERT_TRUE(lead) << lead.error().message;
  EXPECT_THAT(lead->subjects, ElementsAre("198.51.100.3", "example.com"));
  const auto marked =
      read_stix_lead(example("interop-objectmarking-test.json"), "marked.json", kReceived);
  ASSERT_TRUE(marked) << marked.error().message;
  EXPECT_EQ(marked->handling, "TLP:RED");
  EXPECT_THAT(marked->unread,
              UnorderedElementsAre(Pair("campaign", 1), Pair("marking that is no TLP", 1)));
}

}  // namespace
}  // namespace tidewaiter
