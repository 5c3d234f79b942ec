// Cosignatures of witnesses beside one that OpenSSL made, and what is refused of them.
#include "storage/ledger/cosignature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

constexpr std::string_view kHeadText =
    "ledger.example.org/test\n7\nSBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n";
constexpr std::string_view kWitnessKey =
    "witness.example.org/w+8ad98384+BCVDuS/xCVURR2rcg2nbbdyTNmWhGXjdoUBO4QZsqVWd";
// The seed is the bytes 64 to 95, the time 1790000000; `openssl pkeyutl -sign -rawin` signed it.
constexpr std::string_view kCosigned =
    "\u2014 witness.example.org/w "
    "itmDhAAAAABqsTuA72WXP9kszxl0zCN24kd2jJd6q84qNkawF/kvkS+HV5b5mEgevS2ijEubQLEQCD9HR/"
    "TztlAZvh9LfubzZkvKDA==\n";
constexpr std::int64_t kCosignedAt = 1'790'000'000;

SigningKey witness_key() {
  std::array<std::byte, SigningKey::kSeedSize> seed{};
  for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::byte>(64 + i);
  return SigningKey::from_seed(seed).value();
}

SignedNote note_with(std::string_view lines) {
  return {std::string(kHeadText), parse_signature_lines(lines).value()};
}

TEST(Cosignature, IsThatOfAnotherProgram) {
  const auto line = cosign(kHeadText, kCosignedAt, "witness.example.org/w", witness_key()).value();
  EXPECT_EQ(format_signature_lines(std::span(&line, 1)), kCosigned);
  const WitnessKey key = parse_witness_key(kWitnessKey).value();
  EXPECT_EQ(key, (WitnessKey{"witness.example.org/w", witness_key().public_key()}));
  EXPECT_EQ(format_witness_key(key), kWitnessKey);
  const auto found = verify_cosignatures(note_with(kCosigned), std::span(&key, 1)).value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].seconds, kCosignedAt);
  EXPECT_EQ(found[0].witness, key);
}

TEST(Cosignature, HoldsForItsTextTimeAndKeyAlone) {
  const WitnessKey key = parse_witness_key(kWitnessKey).value();
  SignedNote note = note_with(kCosigned);
  for (std::size_t i = 0; i < note.signatures[0].bytes.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      SignedNote other = note;
      char& byte = other.signatures[0].bytes[i];
      byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << bit));
      EXPECT_FALSE(verify_cosignatures(other, std::span(&key, 1))) << i << "." << bit;
    }
  }
  note.signatures[0].bytes.pop_back();
  EXPECT_EQ(verify_cosignatures(note, std::span(&key, 1)).error().code, ErrorCode::kRefused);
  note = note_with(kCosigned);
  note.text.insert(note.text.find('\n'), "x");
  EXPECT_FALSE(verify_cosignatures(note, std::span(&key, 1)));
}

TEST(Cosignature, OfAStrangerIsLeftAside) {
  const WitnessKey other{"witness.example.org/other", witness_key().public_key()};
  EXPECT_EQ(verify_cosignatures(note_with(kCosigned), std::span(&other, 1)).value().size(), 0U);
}

TEST(Cosignature, CountsOnceAsOftenAsItStands) {
  const WitnessKey key = parse_witness_key(kWitnessKey).value();
  const std::string twice = std::string(kCosigned) + std::string(kCosigned);
  EXPECT_EQ(verify_cosignatures(note_with(twice), std::span(&key, 1)).value().size(), 1U);
}

// A log's signature over the text itself says nothing of a witness, and the other way round.
TEST(Cosignature, IsNoSignatureOfTheLog) {
  const std::string name = "witness.example.org/w";
  const VerifierKey as_log{name, witness_key().public_key()};
  const WitnessKey as_witness{name, witness_key().public_key()};
  EXPECT_NE(key_id(as_log), key_id(as_witness));
  const std::string note = sign_note(kHeadText, name, witness_key()).value();
  EXPECT_TRUE(verify_note(note, std::span(&as_log, 1)));
  const SignedNote parsed = parse_signed_note(note).value();
  EXPECT_EQ(verify_cosignatures(parsed, std::span(&as_witness, 1)).value().size(), 0U);
  EXPECT_EQ(parse_verifier_key(kWitnessKey).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(parse_witness_key(format_verifier_key(as_log)).error().code, ErrorCode::kUnsupported);
}

TEST(Cosignature, IsNotMadeBefore1970) {
  EXPECT_EQ(cosign(kHeadText, -1, "w", witness_key()).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(cosign(kHeadText, 0, "a name", witness_key()).error().code, ErrorCode::kInvalidInput);
}

TEST(SignatureLines, AreReadAsTheyAreWritten) {
  EXPECT_EQ(format_signature_lines(parse_signature_lines(kCosigned).value()), kCosigned);
  EXPECT_FALSE(parse_signature_lines(""));
  EXPECT_FALSE(parse_signature_lines(kCosigned.substr(0, kCosigned.size() - 1)));
  EXPECT_FALSE(parse_signature_lines("\n" + std::string(kCosigned)));
}

}  // namespace
}  // namespace tidewaiter
