#include "policies/model/base64.h"

#include <random>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

struct Pair {
  const char* bytes;
  const char* standard;
  const char* url;
};

// RFC 4648 §10.
constexpr Pair kStandardVectors[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xff", "+/8=", "-_8"},  // 111110 111111 1111(00): digits 62, 63, 60
};

TEST(Base64, MatchesTheStandardsVectors) {
  for (const Pair& pair : kStandardVectors) {
    EXPECT_EQ(to_base64(pair.bytes, Base64::kStandard), pair.standard);
    EXPECT_EQ(to_base64(pair.bytes, Base64::kUrl), pair.url);
    EXPECT_EQ(from_base64(pair.standard, Base64::kStandard).value(), pair.bytes);
    EXPECT_EQ(from_base64(pair.url, Base64::kUrl).value(), pair.bytes);
  }
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm9v====", "Z",
                           "Zg==Zg==", "=", "==", "====", "Z===", "Zm-v", "Zm_v", "Zm9v="}) {
    EXPECT_FALSE(from_base64(text, Base64::kStandard)) << text;
    EXPECT_FALSE(base64_size(text, Base64::kStandard)) << text;
  }
  for (const char* text : {"Zg==", "Zh", "Zm8=", "Zm9", "Zm+v", "Zm/v", "Z", "Zm9vY", " Zg"}) {
    EXPECT_FALSE(from_base64(text, Base64::kUrl)) << text;
    EXPECT_FALSE(base64_size(text, Base64::kUrl)) << text;
  }
  EXPECT_FALSE(from_base64(std::string_view("Zm\0v", 4), Base64::kStandard));
}

TEST(Base64, ReadsBackWhatItWrites) {
  constexpr unsigned kSeed = 20261123;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937 random(kSeed);
  for (std::size_t length = 0; length < 200; ++length) {
    std::string bytes;
    for (std::size_t i = 0; i < length; ++i) bytes += static_cast<char>(random() & 0xffU);
    for (const Base64 form : {Base64::kStandard, Base64::kUrl}) {
      EXPECT_EQ(from_base64(to_base64(bytes, form), form).value(), bytes);
      EXPECT_EQ(base64_size(to_base64(bytes, form), form), length);
    }
  }
}

}  // namespace
}  // namespace tidewaiter
