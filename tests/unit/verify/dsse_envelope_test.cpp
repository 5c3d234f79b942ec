#include "storage/ledger/dsse_envelope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/model/base64.h"
#include "policies/model/digest.h"
#include "storage/ledger/checkpoint.h"

namespace tidewaiter {
namespace {

/// RFC 8032 §7.1, test 1.
SigningKey attesting_key() {
  const Digest seed =
      digest_from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").value();
  return SigningKey::from_seed(seed.bytes).value();
}

// The vector of protocol.md of secure-systems-lab/dsse (section "Test Vectors").
TEST(DssePae, IsThatOfTheProtocolsVector) {
  EXPECT_EQ(dsse_pae("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

// By hand: lengths are of bytes, decimal, and of nothing 0.
TEST(DssePae, CountsBytes) {
  EXPECT_EQ(dsse_pae("", ""), "DSSEv1 0  0 ");
  EXPECT_EQ(dsse_pae("\u00e9", "\u20ac\n"), "DSSEv1 2 \u00e9 4 \u20ac\n");
  // Where type ends and payload begins makes another text.
  EXPECT_NE(dsse_pae("a", "b c"), dsse_pae("a b", "c"));
}

TEST(DsseEnvelope, HasOneForm) {
  const SigningKey key = attesting_key();
  const DsseEnvelope envelope = sign_dsse(kInTotoPayloadType, "{}", "log.example+0a", key);
  EXPECT_TRUE(verify_dsse(envelope, key.public_key()));
  const std::string text = format_dsse(envelope).value();
  EXPECT_EQ(text, R"({"payload":"e30=","payloadType":"application/vnd.in-toto+json",)"
                  R"("signatures":[{"keyid":"log.example+0a","sig":")" +
                      to_base64(envelope.signature, Base64::kStandard) + "\"}]}\n");
  EXPECT_EQ(parse_dsse(text).value(), envelope);
  const auto replaced = [&text](std::string_view what, std::string_view by) {
    std::string other = text;
    other.replace(other.find(what), what.size(), by);
    return other;
  };
  for (const std::string& other :
       {std::string(), std::string("{}\n"), std::string("[]\n"), text.substr(0, text.size() - 1),
        text + "\n", " " + text, replaced("e30=", "e30"), replaced("e30=", "e31="),
        replaced("\"payload\":", "\"payload\": "), replaced("}]", "},{}]"), replaced("[{", "["),
        replaced("\"payloadType\"", "\"type\""), replaced("\"keyid\":\"log.example+0a\",", ""),
        replaced("{\"payload\"", "{\"a\":1,\"payload\"")}) {
    EXPECT_FALSE(parse_dsse(other)) << other;
  }
}

TEST(DsseEnvelope, IsOfItsTypePayloadAndKeyAlone) {
  const SigningKey key = attesting_key();
  const DsseEnvelope envelope = sign_dsse("a", "b", "k", key);
  DsseEnvelope other = envelope;
  other.payload = "c";
  EXPECT_FALSE(verify_dsse(other, key.public_key()));
  other = envelope;
  other.payload_type = "c";
  EXPECT_FALSE(verify_dsse(other, key.public_key()));
  other = envelope;
  other.signature[5] ^= 1;
  EXPECT_FALSE(verify_dsse(other, key.public_key()));
  other = envelope;
  other.signature.pop_back();
  EXPECT_FALSE(verify_dsse(other, key.public_key()));
  EXPECT_FALSE(verify_dsse(envelope, SigningKey::generate()->public_key()));
}

// ADR 52: what the key of a log signs as a note is never what it signs as an envelope. A note's
// first line is the origin, which has no blank; that of an envelope has one in its seventh place.
TEST(DsseEnvelope, IsNoNoteOfALog) {
  for (const char* const origin : {"DSSEv1", "small.example/ledger", "DSSEv1-28"}) {
    ASSERT_TRUE(is_key_name(origin));
    const std::string body = checkpoint_body(origin, {12, sha256("x")});
    EXPECT_FALSE(body.starts_with("DSSEv1 ")) << body;
    const SigningKey key = attesting_key();
    const DsseEnvelope as_envelope{
        std::string(kInTotoPayloadType), body, origin,
        parse_signed_note(sign_note(body, origin, key).value()).value().signatures[0].bytes};
    EXPECT_FALSE(verify_dsse(as_envelope, key.public_key()));
  }
  EXPECT_FALSE(is_key_name("DSSEv1 28"));
  EXPECT_FALSE(parse_checkpoint_body(dsse_pae("t", "origin\n1\n")));
}

}  // namespace
}  // namespace tidewaiter
