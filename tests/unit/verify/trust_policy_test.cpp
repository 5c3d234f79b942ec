// Trust policies by the text of C2SP tlog-policy: what is read, what is refused and where, and who
// is a quorum.
#include "storage/ledger/trust_policy.h"

#include <bit>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

/// Any 32 bytes are a public key as far as a policy goes.
Ed25519PublicKey key_of(unsigned number) {
  Ed25519PublicKey key{};
  key[0] = static_cast<std::byte>(number);
  return key;
}
std::string log_line(const std::string& origin, unsigned number, const std::string& url = "") {
  return "log " + format_verifier_key({origin, key_of(number)}) + url + "\n";
}
std::string witness_line(const std::string& name, unsigned number, const std::string& url = "") {
  return "witness " + name + " " + format_witness_key({"w.example/" + name, key_of(number)}) + url +
         "\n";
}

/// The policy that the specification draws: two of three X and one of three Y.
std::string two_levels() {
  return log_line("log.example/a", 0) + "\n" + witness_line("X1", 1) + witness_line("X2", 2) +
         witness_line("X3", 3) + "group X-witnesses 2 X1 X2 X3\n\n" + witness_line("Y1", 4) +
         witness_line("Y2", 5) + witness_line("Y3", 6) +
         "group Y-witnesses any Y1 Y2 Y3\n\ngroup X-and-Y all X-witnesses Y-witnesses\n"
         "quorum X-and-Y\n";
}

TEST(TrustPolicy, IsReadByItsLines) {
  const TrustPolicy policy =
      parse_trust_policy("# who is trusted\n\t \n" + log_line("log.example/a", 0, " https://a/") +
                         "  # more\n" + witness_line("W", 1, "\thttps://w/ ") +
                         "\tgroup  g  1\tW \nquorum g\n" + witness_line("late", 2))
          .value();
  ASSERT_EQ(policy.logs.size(), 1U);
  EXPECT_EQ(policy.logs[0].key, (VerifierKey{"log.example/a", key_of(0)}));
  EXPECT_EQ(policy.logs[0].url, "https://a/");
  ASSERT_EQ(policy.witnesses.size(), 2U);
  EXPECT_EQ(policy.witnesses[0].name, "W");
  EXPECT_EQ(policy.witnesses[0].key, (WitnessKey{"w.example/W", key_of(1)}));
  EXPECT_EQ(policy.witnesses[0].url, "https://w/");
  ASSERT_EQ(policy.groups.size(), 1U);
  EXPECT_EQ(policy.groups[0].members, std::vector<std::string>{"W"});
  EXPECT_EQ(policy.quorum, "g");
}

// The formula is the specification's; all 64 sets of witnesses.
TEST(TrustPolicy, TakesTheQuorumsThatItsGroupsSay) {
  const TrustPolicy policy = parse_trust_policy(two_levels()).value();
  for (unsigned set = 0; set < 64; ++set) {
    std::vector<WitnessKey> cosigners;
    for (unsigned i = 0; i < 6; ++i) {
      if ((set >> i & 1U) != 0) cosigners.push_back(policy.witnesses[i].key);
    }
    const bool expected = std::popcount(set & 7U) >= 2 && (set >> 3U) != 0;
    EXPECT_EQ(has_quorum(policy, cosigners), expected) << set;
  }
}

TEST(TrustPolicy, TakesOneWitnessOrNobodyAsQuorum) {
  const TrustPolicy one =
      parse_trust_policy(witness_line("a", 1) + witness_line("b", 2) + "quorum b\n").value();
  EXPECT_FALSE(has_quorum(one, std::span(&one.witnesses[0].key, 1)));
  EXPECT_TRUE(has_quorum(one, std::span(&one.witnesses[1].key, 1)));
  const TrustPolicy none = parse_trust_policy("quorum none\n").value();
  EXPECT_FALSE(none.asks_for_witnesses());
  EXPECT_TRUE(has_quorum(none, {}));
}

// A witness is its key with its name: the same key under another name is another.
TEST(TrustPolicy, CountsNoStranger) {
  const TrustPolicy policy = parse_trust_policy(witness_line("a", 1) + "quorum a\n").value();
  const WitnessKey renamed{"w.example/z", key_of(1)};
  EXPECT_FALSE(has_quorum(policy, std::span(&renamed, 1)));
}

