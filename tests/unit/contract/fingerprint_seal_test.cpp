// Fingerprints of payment instruments under a key. What OpenSSL's command line makes of the same
// texts is the second opinion: `printf TEXT | openssl dgst -sha256 -mac HMAC -macopt key:KEY`.
#include "daemon/sources/contract/fingerprint_seal.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/model/field.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using Texts = std::vector<std::string>;

const SecretRef kSealRef{SecretRef::Kind::kEnv, "SEAL"};

Record paying_with(Texts fingerprints) {
  Record record;
  record.kind = RecordKind::kAccount;
  set_value(record, *find_field("name"), std::string("Acme"));
  set_value(record, *find_field("payment.fingerprints"), std::move(fingerprints));
  return record;
}

Value fingerprints_in(const Record& record) {
  return *find_value(record, *find_field("payment.fingerprints"));
}

TEST(FingerprintSeal, EachIsItsHmac) {
  std::vector<Record> records = {paying_with({"AOB934RVNwzk6xtn", "second"}), Record{},
                                 paying_with({"AOB934RVNwzk6xtn"})};
  ASSERT_TRUE(seal_fingerprints(records, kSealRef, {{"SEAL", "0123456789abcdef0123456789abcdef"}}));
  EXPECT_EQ(fingerprints_in(records[0]),
            Value(Texts{"08080f1153ccf7c09c27d2c9791e5e839e59f0b6054c49cea7760285f73f71f7",
                        "477c8d302fcfd5448d543500f0ac709cc9506332046cc2753725aac9200459a2"}));
  EXPECT_EQ(*find_value(records[0], *find_field("name")), Value(std::string("Acme")));
  EXPECT_EQ(fingerprints_in(records[2]),
            Value(Texts{"08080f1153ccf7c09c27d2c9791e5e839e59f0b6054c49cea7760285f73f71f7"}));
}

TEST(FingerprintSeal, AnotherKeyGivesOthers) {
  std::vector<Record> records = {paying_with({"second"})};
  ASSERT_TRUE(seal_fingerprints(records, kSealRef, {{"SEAL", "0123456789abcdef0123456789abcdeg"}}));
  EXPECT_NE(fingerprints_in(records[0]),
            Value(Texts{"477c8d302fcfd5448d543500f0ac709cc9506332046cc2753725aac9200459a2"}));
}

TEST(FingerprintSeal, WithoutAKeyNothingIsSealedAndTheCallerIsTold) {
  std::vector<Record> records = {paying_with({"second"})};
  const auto missing = seal_fingerprints(records, kSealRef, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kRefused);
  EXPECT_THAT(missing.error().message, HasSubstr("`fingerprint_key`: "));
  const auto weak = seal_fingerprints(records, kSealRef, {{"SEAL", "fifteen-bytes.."}});
  ASSERT_FALSE(weak);
  EXPECT_EQ(weak.error().code, ErrorCode::kRefused);
  EXPECT_THAT(weak.error().message, HasSubstr("less than 16 bytes"));
  EXPECT_EQ(fingerprints_in(records[0]), Value(Texts{"second"}));
  EXPECT_TRUE(seal_fingerprints(records, kSealRef, {{"SEAL", "sixteen-bytes..."}}));
}

TEST(FingerprintSeal, TheKeyIsNotAskedForWhereThereIsNothingToSeal) {
  std::vector<Record> records = {Record{}};
  EXPECT_TRUE(seal_fingerprints(records, kSealRef, {}));
}

}  // namespace
}  // namespace tidewaiter
