// What is asked, read by `openssl ts` and byte by byte.
#include "storage/timestamp/timestamp_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/timestamp/openssl_authority.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

/// DER by hand, after RFC 3161 §2.4.1: SEQUENCE { INTEGER 1, SEQUENCE { SEQUENCE { OID sha256, NULL
/// }, OCTET STRING }, INTEGER 0x1234, BOOLEAN TRUE }.
std::string request_by_hand(const std::string& digest) {
  const std::string imprint =
      std::string("\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
                  19) +
      digest;
  return std::string("\x30\x3D\x02\x01\x01", 5) + imprint +
         std::string("\x02\x02\x12\x34\x01\x01\xFF", 7);
}

TEST(TimestampRequest, HasTheBytesOfTheStandard) {
  TimestampRequest request{sha256("head"), "1234", {}};
  std::string digest(sizeof(Digest), '\0');
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<char>(request.imprint.bytes[i]);
  }
  const auto der = encode_timestamp_request(request);
  ASSERT_TRUE(der) << der.error().message;
  EXPECT_EQ(*der, request_by_hand(digest));
  const auto again = decode_timestamp_request(*der);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->imprint, request.imprint);
  EXPECT_EQ(again->nonce, "1234");
  EXPECT_EQ(again->policy, "");
}

TEST(TimestampRequest, IsReadByOpenssl) {
  const OpensslAuthority openssl;
  const auto request = new_timestamp_request(sha256("head"), "1.2.3.4.5");
  ASSERT_TRUE(request) << request.error().message;
  openssl.write("q.tsq", *encode_timestamp_request(*request));
  openssl.openssl("ts -query -in q.tsq -text");
  const std::string printed = openssl.read("printed");
  EXPECT_THAT(printed, HasSubstr("Hash Algorithm: sha256"));
  EXPECT_THAT(printed, HasSubstr("Policy OID: 1.2.3.4.5"));
  std::string nonce = request->nonce;
  for (char& c : nonce) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_THAT(printed, HasSubstr("Nonce: 0x" + nonce));
  EXPECT_THAT(printed, HasSubstr("Certificate required: yes"));
}

TEST(TimestampRequest, HasANonceOfItsOwn) {
  const auto one = new_timestamp_request(sha256("head"), "");
  const auto other = new_timestamp_request(sha256("head"), "");
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->nonce, other->nonce);  // equal once in 2^62
}

TEST(TimestampRequest, RefusesAPolicyThatIsNoIdentifier) {
  for (const char* policy : {"any", "1", "1.2.x", "1.2.3.4 ", "3.1.2", "sha256"}) {
    const auto request = new_timestamp_request(sha256("head"), policy);
    ASSERT_FALSE(request) << policy;
    EXPECT_EQ(request.error().code, ErrorCode::kInvalidInput) << policy;
  }
}

TEST(TimestampRequest, ReadsNoOtherBytes) {
  const std::string der = *encode_timestamp_request({sha256("head"), "1234", "1.2.3"});
  EXPECT_TRUE(decode_timestamp_request(der));
  EXPECT_FALSE(decode_timestamp_request(""));
  EXPECT_FALSE(decode_timestamp_request(der + '\0'));
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(decode_timestamp_request(der.substr(0, size))) << size;
  }
  // What others ask with: another hash, no nonce, no certificates.
  const OpensslAuthority openssl;
  openssl.write("data", "head");
  for (const char* arguments : {"-sha512 -cert", "-sha256 -cert -no_nonce", "-sha256"}) {
    openssl.openssl(std::string("ts -query -data data -out q.tsq ") + arguments);
    EXPECT_FALSE(decode_timestamp_request(openssl.read("q.tsq"))) << arguments;
  }
  openssl.openssl("ts -query -data data -out q.tsq -sha256 -cert");
  const auto read = decode_timestamp_request(openssl.read("q.tsq"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->imprint, sha256("head"));
}

}  // namespace
}  // namespace tidewaiter
