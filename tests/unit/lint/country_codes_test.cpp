#include "policies/lint/country_codes.h"

#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

// The time zone database carries the list of ISO 3166-1 alpha-2 codes.
TEST(CountryCodes, AreThoseOfTheTimeZoneDatabase) {
  std::ifstream table("/usr/share/zoneinfo/iso3166.tab");
  if (!table) GTEST_SKIP() << "the time zone database is not installed";
  std::set<std::string> listed;
  for (std::string line; std::getline(table, line);) {
    if (!line.starts_with('#') && line.size() > 2) listed.insert(line.substr(0, 2));
  }
  ASSERT_GE(listed.size(), 249U);
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      const std::string code{a, b};
      const bool left_to_users = code == "AA" || code == "ZZ" || a == 'X' || (a == 'Q' && b >= 'M');
      const bool region = code == "AP" || code == "EU";
      EXPECT_EQ(is_country_code(code), listed.contains(code) || left_to_users || region) << code;
    }
  }
}

TEST(CountryCodes, AreTwoLettersInEitherCase) {
  EXPECT_TRUE(is_country_code("de"));
  EXPECT_TRUE(is_country_code("XK"));
  for (const char* text : {"", "D", "DEU", "UK", "D1", "\xC3\xA4", "*E"}) {
    EXPECT_FALSE(is_country_code(text)) << text;
  }
}

}  // namespace
}  // namespace tidewaiter
