// Published databases and lists of addresses, which lie beside the project.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/enrich/address_facts.h"
#include "daemon/enrich/mmdb_file.h"
#include "daemon/enrich/network_list.h"
#include "daemon/enrich/network_table.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

fs::path addresses() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): tests read the environment on one thread
  const char* const shared = std::getenv("TIDEWAITER_SHARED");
  return fs::path(shared != nullptr ? shared : TIDEWAITER_SOURCE_DIR "/../shared") / "data" / "ip";
}

class SharedAddresses : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(addresses())) {
      GTEST_SKIP() << "no lists at " << addresses() << "; set TIDEWAITER_SHARED";
    }
  }
  static fs::path databases() { return addresses() / "maxmind-db-test-data"; }
};

/// The last address of a network.
IpAddress last_of(const IpNetwork& network) {
  IpAddress out = network.base;
  for (int bit = network.prefix; bit < 128; ++bit) {
    auto& byte = out.bytes[static_cast<std::size_t>(bit / 8)];
    byte = static_cast<std::uint8_t>(byte | (0x80U >> static_cast<unsigned>(bit % 8)));
  }
  return out;
}

/// Its numbers as the format keeps them: doubles and floats come back as they went in, but a float
/// has 24 bits.
bool same(const nlohmann::json& got, const nlohmann::json& want) {
  if (want.is_number() && got.is_number()) {
    return got.get<double>() == want.get<double>() ||
           got.get<double>() == static_cast<double>(want.get<float>());
  }
  if (want.type() != got.type() || want.size() != got.size()) return false;
  if (want.is_object()) {
    return std::ranges::all_of(want.items(), [&got](const auto& member) {
      return got.contains(member.key()) && same(got[member.key()], member.value());
    });
  }
  if (!want.is_array()) return want == got;
  return std::equal(want.begin(), want.end(), got.begin(), same);
}

/// The networks of the source of a database, in its order.
std::vector<std::pair<IpNetwork, nlohmann::json>> source_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::pair<IpNetwork, nlohmann::json>> all;
  for (const auto& one : nlohmann::json::parse(in)) {
    for (const auto& [name, record] : one.items()) {
      std::string text = name;
      // Sources write the IPv4 addresses of an IPv6 database as ::a.b.c.d/96+n.
      if (text.starts_with("::") && text.find('.') != std::string::npos) {
        const std::size_t slash = text.find('/');
        text = text.substr(2, slash - 2) + "/" +
               std::to_string(std::stoi(text.substr(slash + 1)) - 96);
      }
      const auto network = parse_network(text);
      EXPECT_TRUE(network) << file << ": " << name;
      if (network) all.emplace_back(*network, record);
    }
  }
  return all;
}

/// Whether a network that the source names later has the address: it takes the place of what it
/// holds, also of a longer prefix.
bool is_told_later(const std::vector<std::pair<IpNetwork, nlohmann::json>>& source, std::size_t at,
                   const IpAddress& address) {
  return std::any_of(source.begin() + static_cast<std::ptrdiff_t>(at) + 1, source.end(),
                     [&](const auto& later) { return contains(later.first, address); });
}

TEST_F(SharedAddresses, DatabasesAnswerAsTheirSourcesSay) {
  int databases_read = 0;
  std::int64_t networks = 0;
  for (const auto& entry : fs::directory_iterator(databases() / "source-data")) {
    const fs::path database = databases() / "test-data" / (entry.path().stem().string() + ".mmdb");
    if (!fs::exists(database)) continue;  // one source has no database beside it
    const auto file = MmdbFile::open(database);
    ASSERT_TRUE(file) << file.error().message;
    ++databases_read;
    const auto source = source_of(entry.path());
    for (std::size_t i = 0; i < source.size(); ++i) {
      for (const IpAddress& address : {source[i].first.base, last_of(source[i].first)}) {
        if (is_told_later(source, i, address)) continue;
        const auto answer = file->find(address);
        ASSERT_TRUE(answer) << answer.error().message;
        ASSERT_TRUE(*answer) << database << " " << network_text(source[i].first);
        ASSERT_TRUE(same(*(*answer)->record, source[i].second))
            << database << " " << network_text(source[i].first) << "\n"
            << (*answer)->record->dump() << "\n"
            << source[i].second.dump();
        EXPECT_TRUE(contains((*answer)->network, address));
        ++networks;
      }
    }
  }
  std::cout << databases_read << " databases, " << networks << " answers\n";
  EXPECT_EQ(databases_read, 17);
  EXPECT_GT(networks, 3000);
}

