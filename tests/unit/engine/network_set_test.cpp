// Sets of networks against contains(), network by network; edges by hand (RFC 4632, RFC 4291).

#include "policies/engine/network_set.h"

#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

NetworkSet set_of(const std::vector<std::string>& texts) {
  std::vector<IpNetwork> networks;
  for (const std::string& text : texts) networks.push_back(parse_network(text).value());
  return NetworkSet(networks);
}

struct Case {
  std::vector<std::string> networks;
  std::string address;
  bool contained;
};

TEST(NetworkSet, ContainsWhatItsNetworksDo) {
  const std::vector<Case> cases{
      {{}, "192.0.2.1", false},
      {{"192.0.2.0/25"}, "192.0.2.127", true},
      {{"192.0.2.0/25"}, "192.0.2.128", false},
      {{"192.0.2.7/32"}, "192.0.2.7", true},
      {{"10.0.0.0/8", "10.1.0.0/16"}, "10.200.0.1", true},  // behind the one that lies within
      {{"10.0.0.0/16", "10.1.0.0/16"}, "10.0.255.255", true},
      {{"10.0.0.0/16", "10.2.0.0/16"}, "10.1.0.0", false},
      {{"0.0.0.0/0"}, "255.255.255.255", true},
      {{"0.0.0.0/0"}, "2001:db8::1", false},
      {{"::/0"}, "2001:db8::1", true},
      {{"::/0"}, "192.0.2.1", false},  // is about IPv6 alone
      {{"::/0", "192.0.2.0/24"}, "192.0.2.1", true},
      {{"2001:db8::/32"}, "2001:db8:ffff::1", true},
      {{"2001:db8::/32"}, "2001:db9::", false},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(set_of(one.networks).contains(parse_ip(one.address).value()), one.contained)
        << one.address;
  }
}

TEST(NetworkSet, AgreesWithEachNetworkByItself) {
  constexpr unsigned kSeed = 20261128;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937 random(kSeed);
  int contained = 0;
  for (int round = 0; round < 300; ++round) {
    // Few different bytes, so that networks meet.
    const auto address = [&random] {
      IpAddress made;
      for (auto& byte : made.bytes) byte = static_cast<std::uint8_t>(random() % 3);
      if (random() % 2 == 0) {
        made.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, made.bytes[12], made.bytes[13],
                      0, 1};
      }
      return made;
    };
    std::vector<IpNetwork> networks;
    for (auto count = random() % 6; count > 0; --count) {
      networks.push_back({address(), static_cast<int>(random() % 129)});
    }
    const NetworkSet set(networks);
    for (int i = 0; i < 50; ++i) {
      const IpAddress asked = address();
      bool wanted = false;
      for (const IpNetwork& network : networks) wanted = wanted || contains(network, asked);
      ASSERT_EQ(set.contains(asked), wanted) << "round " << round;
      contained += wanted ? 1 : 0;
    }
  }
  EXPECT_GT(contained, 1000);
}

}  // namespace
}  // namespace tidewaiter
