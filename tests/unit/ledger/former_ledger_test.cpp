#include "storage/ledger/former_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "storage/ledger/signed_note.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

constexpr const char* kLost = "lost.example/ledger";
constexpr const char* kNew = "new.example/ledger";

/// A former ledger of five entries, of which three are kept.
FormerLedger a_former() {
  const auto key = SigningKey::generate();
  FormerLedger former;
  former.checkpoint = *sign_note(checkpoint_body(kLost, {5, sha256("root")}), kLost, *key);
  former.verifier_key = format_verifier_key({kLost, key->public_key()});
  former.kept = 3;
  former.reason = "a disk failed";
  return former;
}

TEST(FormerLedger, HasTheHeadThatItsKeySigned) {
  const auto head = former_head(a_former(), kNew);
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->origin, kLost);
  EXPECT_EQ(head->head, (TreeHead{5, sha256("root")}));
}

TEST(FormerLedger, IsReadAsItWasWritten) {
  const FormerLedger former = a_former();
  const auto again = former_from_json(former_to_json(former));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->checkpoint, former.checkpoint);
  EXPECT_EQ(again->verifier_key, former.verifier_key);
  EXPECT_EQ(again->kept, 3);
  EXPECT_EQ(again->reason, "a disk failed");
  for (const char* name : {"checkpoint", "vkey", "kept", "reason"}) {
    nlohmann::json member = former_to_json(former);
    member.erase(name);
    EXPECT_FALSE(former_from_json(member)) << name;
    member[name] = nullptr;
    EXPECT_FALSE(former_from_json(member)) << name;
  }
  nlohmann::json more = former_to_json(former);
  more["x"] = 1;
  EXPECT_FALSE(former_from_json(more));
}

TEST(FormerLedger, IsNotTheLedgerItself) {
  EXPECT_THAT(former_head(a_former(), kLost).error().message, HasSubstr("the same origin"));
}

TEST(FormerLedger, KeepsNoMoreThanItHad) {
  FormerLedger former = a_former();
  for (const std::int64_t kept : {std::int64_t{0}, std::int64_t{5}}) {
    former.kept = kept;
    EXPECT_TRUE(former_head(former, kNew)) << kept;
  }
  for (const std::int64_t kept : {std::int64_t{-1}, std::int64_t{6}}) {
    former.kept = kept;
    EXPECT_FALSE(former_head(former, kNew)) << kept;
  }
}

TEST(FormerLedger, GivesAReason) {
  FormerLedger former = a_former();
  former.reason.clear();
  EXPECT_FALSE(former_head(former, kNew));
}

TEST(FormerLedger, IsSignedByItsKeyAndByTheKeyOfItsName) {
  FormerLedger former = a_former();
  former.verifier_key = a_former().verifier_key;  // another key of that name
  EXPECT_FALSE(former_head(former, kNew));
  const auto key = SigningKey::generate();
  former.checkpoint = *sign_note(checkpoint_body(kLost, {5, sha256("root")}), "else.example", *key);
  former.verifier_key = format_verifier_key({"else.example", key->public_key()});
  EXPECT_THAT(former_head(former, kNew).error().message, HasSubstr("not of its key's log"));
  former.checkpoint = *sign_note(checkpoint_body(kLost, {0, sha256("")}), kLost, *key);
  former.verifier_key = format_verifier_key({kLost, key->public_key()});
  former.kept = 0;
  EXPECT_THAT(former_head(former, kNew).error().message, HasSubstr("of no entry"));
}

}  // namespace
}  // namespace tidewaiter