TEST_F(SharedAddresses, BrokenDatabasesAreTold) {
  for (const char* name :
       {"GeoIP2-City-Test-Broken-Double-Format.mmdb", "GeoIP2-City-Test-Invalid-Node-Count.mmdb",
        "MaxMind-DB-test-broken-pointers-24.mmdb", "MaxMind-DB-test-broken-search-tree-24.mmdb"}) {
    const auto file = MmdbFile::open(databases() / "test-data" / name);
    if (!file) {
      EXPECT_EQ(file.error().code, ErrorCode::kInvalidInput) << name;
      continue;
    }
    // Whatever is asked: an answer, nothing, or that the database is not sound.
    int unsound = 0;
    for (const char* address : {"1.1.1.1", "1.1.1.16", "1.1.1.32", "2.125.160.216", "81.2.69.142",
                                "2001:218::1", "2001:220::1"}) {
      const auto answer = file->find(parse_ip(address).value());
      if (answer) continue;
      EXPECT_EQ(answer.error().code, ErrorCode::kCorruption) << name << " " << address;
      ++unsound;
    }
    // A search tree may be broken elsewhere than where it is asked.
    if (std::string_view(name).find("search-tree") == std::string_view::npos) {
      EXPECT_GT(unsound, 0) << name;
    }
  }
}

TEST_F(SharedAddresses, FactsOfPublishedDatabases) {
  const auto facts = [](const char* database, const char* address) {
    const auto file = MmdbFile::open(databases() / "test-data" / database);
    const auto answer = file->find(parse_ip(address).value());
    return address_facts(*(*answer)->record);
  };
  // By hand from the sources.
  EXPECT_EQ(facts("GeoLite2-ASN-Test.mmdb", "1.128.0.1").asn, 1221);
  EXPECT_EQ(facts("GeoLite2-ASN-Test.mmdb", "1.128.0.1").organization, "Telstra Pty Ltd");
  EXPECT_EQ(facts("GeoLite2-Country-Test.mmdb", "2.125.160.216").country, "GB");
  EXPECT_THAT(facts("GeoIP2-Anonymous-IP-Test.mmdb", "1.2.0.1").anonymizers,
              testing::ElementsAre("vpn"));
}

/// The rows of a compressed table, without its header.
std::vector<std::string> rows_of(const fs::path& file) {
  const TemporaryFolder folder;
  const fs::path plain = folder / "networks.csv";
  const std::string unpack = "zstd -q -d -f -o '" + plain.string() + "' '" + file.string() + "'";
  EXPECT_EQ(std::system(unpack.c_str()), 0);  // NOLINT(cert-env33-c): a tool of the tests' packages
  std::ifstream in(plain);
  std::vector<std::string> rows;
  std::string row;
  std::getline(in, row);
  while (std::getline(in, row)) rows.push_back(row);
  return rows;
}

/// The longest of the prefixes, each looked up by itself.
class ByPrefix {
 public:
  void add(const IpNetwork& network, std::uint32_t number) {
    networks_[network.prefix][network.base.bytes] = number;
  }
  [[nodiscard]] std::optional<std::uint32_t> find(const IpAddress& address) const {
    for (auto one = networks_.rbegin(); one != networks_.rend(); ++one) {
      IpAddress base = address;
      for (int bit = one->first; bit < 128; ++bit) {
        auto& byte = base.bytes[static_cast<std::size_t>(bit / 8)];
        byte = static_cast<std::uint8_t>(byte & ~(0x80U >> static_cast<unsigned>(bit % 8)));
      }
      if (const auto found = one->second.find(base.bytes); found != one->second.end()) {
        return found->second;
      }
    }
    return std::nullopt;
  }

 private:
  std::map<int, std::map<std::array<std::uint8_t, 16>, std::uint32_t>> networks_;
};

TEST_F(SharedAddresses, AllNetworksOfIpfireAreFoundByTheirLongestPrefix) {
  const std::vector<std::string> rows =
      rows_of(addresses() / "ipfire-libloc-2022" / "networks.csv.zst");
  EXPECT_EQ(rows.size(), 1'290'053U);
  std::vector<NumberedNetwork> networks;
  networks.reserve(rows.size());
  ByPrefix twin;
  for (const std::string& row : rows) {
    const auto network = parse_network(row.substr(0, row.find(',')));
    ASSERT_TRUE(network) << row;
    networks.push_back({*network, static_cast<std::uint32_t>(networks.size())});
    twin.add(networks.back().network, networks.back().number);
  }
  const NetworkTable table(networks);
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  std::mt19937_64 random(seed);
  for (int probe = 0; probe < 100'000; ++probe) {
    // Within a network, beside one, or anywhere.
    IpAddress address = networks[random() % networks.size()].network.base;
    const std::size_t from = probe % 3 == 0 ? 0 : 12 + random() % 4;
    for (std::size_t i = from; i < 16; ++i) {
      if (i < 10 || i >= 12) address.bytes[i] = static_cast<std::uint8_t>(random());
    }
    ASSERT_EQ(table.find(address), twin.find(address)) << "probe " << probe;
  }
}

TEST_F(SharedAddresses, PublishedListsAreReadWhole) {
  const auto exits = NetworkList::open(addresses() / "tor-nodes-2024" / "tor-exit-nodes.lst");
  ASSERT_TRUE(exits) << exits.error().message;
  EXPECT_EQ(exits->bad_lines(), 0);
  const auto centres = NetworkList::open(addresses() / "x4bnet" / "output__datacenter__ipv4.txt");
  ASSERT_TRUE(centres) << centres.error().message;
  EXPECT_EQ(centres->bad_lines(), 0);
  EXPECT_EQ(centres->size(), 42'566U);
}

}  // namespace
}  // namespace tidewaiter
