// `ledger.witnesses` and `ledger.quorum`.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/config.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

/// Any 32 bytes are a public key as far as a configuration goes.
std::string vkey(const std::string& name, unsigned number) {
  Ed25519PublicKey key{};
  key[0] = static_cast<std::byte>(number);
  return format_witness_key({name, key});
}

ConfigOutcome load_witnesses(const std::string& ledger) {
  Environment environment;
  environment.working_folder = "/home/op";
  environment.host_name = "gate1";
  return load_config("/etc/tw/tidewaiter.yaml", "ledger:\n" + ledger, environment);
}

std::string codes_of(const ConfigOutcome& outcome) {
  std::string out;
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    out += std::string(diagnostic.code) + " " + diagnostic.message + "\n";
  }
  return out;
}

std::string witness(const std::string& name, const std::string& url, const std::string& key) {
  return "    - {name: " + name + ", url: \"" + url + "\", key: \"" + key + "\"}\n";
}

std::string two_witnesses() {
  return "  witnesses:\n" + witness("audit", "https://w.example/a", vkey("w.example/a", 1)) +
         witness("liaison", "http://127.0.0.1:8470", vkey("w.example/b", 2));
}

TEST(ConfigWitnesses, AreATrustPolicyWithoutALog) {
  const ConfigOutcome outcome = load_witnesses(two_witnesses() + "  quorum: 1\n");
  ASSERT_TRUE(outcome.diagnostics.empty()) << codes_of(outcome);
  const TrustPolicy& policy = outcome.config.ledger.witnesses;
  ASSERT_EQ(policy.witnesses.size(), 2U);
  EXPECT_EQ(policy.witnesses[0].name, "audit");
  EXPECT_EQ(policy.witnesses[0].url, "https://w.example/a");
  EXPECT_EQ(format_witness_key(policy.witnesses[0].key), vkey("w.example/a", 1));
  EXPECT_FALSE(has_quorum(policy, {}));
  EXPECT_TRUE(has_quorum(policy, std::span(&policy.witnesses[1].key, 1)));
}

TEST(ConfigWitnesses, AreAllAskedForUnlessTheQuorumSaysOtherwise) {
  const auto threshold = [](const std::string& quorum) {
    const ConfigOutcome outcome = load_witnesses(two_witnesses() + quorum);
    EXPECT_TRUE(outcome.diagnostics.empty()) << codes_of(outcome);
    return outcome.config.ledger.witnesses.groups.at(0).threshold;
  };
  EXPECT_EQ(threshold(""), 2U);
  EXPECT_EQ(threshold("  quorum: all\n"), 2U);
  EXPECT_EQ(threshold("  quorum: any\n"), 1U);
  EXPECT_EQ(threshold("  quorum: 2\n"), 2U);
  EXPECT_FALSE(load_witnesses("  sign_every: 5s\n").config.ledger.witnesses.asks_for_witnesses());
  EXPECT_FALSE(load_witnesses("  witnesses: []\n").config.ledger.witnesses.asks_for_witnesses());
}

TEST(ConfigWitnesses, AreShownAsTheyAreRead) {
  const ConfigOutcome first = load_witnesses(two_witnesses() + "  quorum: any\n");
  const std::string shown = show_config(first.config);
  EXPECT_THAT(shown, HasSubstr("  quorum: 1\n"));
  Environment environment;
  environment.working_folder = "/home/op";
  const ConfigOutcome second = load_config("/etc/tw/tidewaiter.yaml", shown, environment);
  EXPECT_TRUE(second.diagnostics.empty()) << codes_of(second);
  EXPECT_EQ(show_config(second.config), shown);
}

TEST(ConfigWitnesses, AreRefusedWithTheReason) {
  const std::string good = witness("a", "https://w.example", vkey("w.example/a", 1));
  const auto expect = [](const std::string& ledger, const std::string& code,
                         const std::string& why) {
    const ConfigOutcome outcome = load_witnesses(ledger);
    ASSERT_EQ(outcome.diagnostics.size(), 1U) << ledger << codes_of(outcome);
    EXPECT_EQ(outcome.diagnostics[0].code, code) << ledger;
    EXPECT_THAT(outcome.diagnostics[0].message, HasSubstr(why)) << ledger;
  };
  const std::string list = "  witnesses:\n";
  expect(list + "    - {name: a, url: \"https://w.example\"}\n", "TW0103", "needs `name`");
  expect(list + witness("a", "http://w.example", vkey("w", 1)), "TW0605", "neither https nor");
  expect(list + witness("a", "https://w.example", "w+00000000+AAAA"), "TW0104", "type 4");
  expect(list + good + witness("a", "https://w.example", vkey("w.example/b", 2)), "TW0604",
         "two witnesses have the name `a`");
  expect(list + good + witness("b", "https://w.example", vkey("w.example/b", 1)), "TW0604",
         "have one key");
  expect(list + good + "  quorum: 2\n", "TW0104", "1, not `2`");
  expect(list + good + "  quorum: 0\n", "TW0104", "not `0`");
  expect(list + good + "  quorum: most\n", "TW0104", "not `most`");
  expect("  quorum: 1\n", "TW0104", "there are none");
  expect("  witnesses: []\n  quorum: any\n", "TW0104", "there are none");
  expect(list + witness("a", "https://w.example/x?y=1", vkey("w", 1)), "TW0605", "has no query");
  expect(list + witness("a", "https://u:p@w.example", vkey("w", 1)), "TW0605",
         "holds a user or password");
  // A witness has no key of that name.
  EXPECT_THAT(codes_of(load_witnesses(list + witness("a", "https://u@w.example", vkey("w", 1)))),
              testing::Not(HasSubstr("token")));
}

}  // namespace
}  // namespace tidewaiter
