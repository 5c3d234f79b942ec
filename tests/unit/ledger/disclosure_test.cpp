#include "storage/evidence/disclosure.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

std::string bytes_of_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::string as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// RFC 5869 appendix A.1, the first 32 bytes of its output.
TEST(Hkdf, MatchesRfc5869TestCase1) {
  const std::string key(22, '\x0b');
  const std::string salt = bytes_of_hex("000102030405060708090a0b0c");
  const std::string info = bytes_of_hex("f0f1f2f3f4f5f6f7f8f9");
  EXPECT_EQ(as_text(hkdf_sha256(as_byte_span(key), as_byte_span(salt), info)),
            bytes_of_hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
}

// RFC 9901 §4.2.1 and §4.2.3.
TEST(Disclosure, DigestCoversTheTransportedText) {
  EXPECT_EQ(
      disclosure_digest("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"),
      "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
}

// RFC 4648 §10, in the alphabet of §5 and without padding.
TEST(Base64Url, MatchesRfc4648) {
  EXPECT_EQ(to_base64url(as_byte_span("")), "");
  EXPECT_EQ(to_base64url(as_byte_span("f")), "Zg");
  EXPECT_EQ(to_base64url(as_byte_span("foobar")), "Zm9vYmFy");
  EXPECT_EQ(to_base64url(as_byte_span("\xfb\xff")), "-_8");
}

TEST(Base64Url, ReadsOnlyTheCanonicalForm) {
  EXPECT_EQ(*from_base64url("Zm9vYmE"), "fooba");
  EXPECT_EQ(*from_base64url("-_8"), "\xfb\xff");
  EXPECT_EQ(*from_base64url(""), "");
  for (const char* bad : {"Zg==", "Zh", "Z", "Zm9v\n", "+/8", "Zm 9v", "Zm9v!"}) {
    EXPECT_FALSE(from_base64url(bad)) << bad;
  }
}

TEST(Disclosure, IsSaltNameAndValue) {
  const auto made = make_disclosure(SubjectKey{}, Nonce{}, kSaltLabel, "subject", "account:a/1");
  ASSERT_TRUE(made);
  const auto text = from_base64url(made->text);
  ASSERT_TRUE(text);
  const auto array = nlohmann::json::parse(*text);
  ASSERT_EQ(array.size(), 3U);
  EXPECT_EQ(array[0].get<std::string>().size(), 43U);
  EXPECT_EQ(array[1], "subject");
  EXPECT_EQ(array[2], "account:a/1");
}

TEST(Disclosure, SaltDependsOnKeyNonceAndName) {
  const SubjectKey key{};
  SubjectKey other_key{};
  other_key[31] = std::byte{1};
  Nonce other_nonce{};
  other_nonce[0] = std::byte{1};
  const auto salt = disclosure_salt(key, {}, kSaltLabel, "subject");
  EXPECT_EQ(salt, disclosure_salt(key, {}, kSaltLabel, "subject"));
  EXPECT_NE(salt, disclosure_salt(other_key, {}, kSaltLabel, "subject"));
  EXPECT_NE(salt, disclosure_salt(key, other_nonce, kSaltLabel, "subject"));
  EXPECT_NE(salt, disclosure_salt(key, {}, kSaltLabel, "figures/n"));
}

TEST(Digests, ArePaddedToFourAndSorted) {
  for (std::size_t count = 0; count <= 9; ++count) {
    std::vector<Disclosure> disclosures;
    for (std::size_t i = 0; i < count; ++i) disclosures.push_back({"x", std::to_string(i)});
    const auto digests = sd_digests(disclosures);
    EXPECT_EQ(digests.size(), (count + 3) / 4 * 4);
    EXPECT_TRUE(std::ranges::is_sorted(digests));
    for (const auto& disclosure : disclosures) {
      EXPECT_THAT(digests, testing::Contains(disclosure_digest(disclosure.text)));
    }
  }
}

TEST(Digests, DecoysAreFresh) {
  const std::vector<Disclosure> one{{"x", "1"}};
  EXPECT_NE(sd_digests(one), sd_digests(one));
}

}  // namespace
}  // namespace tidewaiter
