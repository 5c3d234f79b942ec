#include "policies/model/ip_text.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

struct AddressCase {
  const char* name;
  const char* text;
  const char* canonical;
};

class CanonicalIp : public testing::TestWithParam<AddressCase> {};

TEST_P(CanonicalIp, IsOneTextForOneAddress) {
  const Result<std::string> got = canonical_ip(GetParam().text);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(*got, GetParam().canonical);
  EXPECT_EQ(canonical_ip(*got).value(), *got);
}

INSTANTIATE_TEST_SUITE_P(
    All, CanonicalIp,
    testing::Values(AddressCase{"V4", "192.0.2.1", "192.0.2.1"},
                    // RFC 5952, sections 1 and 4.
                    AddressCase{"LeadingZeros", "2001:0db8::0001", "2001:db8::1"},
                    AddressCase{"UpperCase", "2001:DB8::AAAA", "2001:db8::aaaa"},
                    AddressCase{"AllGroups", "2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
                    AddressCase{"LongestRun", "2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
                    AddressCase{"FirstOfEqualRuns", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
                    // RFC 4291, section 2.5.5.2: both spellings of the IPv4-mapped form.
                    AddressCase{"Mapped", "::ffff:192.0.2.1", "192.0.2.1"},
                    AddressCase{"MappedInHexadecimal", "::FFFF:c000:201", "192.0.2.1"},
                    AddressCase{"MappedInFull", "0:0:0:0:0:ffff:c000:0201", "192.0.2.1"},
                    // Section 2.5.5.1: the compatible form is another address.
                    AddressCase{"Compatible", "::192.0.2.1", "::192.0.2.1"},
                    AddressCase{"NearlyMapped", "::1:ffff:c000:201", "::1:ffff:c000:201"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CanonicalIp, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "192.0.2", "192.0.2.01", "192.0.2.1/32", "fe80::1%eth0", "[::1]",
                           "::ffff:192.0.2.256", "1:2:3:4:5:6:7:8:9"}) {
    EXPECT_FALSE(canonical_ip(text)) << text;
  }
}

}  // namespace
}  // namespace tidewaiter
