#include "storage/ledger/signed_note.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/model/digest.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/merkle.h"

namespace tidewaiter {
namespace {

// The example of C2SP signed-note.md.
constexpr std::string_view kFooKey =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view kFooNote =
    "This is an example message.\n\n\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    "\n";

SigningKey test_key() {
  // RFC 8032 §7.1, test 1.
  const Digest seed =
      digest_from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").value();
  return SigningKey::from_seed(seed.bytes).value();
}

TEST(SigningKey, MatchesTheStandardsFirstTest) {
  const SigningKey key = test_key();
  EXPECT_EQ(to_hex(Digest{key.public_key()}),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const Ed25519Signature signature = key.sign("");
  Digest first;
  Digest second;
  std::copy_n(signature.begin(), 32, first.bytes.begin());
  std::copy_n(signature.begin() + 32, 32, second.bytes.begin());
  EXPECT_EQ(to_hex(first), "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155");
  EXPECT_EQ(to_hex(second), "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  EXPECT_TRUE(verify_ed25519(key.public_key(), "", signature));
  EXPECT_FALSE(verify_ed25519(key.public_key(), "x", signature));
  EXPECT_FALSE(verify_ed25519(key.public_key(), "", std::span(signature).first(63)));
}

TEST(SigningKey, CanBeMovedAndIsThenEmpty) {
  SigningKey key = test_key();
  const Ed25519PublicKey public_key = key.public_key();
  const SigningKey moved = std::move(key);
  EXPECT_EQ(moved.public_key(), public_key);
  // NOLINTNEXTLINE(bugprone-use-after-move): that nothing is left behind is the point
  EXPECT_EQ(key.public_key(), Ed25519PublicKey{});
  EXPECT_FALSE(SigningKey::from_seed(std::span(public_key).first(31)));
  EXPECT_NE(SigningKey::generate().value().public_key(),
            SigningKey::generate().value().public_key());
}

TEST(VerifierKey, ReadsAndWritesTheSpecsExample) {
  const VerifierKey key = parse_verifier_key(kFooKey).value();
  EXPECT_EQ(key.name, "example.com/foo");
  EXPECT_EQ(key_id(key), 0x530d903aU);
  EXPECT_EQ(format_verifier_key(key), kFooKey);
}

TEST(VerifierKey, RefusesWhatIsNotOne) {
  for (const char* text :
       {"", "name", "name+530d903a", "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",  // another id
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",  // upper case
        "example.com/fo0+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",  // another name
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
        "example com+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"}) {
    EXPECT_FALSE(parse_verifier_key(text)) << text;
  }
}

TEST(VerifierKey, RepeatsNothingOfWhatMayBeASigningKey) {
  const std::string secret =
      "PRIVATE+KEY+ann+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
  const std::string message = parse_verifier_key(secret).error().message;
  EXPECT_THAT(message, testing::HasSubstr("signing key"));
  EXPECT_THAT(message, testing::Not(testing::HasSubstr("AekyeRrm")));
  const std::string seed = "a seed of thirty-two bytes, bare";
  EXPECT_THAT(parse_verifier_key(seed).error().message,
              testing::Not(testing::HasSubstr("thirty-two")));
}

TEST(SignedNote, VerifiesTheSpecsExample) {
  const VerifierKey key = parse_verifier_key(kFooKey).value();
  const Result<SignedNote> note = verify_note(kFooNote, std::span(&key, 1));
  ASSERT_TRUE(note) << note.error().message;
  EXPECT_EQ(note->text, "This is an example message.\n");
  EXPECT_EQ(format_signed_note(parse_signed_note(kFooNote).value()), kFooNote);
}

TEST(SignedNote, SplitsAtTheLastEmptyLine) {
  const SigningKey key = test_key();
  const VerifierKey verifier{"log", key.public_key()};
  const std::string text = "one\n\ntwo\n\n\u2014 log AAAAAAA=\n";
  const std::string note = sign_note(text, "log", key).value();
  EXPECT_EQ(verify_note(note, std::span(&verifier, 1)).value().text, text);
}

TEST(SignedNote, IgnoresUnknownKeysAndRefusesAKnownOnesBadSignature) {
  const SigningKey key = test_key();
  const std::vector<VerifierKey> known = {{"log", key.public_key()}};
  const SignedNote good = parse_signed_note(sign_note("text\n", "log", key).value()).value();

  SignedNote also_unknown = good;
  also_unknown.signatures.insert(also_unknown.signatures.begin(),
                                 NoteSignature{"stranger", 1, "anything"});
  const Result<SignedNote> verified = verify_note(format_signed_note(also_unknown), known);
  ASSERT_TRUE(verified);
  ASSERT_EQ(verified->signatures.size(), 1U);
  EXPECT_EQ(verified->signatures[0].name, "log");

  SignedNote other_id = good;  // the right name with another id is another key
  other_id.signatures[0].key_id ^= 1U;
  EXPECT_EQ(verify_note(format_signed_note(other_id), known).error().code, ErrorCode::kRefused);

  SignedNote bad = good;
  bad.signatures[0].bytes[5] ^= 1;
  EXPECT_EQ(verify_note(format_signed_note(bad), known).error().code, ErrorCode::kRefused);
  bad.signatures.insert(bad.signatures.begin() + 1, NoteSignature{"stranger", 1, "anything"});
  EXPECT_FALSE(verify_note(format_signed_note(bad), known));

  const std::vector<VerifierKey> twice = {known[0], known[0]};
  EXPECT_FALSE(verify_note(format_signed_note(good), twice));
  EXPECT_FALSE(verify_note(format_signed_note(good), {}));
}

TEST(SignedNote, RefusesMalformedNotes) {
  const std::string good(kFooNote);
  const std::string line = good.substr(good.find("\u2014"));
  const std::string text = "This is an example message.\n";
  EXPECT_TRUE(parse_signed_note(good));
  for (const std::string& note : {
           std::string(),
           text,
           text + "\n",
           text + line,
           good.substr(0, good.size() - 1),
           good + "\n",
           good + "x\n",
           text + "\n" + "- x AAAAAAA=\n",
           text + "\n\u2014 x AAAA\n",      // an id without more
           text + "\n\u2014 x AAAAAAA\n",   // padding is missing
           text + "\n\u2014 x AAAAAAB=\n",  // unused bits
           text + "\n\u2014 x  AAAAAAA=\n",
           text + "\n\u2014  AAAAAAA=\n",
           text + "\n\u2014 x+y AAAAAAA=\n",
           text + "\n\u2014 x\u00a0y AAAAAAA=\n",
           text + "\n\u2014x AAAAAAA=\n",
           "a\tb\n\n" + line,
           "a\rb\n\n" + line,
           "\xff\n\n" + line,
           std::string("a\0b\n\n", 5) + line,
       }) {
    EXPECT_FALSE(parse_signed_note(note)) << note;
  }
  std::string many = text + "\n";
  for (int i = 0; i < 100; ++i) many += line;
  EXPECT_TRUE(parse_signed_note(many));
  EXPECT_FALSE(parse_signed_note(many + line));
  EXPECT_FALSE(parse_signed_note(std::string(kMaxNoteBytes, 'a') + "\n\n" + line));
}

TEST(SignNote, RefusesWhatDoesNotFitIntoANote) {
  const SigningKey key = test_key();
  EXPECT_FALSE(sign_note("no newline", "log", key));
  EXPECT_FALSE(sign_note("tab\t\n", "log", key));
  EXPECT_FALSE(sign_note("text\n", "two words", key));
  EXPECT_FALSE(sign_note("text\n", "a+b", key));
  EXPECT_FALSE(sign_note("text\n", "", key));
}

TEST(Checkpoint, WritesAndReadsTheThreeLines) {
  // The empty tree's root is SHA-256 of nothing.
  const std::string body = "example.org/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  EXPECT_EQ(checkpoint_body("example.org/log", {0, empty_tree_root()}), body);
  const Checkpoint checkpoint = parse_checkpoint_body(body).value();
  EXPECT_EQ(checkpoint.origin, "example.org/log");
  EXPECT_EQ(checkpoint.head, (TreeHead{0, empty_tree_root()}));
}

TEST(Checkpoint, RefusesAllOtherForms) {
  const std::string root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  EXPECT_TRUE(parse_checkpoint_body("o\n9223372036854775807\n" + root + "\n"));
  for (const std::string& body : {
           std::string(),
           std::string("o\n"),
           "o\n1\n" + root,
           "o\n1\n" + root + "\nextension\n",
           "o\n1\n" + root + "\n\n",
           "\n1\n" + root + "\n",
           "o\n\n" + root + "\n",
           "o\n01\n" + root + "\n",
           "o\n+1\n" + root + "\n",
           "o\n-1\n" + root + "\n",
           "o\n-0\n" + root + "\n",
           "o\n1 \n" + root + "\n",
           "o\n 1\n" + root + "\n",
           "o\n0x1\n" + root + "\n",
           "o\n9223372036854775808\n" + root + "\n",
           "o\n1\n" + root.substr(0, 43) + "\n",
           "o\n1\n" + root + "=\n",
           std::string("o\n1\nAAAA\n"),
           "o\r\n1\n" + root + "\n",
           "\xff\n1\n" + root + "\n",
           std::string("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n"),
       }) {
    EXPECT_FALSE(parse_checkpoint_body(body)) << body;
  }
}

}  // namespace
}  // namespace tidewaiter
