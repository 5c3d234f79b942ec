// Tokens that `openssl ts` and `openssl cms` made, and what is wrong with others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/timestamp/timestamp_authorities.h"
#include "storage/timestamp/timestamp_request.h"
#include "tests/unit/timestamp/openssl_authority.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::string_view kHead = "ledger.example.org/test\n14\nAAAA\n";

class TimestampToken : public testing::Test {
 protected:
  void SetUp() override {
    request_ = *new_timestamp_request(sha256(kHead), "");
    demand_ = {request_.imprint, request_.nonce, ""};
  }

  std::string answer() { return openssl_.answer(*encode_timestamp_request(request_)); }

  Result<VerifiedTimestamp> verify(std::string_view response) {
    return TimestampAuthorities::from_pem(openssl_.root())->verify(response, demand_);
  }
  /// The message of the refusal; empty if there was none.
  std::string refusal(std::string_view response) {
    const auto verified = verify(response);
    return verified ? "" : verified.error().message;
  }

  OpensslAuthority openssl_;
  TimestampRequest request_;
  TimestampDemand demand_;
};

TEST_F(TimestampToken, HoldsWithItsStatement) {
  const auto verified = verify(answer());
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->authority, "CN=Test TSA");
  EXPECT_EQ(format_time(verified->expires), "2046-01-01T00:00:00Z");
  EXPECT_EQ(verified->timestamp.imprint, sha256(kHead));
  EXPECT_EQ(verified->timestamp.policy, "1.2.3.4.1");
  EXPECT_EQ(verified->timestamp.nonce, request_.nonce);
  EXPECT_EQ(verified->timestamp.accuracy, Duration{1'500'100});
  EXPECT_EQ(verified->timestamp.serial, "4d3");  // one after the file's 04D2
}

TEST_F(TimestampToken, OpensslAcceptsTheSameImprint) {
  openssl_.write("head", kHead);
  openssl_.write("q.tsq", *encode_timestamp_request(request_));
  openssl_.write("r.tsr", answer());
  EXPECT_TRUE(openssl_.try_openssl("ts -verify -data head -in r.tsr -CAfile root.pem"));
  EXPECT_TRUE(openssl_.try_openssl("ts -verify -queryfile q.tsq -in r.tsr -CAfile root.pem"));
  openssl_.write("head", std::string(kHead) + "x");
  EXPECT_FALSE(openssl_.try_openssl("ts -verify -data head -in r.tsr -CAfile root.pem"));
}

TEST_F(TimestampToken, HoldsAtItsTimeThoughItsCertificateHasEnded) {
  openssl_.certify("past.pem", "20180101000000Z", "20200101000000Z", "stamping");
  std::string statement = openssl_.statement_of(answer());
  const std::size_t year = statement.find("202");  // of genTime, its only text
  ASSERT_NE(year, std::string::npos);
  statement.replace(year, 8, "20190704");
  const auto verified = verify(openssl_.sign_statement(statement, "past.pem"));
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(format_time(verified->timestamp.time).substr(0, 10), "2019-07-04");
  EXPECT_EQ(format_time(verified->expires), "2020-01-01T00:00:00Z");
}

TEST_F(TimestampToken, FailsWhereItsCertificateHadEndedByThen) {
  openssl_.certify("past.pem", "20180101000000Z", "20200101000000Z", "stamping");
  openssl_.configure("past.pem", "sha256");
  EXPECT_THAT(refusal(answer()),
              AllOf(HasSubstr("certificate has expired"), HasSubstr("CN=Test TSA")));
}

TEST_F(TimestampToken, FailsWhereItsCertificateBeganLater) {
  openssl_.certify("later.pem", "20450101000000Z", "20460101000000Z", "stamping");
  openssl_.configure("later.pem", "sha256");
  EXPECT_THAT(refusal(answer()), HasSubstr("certificate is not yet valid"));
}

TEST_F(TimestampToken, FailsForAnotherNoncePolicyOrImprint) {
  const std::string response = answer();
  demand_.nonce = "1234";
  EXPECT_THAT(refusal(response), HasSubstr("its nonce is " + request_.nonce + ", expected 1234"));
  demand_.nonce = request_.nonce;
  demand_.policy = "1.2.3.4.5";
  EXPECT_THAT(refusal(response), HasSubstr("its policy is 1.2.3.4.1, expected 1.2.3.4.5"));
  demand_.policy.clear();
  demand_.imprint = sha256("another head");
  EXPECT_THAT(refusal(response), HasSubstr("its imprint is " + to_hex(sha256(kHead))));
}

TEST_F(TimestampToken, FailsWithoutTheNonceThatWasAsked) {
  openssl_.write("head", kHead);
  openssl_.openssl("ts -query -data head -sha256 -cert -no_nonce -out q.tsq");
  EXPECT_THAT(refusal(openssl_.answer(openssl_.read("q.tsq"))), HasSubstr("its nonce is absent"));
}

