#include "storage/evidence/payload_cipher.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <vector>

#include <gtest/gtest.h>

#include "policies/model/digest.h"
#include "tests/unit/ledger/whole_payload.h"

namespace tidewaiter {
namespace {

/// An array of rising bytes.
template <class Array>
Array rising(int first) {
  Array array{};
  std::ranges::generate(array, [&first] { return static_cast<std::byte>(first++); });
  return array;
}

const auto kVaultKey = rising<SubjectKey>(0);
const auto kNonce = rising<Nonce>(0x40);
const auto kSalt = rising<PayloadSalt>(0x60);

PayloadKey key_of_payload() { return payload_key(kVaultKey, kNonce, kPayloadKeyLabel, 0); }
std::string context_of_payload() { return payload_context(kPayloadContextLabel, kNonce); }

std::string text_of(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((7 * i) % 251);
  return text;
}

std::string sealed_by(const PayloadKey& key, const std::string& context, std::string_view text,
                      const PayloadSalt& salt = kSalt) {
  return sealed_payload(key, context, salt, text);
}
std::string sealed(std::string_view text) {
  return sealed_by(key_of_payload(), context_of_payload(), text);
}

Result<std::string> opened(std::string_view payload) {
  return opened_payload(key_of_payload(), context_of_payload(), payload);
}

std::string in_hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) {
    text += "0123456789abcdef"[std::to_integer<unsigned>(byte) >> 4U];
    text += "0123456789abcdef"[std::to_integer<unsigned>(byte) & 0xFU];
  }
  return text;
}

// What is expected here was made by Python's hashlib, hmac and cryptography from the text of
// c2sp.org/chunked-encryption (tests/interop/payload/compare.py).

TEST(PayloadCipher, DerivesTheKeyOfAPayload) {
  EXPECT_EQ(in_hex(key_of_payload()),
            "afb6bdb285b7818ab46d603ad5612a2bc36881576c498a07b023b5cd756db2ba");
}

TEST(PayloadCipher, SealsAsTheSpecificationSays) {
  const std::string header =
      "606162636465666768696a6b6c6d6e6f7071727374757677"
      "1339bbc227dac87ded75bece88c67043760e222f8cb6becea6f8aec4ef3bccc9";
  EXPECT_EQ(in_hex(as_byte_span(sealed(""))), header + "c27c92a2c7a73da1a53f9603165dab22");
  EXPECT_EQ(in_hex(as_byte_span(sealed("abc"))), header + "abb5bab7c110cc8c712a4c1de6b79b98152cfa");
}

