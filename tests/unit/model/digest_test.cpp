#include "policies/model/digest.h"

#include <gtest/gtest.h>

#include "policies/model/digest_hmac.h"

namespace tidewaiter {
namespace {

// FIPS 180-4 example values (NIST CSRC, "Examples with Intermediate Values").
constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Sha256, MatchesTheStandardsExamples) {
  EXPECT_EQ(to_hex(sha256("abc")), kAbc);
  EXPECT_EQ(to_hex(sha256("")), kEmpty);
}

TEST(Sha256, GivesTheSameForAStreamInParts) {
  EXPECT_EQ(to_hex(Sha256().update("a").update("bc").finish()), kAbc);
}

// A million times "a", of the same examples: parts that fit what waits to be hashed, and do not.
TEST(Sha256, GivesTheSameForALongStreamInPartsOfAnySize) {
  constexpr std::size_t kMillion = 1'000'000;
  const std::string all(kMillion, 'a');
  for (const std::size_t part : {1U, 7U, 64U, 999U, 1000U, 1001U, 4096U, 1'000'000U}) {
    Sha256 hash;
    for (std::size_t at = 0; at < all.size(); at += part) {
      hash.update(std::string_view(all).substr(at, part));
    }
    EXPECT_EQ(to_hex(hash.finish()),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        << part;
  }
  Sha256 moved = std::move(Sha256().update(std::string_view(all).substr(0, 1500)));
  moved.update(std::string_view(all).substr(1500));
  EXPECT_EQ(to_hex(moved.finish()),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, FramesPartsSoThatTheyCannotBeConfused) {
  EXPECT_NE(Sha256().update_framed("ab").update_framed("c").finish(),
            Sha256().update_framed("a").update_framed("bc").finish());
  // The frame is the length as eight bytes, big-endian.
  using namespace std::string_literals;
  EXPECT_EQ(Sha256().update_framed("abc").finish(), sha256("\0\0\0\0\0\0\0\3abc"s));
}

// RFC 4231, test cases 1 and 2.
TEST(HmacSha256, MatchesTheRfcsTestCases) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(DigestFromHex, ReadsWhatToHexWrites) {
  EXPECT_EQ(digest_from_hex(kAbc).value(), sha256("abc"));
  EXPECT_FALSE(digest_from_hex("ba78"));
  EXPECT_FALSE(digest_from_hex(std::string(63, 'a') + "g"));
}

}  // namespace
}  // namespace tidewaiter
