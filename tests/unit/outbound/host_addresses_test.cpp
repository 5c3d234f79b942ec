// Addresses of hosts, and name servers that say nothing.
#include "daemon/outbound/host_addresses.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/held_lookup.h"

namespace tidewaiter {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(HostAddresses, AnAddressIsItself) {
  EXPECT_THAT(host_addresses("192.0.2.7", kMinute, {}).value(), ElementsAre("192.0.2.7"));
  EXPECT_THAT(host_addresses("2001:db8::7", kMinute, {}).value(), ElementsAre("2001:db8::7"));
  EXPECT_THAT(host_addresses("2001:db8:0:0:0:0:0:7", kMinute, {}).value(),
              ElementsAre("2001:db8::7"));
  EXPECT_THAT(host_addresses("2001:DB8::0007", kMinute, {}).value(), ElementsAre("2001:db8::7"));
  EXPECT_THAT(host_addresses("fe80::1%eth0", kMinute, {}).value(), ElementsAre("fe80::1%eth0"));
  EXPECT_THAT(host_addresses("127.1", kMinute, {}).value(), ElementsAre("127.0.0.1"));
  EXPECT_THAT(host_addresses("0x7f.0.0.1", kMinute, {}).value(), ElementsAre("127.0.0.1"));
}

TEST(HostAddresses, ThisMachineIsKnown) {
  EXPECT_THAT(host_addresses("localhost", kMinute, {}).value(), Contains("127.0.0.1"));
}

TEST(HostAddresses, ATextThatIsNoHostIsRefused) {
  for (const char* const host :
       {"", "a b", "a/b", "user@host", "host:80", "host?x", "a#b", "fe80::1%", "fe80::1%a b",
        "2001:db8::7::1", "[2001:db8::7]", "127.1 x"}) {
    const auto addresses = host_addresses(host, kMinute, {});
    ASSERT_FALSE(addresses) << host;
    EXPECT_EQ(addresses.error().code, ErrorCode::kInvalidInput) << host;
  }
}

TEST(HostAddresses, ASilentNameServerIsGivenUp) {
  const auto addresses = host_addresses("late.held.test", {200'000}, {});
  EXPECT_EQ(HeldLookups::instance().waiting(), 1);  // it has not said anything, and we are here
  ASSERT_FALSE(addresses);
  EXPECT_EQ(addresses.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(addresses.error().message, HasSubstr("could not be found"));
  HeldLookups::instance().release();
}

TEST(HostAddresses, AStopEndsTheWait) {
  std::stop_source stop;
  const std::jthread stopper([&stop] {
    while (HeldLookups::instance().waiting() == 0) std::this_thread::yield();
    stop.request_stop();
  });
  const auto addresses = host_addresses("stopped.held.test", kHour, stop.get_token());
  EXPECT_EQ(HeldLookups::instance().waiting(), 1);
  ASSERT_FALSE(addresses);
  EXPECT_THAT(addresses.error().message, HasSubstr("on request"));
  HeldLookups::instance().release();
}

}  // namespace
}  // namespace tidewaiter
