#include "daemon/sources/push/gzip_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "push_scene.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kRoom = std::size_t{1} << 20U;

TEST(GzipBody, GivesBackWhatWasCompressed) {
  EXPECT_EQ(gunzip(gzip_of("one\ntwo\n"), kRoom).value(), "one\ntwo\n");
  EXPECT_EQ(gunzip(gzip_of(""), kRoom).value(), "");
}

TEST(GzipBody, ReadsEachMember) {
  EXPECT_EQ(gunzip(gzip_of("one\n") + gzip_of("two\n"), kRoom).value(), "one\ntwo\n");
}

TEST(GzipBody, RefusesOneThatIsCutOffOrDamaged) {
  const std::string whole = gzip_of("one\ntwo\nthree\n");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto plain = gunzip(whole.substr(0, size), kRoom);
    ASSERT_FALSE(plain) << size;
    EXPECT_EQ(plain.error().code, ErrorCode::kInvalidInput);
  }
  EXPECT_FALSE(gunzip(whole + "more", kRoom));
  EXPECT_FALSE(gunzip(whole + whole.substr(0, 9), kRoom));
  std::string flipped = whole;
  flipped[flipped.size() - 6] = static_cast<char>(flipped[flipped.size() - 6] ^ 1);  // the CRC
  EXPECT_FALSE(gunzip(flipped, kRoom));
}

TEST(GzipBody, StopsAtItsBound) {
  const std::string bomb = gzip_of(std::string(kRoom + 1, 'x'));
  EXPECT_LT(bomb.size(), kRoom / 100);
  const auto plain = gunzip(bomb, kRoom);
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().code, ErrorCode::kRefused);
  EXPECT_TRUE(gunzip(bomb, kRoom + 1));
}

}  // namespace
}  // namespace tidewaiter
