// Records with addresses of MaxMind's test databases, against the sources that these are made of.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/enrich/address_enricher.h"
#include "policies/language/ip_network.h"
#include "policies/model/field_catalogue.h"
#include "policies/model/ip_text.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

fs::path test_databases() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment on one thread
  const char* const shared = std::getenv("TIDEWAITER_SHARED");
  return fs::path(shared != nullptr ? shared : TIDEWAITER_SOURCE_DIR "/../shared") /
         "data/ip/maxmind-db-test-data";
}

/// The first address of each network that holds no more special one, and its record.
std::vector<std::pair<std::string, nlohmann::json>> records_of(const std::string& name) {
  std::ifstream file(test_databases() / "source-data" / (name + ".json"));
  const nlohmann::json networks = nlohmann::json::parse(file);
  std::map<std::string, std::pair<int, nlohmann::json>> longest;
  for (const nlohmann::json& one : networks) {
    for (const auto& [network, record] : one.items()) {
      const std::size_t slash = network.find('/');
      const int prefix = std::stoi(network.substr(slash + 1));
      auto& [known, kept] = longest[network.substr(0, slash)];
      if (prefix < known) continue;
      known = prefix;
      kept = record;
    }
  }
  std::vector<std::pair<std::string, nlohmann::json>> records;
  for (auto& [address, one] : longest) {
    const auto canonical = canonical_ip(address);
    if (canonical) records.emplace_back(*canonical, std::move(one.second));
  }
  return records;
}

TEST(SharedEnrichment, AgreesWithTheSourcesOfTheDatabases) {
  if (!fs::is_directory(test_databases())) GTEST_SKIP() << "no test databases";
  struct Case {
    std::string name;
    FieldId field;
    std::int64_t compared = 0;
  };
  std::vector<Case> cases = {{"GeoIP2-Country-Test", field_id("client.country")},
                             {"GeoLite2-ASN-Test", field_id("client.asn")},
                             {"GeoIP2-Anonymous-IP-Test", field_id("client.anonymizer")}};
  for (Case& one : cases) {
    AddressFile file;
    file.path = test_databases() / "test-data" / (one.name + ".mmdb");
    file.gives_country = one.field == field_id("client.country");
    file.gives_asn = one.field == field_id("client.asn");
    file.gives_anonymizer = one.field == field_id("client.anonymizer");
    const auto opened = AddressEnricher::open({{file}});
    ASSERT_TRUE(opened) << opened.error().message;
    const UtcTime built = (*opened)->files().front().built;
    for (const auto& [address, source] : records_of(one.name)) {
      Record record;
      record.time = built;
      set_value(record, field_id("client.address"), address);
      (*opened)->enrich(record);
      Value expected;
      if (file.gives_country && source.contains("country")) {
        expected = source["country"]["iso_code"].get<std::string>();
      } else if (file.gives_asn && source.contains("autonomous_system_number")) {
        expected = source["autonomous_system_number"].get<std::int64_t>();
      } else if (file.gives_anonymizer) {
        const auto is = [&source = source](const char* member) { return source.contains(member); };
        expected = std::string(is("is_tor_exit_node")       ? "tor"
                               : is("is_anonymous_vpn")     ? "vpn"
                               : is("is_public_proxy")      ? "proxy"
                               : is("is_residential_proxy") ? "proxy"
                               : is("is_hosting_provider")  ? "hosting"
                                                            : "none");
      }
      const Value* const got = find_value(record, one.field);
      EXPECT_EQ(got == nullptr ? Value() : *got, expected) << one.name << ' ' << address;
      ++one.compared;
    }
    EXPECT_GT(one.compared, 5) << one.name;
    std::cout << one.name << ": " << one.compared << " addresses compared\n";
  }
}

}  // namespace
}  // namespace tidewaiter
