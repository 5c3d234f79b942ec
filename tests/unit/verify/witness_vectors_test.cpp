// Published cosignatures and trust policies (see the README of the vectors).
#include <gtest/gtest.h>

#include "policies/model/digest.h"
#include "storage/ledger/cosignature.h"
#include "storage/ledger/trust_policy.h"
#include "tests/unit/verify/shared_vectors.h"

namespace tidewaiter {
namespace {

using nlohmann::json;
using test::from_hex;
using test::read_file;
using test::read_json;
using test::shared_vectors;

TEST(WitnessVectors, HaveTheCosignatureOfAnotherProject) {
  TIDEWAITER_NEEDS_VECTORS();
  const auto mirror = shared_vectors() / "sunlight-300";
  const WitnessKey key =
      parse_witness_key(read_json(mirror / "mirror.v0.json")["verifier_keys"][0].get<std::string>())
          .value();
  SignedNote note = parse_signed_note(read_file(mirror / "checkpoint")).value();
  const auto found = verify_cosignatures(note, std::span(&key, 1)).value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].seconds, 0x6954'6780);  // the eight bytes behind the key's id
  note.text += "x\n";
  EXPECT_EQ(verify_cosignatures(note, std::span(&key, 1)).error().code, ErrorCode::kRefused);
}

TEST(WitnessVectors, AreCosignedAgainByteForByte) {
  TIDEWAITER_NEEDS_VECTORS();
  const json derived = read_json(shared_vectors() / "derived/ledger-v1.json");
  const WitnessKey key = parse_witness_key(derived["vkeys"][1].get<std::string>()).value();
  const SignedNote note = parse_signed_note(derived["checkpoint"].get<std::string>()).value();
  ASSERT_EQ(note.signatures.size(), 2U);
  const auto found = verify_cosignatures(note, std::span(&key, 1)).value();
  ASSERT_EQ(found.size(), 1U);
  const std::string seed = from_hex(derived["witness_seed_hex"]);
  const auto again = cosign(note.text, found[0].seconds, key.name,
                            SigningKey::from_seed(as_byte_span(seed)).value());
  EXPECT_EQ(again->bytes, note.signatures[1].bytes);
  EXPECT_EQ(again->key_id, note.signatures[1].key_id);

  const TrustPolicy policy =
      parse_trust_policy("log " + derived["vkeys"][0].get<std::string>() + "\nwitness w " +
                         derived["vkeys"][1].get<std::string>() + "\nquorum w\n")
          .value();
  EXPECT_TRUE(judge_witnesses(note, policy)->quorum);
  EXPECT_FALSE(judge_witnesses({note.text, {note.signatures[0]}}, policy)->quorum);
}

TEST(WitnessVectors, HaveThePolicyOfTheSpecification) {
  TIDEWAITER_NEEDS_VECTORS();
  const json snippets = read_json(shared_vectors() / "c2sp-examples/spec-snippets.json");
  std::string text = snippets["examples"]["tlog-policy"][0];
  // Its keys are left out there: each gets one of its own.
  unsigned number = 0;
  for (std::size_t at = 0; (at = text.find("<vkey>")) != std::string::npos; ++number) {
    Ed25519PublicKey key{};
    key[0] = static_cast<std::byte>(number);
    text.replace(at, 6,
                 number == 0 ? format_verifier_key({"log", key}) : format_witness_key({"w", key}));
  }
  EXPECT_EQ(number, 7U);
  const TrustPolicy policy = parse_trust_policy(text).value();
  EXPECT_EQ(policy.witnesses.size(), 6U);
  ASSERT_EQ(policy.groups.size(), 3U);
  EXPECT_EQ(policy.groups[0].threshold, 2U);
  EXPECT_EQ(policy.groups[1].threshold, 1U);
  EXPECT_EQ(policy.groups[2].threshold, 2U);
  EXPECT_EQ(policy.quorum, "X-and-Y");
}

}  // namespace
}  // namespace tidewaiter
