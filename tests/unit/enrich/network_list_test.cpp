#include "daemon/enrich/network_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

TEST(NetworkList, ReadsAddressesAndNetworksAndTellsTheRest) {
  const NetworkList list = NetworkList::read(
      "# exits\r\n192.0.2.7\r\n\r\n  198.51.100.0/24 ; a data centre\n2001:db8::/32 AS64496\n"
      "example.com\n10.0.0.0/33\n");
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(network_text(list.find(parse_ip("192.0.2.7").value()).value()), "192.0.2.7/32");
  EXPECT_EQ(network_text(list.find(parse_ip("198.51.100.9").value()).value()), "198.51.100.0/24");
  EXPECT_EQ(network_text(list.find(parse_ip("2001:db8::9").value()).value()), "2001:db8::/32");
  EXPECT_FALSE(list.find(parse_ip("192.0.2.8").value()));
  EXPECT_EQ(list.bad_lines(), 2);
  ASSERT_THAT(list.first_bad(), SizeIs(2));
  EXPECT_EQ(list.first_bad()[0].line, 6);
  EXPECT_THAT(list.first_bad()[0].reason, HasSubstr("got `example.com`"));
  EXPECT_EQ(list.first_bad()[1].line, 7);
}

TEST(NetworkList, ReadsTorsExitLists) {
  // The lines of an entry, as metrics.torproject.org/collector.html#type-tordnsel has them.
  const NetworkList list = NetworkList::read(
      "@type tordnsel 1.0\nDownloaded 2026-11-20 02:02:00\n"
      "ExitNode 63BA28370F543D175173E414D5450590D73E22DC\nPublished 2026-11-19 11:22:33\n"
      "LastStatus 2026-11-19 12:02:00\nExitAddress 192.0.2.7 2026-11-19 12:13:14\n"
      "ExitAddress nowhere 2026-11-19 12:13:14\n");
  EXPECT_EQ(list.size(), 1U);
  EXPECT_TRUE(list.find(parse_ip("192.0.2.7").value()));
  ASSERT_THAT(list.first_bad(), SizeIs(1));
  EXPECT_EQ(list.first_bad()[0].line, 7);
  EXPECT_THAT(list.first_bad()[0].reason, HasSubstr("got `nowhere`"));
}

TEST(NetworkList, AnEmptyTextIsAnEmptyList) {
  EXPECT_EQ(NetworkList::read("").size(), 0U);
  EXPECT_EQ(NetworkList::read("\n# nothing\n").bad_lines(), 0);
}

}  // namespace
}  // namespace tidewaiter