struct BadPolicy {
  std::string text;
  std::string where;
  std::string why;
};

TEST(TrustPolicy, RefusesWhatItsTextForbidsAndSaysWhere) {
  const std::string a = witness_line("a", 1);
  const std::string b = witness_line("b", 2);
  const std::vector<BadPolicy> cases{
      {"", "", "has no line `quorum`"},
      {a, "", "has no line `quorum`"},
      {"quorum none\nquorum none\n", "line 2", "this is the second"},
      {"quorum\n", "line 1", "expected `quorum <name>`"},
      {"quorum a b\n", "line 1", "expected `quorum <name>`"},
      {"quorum a\n" + a, "line 1", "got `a`"},
      {"quorum none", "line 1", "expected a newline"},
      {"quorum none\r\n", "line 1", "no control characters"},
      {"quorum none\x7f\n", "line 1", "no control characters"},
      {std::string("quorum none\0\n", 13), "line 1", "no control characters"},
      {"\n\nwitnes a b\n", "line 3", "got `witnes`"},
      {"Quorum none\n", "line 1", "got `Quorum`"},
      {"witness a\n", "line 1", "expected `witness <name> <vkey> [<url>]`"},
      {"witness a b c d\n", "line 1", "expected `witness <name> <vkey> [<url>]`"},
      {"witness a b\n", "line 1", "expected a verifier key"},
      {a + a, "line 2", "stands for an earlier witness or group"},
      {a + witness_line("c", 1), "line 2", "is that of an earlier witness"},
      {witness_line("none", 1), "line 1", "names nothing else"},
      {"log\n", "line 1", "expected `log <vkey> [<url>]`"},
      {log_line("l", 1) + log_line("m", 1), "line 2", "is that of an earlier log"},
      {"log " + format_witness_key({"w", key_of(1)}) + "\n", "line 1", "is not an Ed25519 key"},
      {"witness a " + format_verifier_key({"w", key_of(1)}) + "\n", "line 1", "for cosignatures"},
      {a + "group g 1\n", "line 2", "expected `group <name> <k|any|all> <name>"},
      {a + "group g 0 a\n", "line 2", "a number from 1 to the 1 members"},
      {a + "group g 2 a\n", "line 2", "got `2`"},
      {a + "group g 01 a\n", "line 2", "got `01`"},
      {a + "group g most a\n", "line 2", "got `most`"},
      {a + "group g any a b\n" + b, "line 2", "got `b`"},
      {a + "group g any g\n", "line 2", "got `g`"},
      {a + "group g any none\n", "line 2", "got `none`"},
      {a + "group g any a a\n", "line 2", "is a member of a group already"},
      {a + b + "group g any a\ngroup h any b a\n", "line 4", "is a member of a group already"},
      {a + b + "group b any a\n", "line 3", "stands for an earlier"},
      {std::string(kMaxTrustPolicyBytes + 1, '\n'), "", "at most 262144 bytes"}};
  for (const BadPolicy& c : cases) {
    const auto policy = parse_trust_policy(c.text);
    ASSERT_FALSE(policy) << c.text;
    EXPECT_EQ(policy.error().where, c.where) << c.text;
    EXPECT_THAT(policy.error().message, testing::HasSubstr(c.why)) << c.text;
  }
}

// The specification recommends at least 32 of each.
TEST(TrustPolicy, HasRoomForAHundredOfEach) {
  std::string text;
  for (unsigned i = 0; i < 100; ++i) {
    const std::string number = std::to_string(i);
    text += log_line("log" + number, i) + witness_line("w" + number, i) + "group g" + number +
            " 1 w" + number + "\n";
  }
  text += "group all-of-them all";
  for (unsigned i = 0; i < 100; ++i) text += " g" + std::to_string(i);
  const TrustPolicy policy = parse_trust_policy(text + "\nquorum all-of-them\n").value();
  std::vector<WitnessKey> cosigners;
  for (const PolicyWitness& witness : policy.witnesses) cosigners.push_back(witness.key);
  EXPECT_TRUE(has_quorum(policy, cosigners));
  cosigners.pop_back();
  EXPECT_FALSE(has_quorum(policy, cosigners));
}

}  // namespace
}  // namespace tidewaiter
