#include "daemon/enrich/network_table.h"

#include <cstdint>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

IpAddress ip(const std::string& text) { return parse_ip(text).value(); }

NumberedNetwork net(const std::string& text, std::uint32_t number) {
  return {parse_network(text).value(), number};
}

TEST(NetworkTable, TheLongestPrefixAnswers) {
  const NetworkTable table(
      {net("10.0.0.0/8", 1), net("10.1.0.0/16", 2), net("10.1.2.0/24", 3), net("10.1.2.7/32", 4)});
  EXPECT_EQ(table.size(), 4U);
  EXPECT_EQ(table.find(ip("10.0.0.0")), 1U);
  EXPECT_EQ(table.find(ip("10.1.0.0")), 2U);
  EXPECT_EQ(table.find(ip("10.1.2.6")), 3U);
  EXPECT_EQ(table.find(ip("10.1.2.7")), 4U);
  EXPECT_EQ(table.find(ip("10.1.2.8")), 3U);
  EXPECT_EQ(table.find(ip("10.1.3.0")), 2U);
  EXPECT_EQ(table.find(ip("10.2.0.0")), 1U);
  EXPECT_EQ(table.find(ip("9.255.255.255")), std::nullopt);
  EXPECT_EQ(table.find(ip("11.0.0.0")), std::nullopt);
}

TEST(NetworkTable, NeighboursAndTheEndsOfTheSpaceAreTheirOwn) {
  const NetworkTable table({net("192.0.2.0/25", 1), net("192.0.2.128/25", 2), net("0.0.0.0/32", 3),
                            net("255.255.255.255/32", 4), net("::/128", 5),
                            net("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", 6)});
  EXPECT_EQ(table.find(ip("192.0.2.127")), 1U);
  EXPECT_EQ(table.find(ip("192.0.2.128")), 2U);
  EXPECT_EQ(table.find(ip("192.0.3.0")), std::nullopt);
  EXPECT_EQ(table.find(ip("0.0.0.0")), 3U);
  EXPECT_EQ(table.find(ip("0.0.0.1")), std::nullopt);
  EXPECT_EQ(table.find(ip("255.255.255.255")), 4U);
  EXPECT_EQ(table.find(ip("::")), 5U);
  EXPECT_EQ(table.find(ip("::1")), std::nullopt);
  EXPECT_EQ(table.find(ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")), 6U);
}

TEST(NetworkTable, TheLaterOfTwoEntriesForOneNetworkStands) {
  const NetworkTable table({net("192.0.2.0/24", 1), net("192.0.2.0/24", 2)});
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(table.find(ip("192.0.2.9")), 2U);
}

TEST(NetworkTable, BitsBehindAPrefixDoNotCount) {
  const NetworkTable table({net("192.0.2.77/24", 1), net("2001:db8::1/32", 2)});
  EXPECT_EQ(table.find(ip("192.0.2.1")), 1U);
  EXPECT_EQ(table.find(ip("2001:db8:ffff::")), 2U);
}

TEST(NetworkTable, AnEmptyOneHasNoAnswer) {
  EXPECT_EQ(NetworkTable({}).find(ip("192.0.2.1")), std::nullopt);
}

TEST(NetworkTable, EverythingIsANetworkToo) {
  const NetworkTable table({net("::/0", 1), net("2001:db8::/32", 2)});
  EXPECT_EQ(table.find(ip("192.0.2.1")), 1U);
  EXPECT_EQ(table.find(ip("2001:db8::1")), 2U);
  EXPECT_EQ(table.find(ip("ffff::")), 1U);
}

/// Every network in turn.
std::optional<std::uint32_t> by_scan(const std::vector<NumberedNetwork>& networks,
                                     const IpAddress& address) {
  const NumberedNetwork* best = nullptr;
  for (const NumberedNetwork& one : networks) {
    if (!contains(one.network, address)) continue;
    if (best == nullptr || one.network.prefix >= best->network.prefix) best = &one;
  }
  return best == nullptr ? std::nullopt : std::optional(best->number);
}

TEST(NetworkTableProperty, AnswersAsAScanDoes) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  std::mt19937_64 random(seed);
  for (int round = 0; round < 40; ++round) {
    // Few addresses, so that networks nest and touch.
    const auto address = [&random] {
      IpAddress out =
          random() % 2 == 0 ? parse_ip("192.0.2.0").value() : parse_ip("2001:db8::").value();
      out.bytes[15] = static_cast<std::uint8_t>(random());
      out.bytes[14] = static_cast<std::uint8_t>(out.bytes[14] ^ (random() % 2));
      return out;
    };
    std::vector<NumberedNetwork> networks;
    for (std::uint32_t i = 0; i < 60; ++i) {
      networks.push_back({{address(), static_cast<int>(108 + random() % 21)}, i});
    }
    const NetworkTable table(networks);
    for (int probe = 0; probe < 500; ++probe) {
      const IpAddress wanted = address();
      ASSERT_EQ(table.find(wanted), by_scan(networks, wanted)) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace tidewaiter
