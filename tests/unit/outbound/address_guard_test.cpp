// Which addresses are public, by the IANA special-purpose registries.
#include "daemon/outbound/address_guard.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

bool is_public(const std::string& text) {
  std::array<std::byte, 16> bytes{};
  if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    return is_public_address(std::span(bytes).first(4));
  }
  EXPECT_EQ(::inet_pton(AF_INET6, text.c_str(), bytes.data()), 1) << text;
  return is_public_address(bytes);
}

TEST(AddressGuardTest, KnowsTheFirstAndLastAddressOfEachSpecialBlock) {
  const std::vector<std::string> special = {
      "0.0.0.0",
      "0.255.255.255",
      "10.0.0.0",
      "10.255.255.255",
      "100.64.0.0",
      "100.127.255.255",
      "127.0.0.1",
      "127.255.255.255",
      "169.254.0.0",
      "169.254.169.254",
      "172.16.0.0",
      "172.31.255.255",
      "192.0.0.0",
      "192.0.0.255",
      "192.0.2.1",
      "192.88.99.1",
      "192.168.0.0",
      "192.168.255.255",
      "198.18.0.0",
      "198.19.255.255",
      "198.51.100.1",
      "203.0.113.1",
      "224.0.0.1",
      "239.255.255.255",
      "255.255.255.255",
      "::",
      "::1",
      "::ffff:10.0.0.1",
      "64:ff9b::a00:1",
      "64:ff9b:1::1",
      "100::1",
      "2001::1",
      "2001:db8::1",
      "2002:a00:1::1",
      "3fff:fff::1",
      "fc00::1",
      "fdff::1",
      "fe80::1",
      "fec0::1",
      "ff02::1",
      "::127.0.0.1",
      "::ffff:127.0.0.1",
      "2002:7f00:1::1",
  };
  for (const std::string& address : special) EXPECT_FALSE(is_public(address)) << address;
  const std::vector<std::string> ordinary = {
      "1.0.0.0",          "9.255.255.255",   "11.0.0.0",        "100.63.255.255", "100.128.0.0",
      "126.255.255.255",  "128.0.0.0",       "169.253.255.255", "169.255.0.0",    "172.15.255.255",
      "172.32.0.0",       "192.0.1.0",       "192.167.255.0",   "192.169.0.0",    "198.17.255.255",
      "198.20.0.0",       "223.255.255.1",   "2606:4700::1111", "2a00::1",        "::ffff:8.8.8.8",
      "64:ff9b::808:808", "2002:808:808::1", "2001:200::1",     "3fff:1000::1",
  };
  for (const std::string& address : ordinary) EXPECT_TRUE(is_public(address)) << address;
}

TEST(AddressGuardTest, JudgesHostsAsTheyAreWritten) {
  for (const char* host : {"localhost", "LOCALHOST.", "api.localhost", "127.0.0.1", "[::1]",
                           "[::ffff:192.168.0.1]", "10.1.2.3"}) {
    EXPECT_FALSE(may_be_public_host(host)) << host;
  }
  for (const char* host :
       {"api.example.com", "8.8.8.8", "[2606:4700::1111]", "localhost.example"}) {
    EXPECT_TRUE(may_be_public_host(host)) << host;
  }
}

TEST(AddressGuardTest, WritesAddresses) {
  const std::array<std::byte, 4> v4 = {std::byte{10}, std::byte{0}, std::byte{0}, std::byte{7}};
  EXPECT_EQ(address_text(v4), "10.0.0.7");
  std::array<std::byte, 16> v6{};
  v6[15] = std::byte{1};
  EXPECT_EQ(address_text(v6), "::1");
  EXPECT_EQ(address_text(std::span(v6).first(5)), "");
  EXPECT_FALSE(is_public_address(std::span(v6).first(5)));
}

}  // namespace
}  // namespace tidewaiter