TEST_F(TimestampToken, FailsWithoutItsCertificate) {
  openssl_.write("head", kHead);
  openssl_.openssl("ts -query -data head -sha256 -no_nonce -out q.tsq");
  demand_.nonce.clear();
  EXPECT_THAT(refusal(openssl_.answer(openssl_.read("q.tsq"))),
              HasSubstr("the certificate that signed it is not in it"));
}

TEST_F(TimestampToken, FailsUnderAnotherRoot) {
  const OpensslAuthority other;
  const auto verified = TimestampAuthorities::from_pem(other.root())->verify(answer(), demand_);
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, ErrorCode::kRefused);
  EXPECT_THAT(verified.error().message, HasSubstr("was not to be trusted"));
}

TEST_F(TimestampToken, FailsWhereItsCertificateIsForOtherThingsToo) {
  openssl_.certify("not_critical.pem", "20200101000000Z", "20460101000000Z", "not_critical");
  openssl_.certify("also_code.pem", "20200101000000Z", "20460101000000Z", "also_code");
  const std::string statement = openssl_.statement_of(answer());
  EXPECT_EQ(refusal(openssl_.sign_statement(statement, "tsa.pem")), "");  // the way of making it
  for (const char* certificate : {"not_critical.pem", "also_code.pem"}) {
    EXPECT_THAT(refusal(openssl_.sign_statement(statement, certificate)),
                HasSubstr("is not timeStamping alone and critical"))
        << certificate;
  }
}

TEST_F(TimestampToken, FailsWithAWeakHash) {
  openssl_.configure("tsa.pem", "sha1");
  EXPECT_THAT(refusal(answer()), HasSubstr("signed with the hash 1.3.14.3.2.26"));
}

/// Whatever byte is changed, no token says another thing and holds.
TEST_F(TimestampToken, NoChangedByteMakesAnotherStatement) {
  const std::string response = answer();
  const auto original = verify(response);
  ASSERT_TRUE(original) << original.error().message;
  const auto authorities = TimestampAuthorities::from_pem(openssl_.root());
  demand_.nonce.clear();
  std::size_t refused = 0;
  for (std::size_t i = 0; i < response.size(); ++i) {
    std::string changed = response;
    changed[i] = static_cast<char>(changed[i] ^ 0x01);
    const auto verified = authorities->verify(changed, demand_);
    if (!verified) {
      ++refused;
      continue;
    }
    EXPECT_EQ(verified->timestamp.time, original->timestamp.time) << i;
    EXPECT_EQ(verified->timestamp.serial, original->timestamp.serial) << i;
    EXPECT_EQ(verified->authority, original->authority) << i;
    EXPECT_EQ(verified->expires, original->expires) << i;
  }
  // The statement, its signature and the certificate make up most of it.
  EXPECT_GT(refused, response.size() * 3 / 4);
  std::string changed = response;
  changed.back() = static_cast<char>(changed.back() ^ 0x01);  // the signature's last byte
  EXPECT_THAT(refusal(changed), HasSubstr("its signature is not that of its certificate"));
}

TEST_F(TimestampToken, SaysWhyAnAuthorityGaveNone) {
  request_ = *new_timestamp_request(sha256(kHead), "1.2.3.9");
  const auto read = read_timestamp(answer());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kRefused);
  EXPECT_THAT(read.error().message, AllOf(HasSubstr("status 2"), HasSubstr("unacceptedPolicy")));
}

TEST_F(TimestampToken, ReadsNoOtherBytes) {
  const std::string response = answer();
  ASSERT_TRUE(read_timestamp(response));
  for (const std::string& other : {std::string(), response + '\0', response.substr(1),
                                   std::string(65'537, '\x30'), std::string("not a token")}) {
    const auto read = read_timestamp(other);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidInput) << read.error().message;
  }
  for (std::size_t size = 0; size < response.size(); ++size) {
    EXPECT_FALSE(read_timestamp(response.substr(0, size))) << size;
  }
}

TEST_F(TimestampToken, AuthoritiesAreCertificates) {
  EXPECT_TRUE(TimestampAuthorities::from_pem("a comment\n" + openssl_.root() + openssl_.root()));
  EXPECT_THAT(TimestampAuthorities::from_pem("").error().message,
              HasSubstr("there is no certificate in it"));
  EXPECT_THAT(TimestampAuthorities::from_pem(openssl_.read("root.key")).error().message,
              HasSubstr("there is no certificate in it"));
  std::string damaged = openssl_.root();
  damaged.replace(damaged.find('\n') + 1, 8, "AAAAAAAA");
  EXPECT_THAT(TimestampAuthorities::from_pem(openssl_.root() + damaged).error().message,
              HasSubstr("certificate 2 in it is damaged"));
}

}  // namespace
}  // namespace tidewaiter