TEST(PayloadCipher, SealsTextOfAnyLength) {
  const std::vector<std::pair<std::size_t, std::string>> known = {
      {16'383, "52f7ae3782acf30830653127809504d3b59580d8901898c716c9a2e754f34efd"},
      {16'384, "ff5358842983fafee236b27d05b0e3b2b3844e5d0e2fc6af0448a32dc5e7f388"},
      {16'385, "07d5e41cd0731f3688c83e96dbbc406585a01e3f4a084ac89f61f05e67002b03"},
      {32'768, "c009bb65c32caccd7bc858c3a2a61aeb0d240b8ba0becc149bb512fb3261eaab"},
      {40'000, "c30854631a7b578ecd533a619d8df56ad43121fb0ab5c4614b1763ce484fb764"}};
  for (const auto& [size, digest] : known) {
    const std::string payload = sealed(text_of(size));
    EXPECT_EQ(to_hex(sha256(payload)), digest) << size;
    EXPECT_EQ(static_cast<std::int64_t>(payload.size()),
              payload_length(static_cast<std::int64_t>(size)));
    EXPECT_EQ(opened(payload).value_or("refused"), text_of(size)) << size;
  }
}

TEST(PayloadCipher, RefusesEachSingleBitThatWasFlipped) {
  const std::string payload = sealed("of account 17");
  for (std::size_t bit = 0; bit < payload.size() * 8; ++bit) {
    std::string changed = payload;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    const auto text = opened(changed);
    ASSERT_FALSE(text) << "bit " << bit;
    EXPECT_EQ(text.error().code, ErrorCode::kCorruption);
  }
}

TEST(PayloadCipher, RefusesWhatWasCutAnywhere) {
  const std::string payload = sealed(text_of(2 * kPayloadChunk + 5));
  std::vector<std::size_t> cuts;
  for (std::size_t size = 0; size < payload.size(); size += 97) cuts.push_back(size);
  // Behind the header and each chunk, and a byte before and after.
  for (const std::size_t chunk : {0U, 1U, 2U}) {
    const std::size_t boundary = kPayloadHeader + chunk * kSealedChunk;
    for (const std::size_t cut : {boundary - 1, boundary, boundary + 1}) cuts.push_back(cut);
  }
  cuts.push_back(payload.size() - 1);
  for (const std::size_t cut : cuts) {
    EXPECT_FALSE(opened(std::string_view(payload).substr(0, cut))) << cut;
  }
  EXPECT_TRUE(opened(payload));
  EXPECT_FALSE(opened(payload + "x"));
}

TEST(PayloadCipher, RefusesChunksOfAnotherPlace) {
  const std::string payload = sealed(text_of(2 * kPayloadChunk + 5));
  const std::string header = payload.substr(0, kPayloadHeader);
  const std::string first = payload.substr(kPayloadHeader, kSealedChunk);
  const std::string second = payload.substr(kPayloadHeader + kSealedChunk, kSealedChunk);
  const std::string last = payload.substr(kPayloadHeader + 2 * kSealedChunk);
  ASSERT_TRUE(opened(header + first + second + last));
  for (const std::string& other : {second + first + last, first + first + last, first + last,
                                   last + first + second, first + second + last + last}) {
    EXPECT_FALSE(opened(header + other));
  }
  // Of another payload under the same key: its salt is another one.
  const std::string stranger = sealed_by(key_of_payload(), context_of_payload(),
                                         text_of(2 * kPayloadChunk + 5), rising<PayloadSalt>(1));
  EXPECT_FALSE(opened(header + stranger.substr(kPayloadHeader, kSealedChunk) + second + last));
}

TEST(PayloadCipher, OpensUnderOneKeyAndContextAlone) {
  const std::string payload = sealed("of account 17");
  const PayloadKey other_key = payload_key(kVaultKey, kNonce, kPayloadKeyLabel, 1);
  const auto by_key = opened_payload(other_key, context_of_payload(), payload);
  ASSERT_FALSE(by_key);
  EXPECT_EQ(by_key.error().message,
            "the payload does not hold: its header does not commit to this key");
  const auto by_context = opened_payload(
      key_of_payload(), payload_context(kPayloadContextLabel, rising<Nonce>(0)), payload);
  EXPECT_FALSE(by_context);
}

// AES-GCM alone lets somebody make one ciphertext that holds under two keys. Whatever stands behind
// it, a header commits to one: with the other key's commitment it is another header.
TEST(PayloadCipher, NoHeaderIsOfTwoKeys) {
  const PayloadKey other_key = payload_key(kVaultKey, kNonce, kPayloadKeyLabel, 1);
  const std::string context = context_of_payload();
  const std::string one = PayloadSealer(key_of_payload(), context, kSalt).header();
  const std::string two = PayloadSealer(other_key, context, kSalt).header();
  EXPECT_NE(one, two);
  EXPECT_TRUE(PayloadOpener::begin(key_of_payload(), context, one));
  EXPECT_FALSE(PayloadOpener::begin(other_key, context, one));
  EXPECT_FALSE(PayloadOpener::begin(key_of_payload(), context, two));
  EXPECT_TRUE(PayloadOpener::begin(other_key, context, two));
}

TEST(PayloadCipher, HasNoRoomForAHeaderOfAnotherLength) {
  const std::string header = sealed("").substr(0, kPayloadHeader);
  for (const std::size_t size : {std::size_t{0}, std::size_t{24}, kPayloadHeader - 1}) {
    EXPECT_FALSE(PayloadOpener::begin(key_of_payload(), context_of_payload(),
                                      std::string_view(header).substr(0, size)));
  }
}

TEST(PayloadCipher, SaltsAreNew) { EXPECT_NE(new_payload_salt(), new_payload_salt()); }

}  // namespace
}  // namespace tidewaiter
