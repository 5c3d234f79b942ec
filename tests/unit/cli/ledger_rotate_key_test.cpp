#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

const std::string kOldKey(64, '1');
const std::string kNewKey(64, '2');

class LedgerRotateKey : public testing::Test {
 protected:
  void SetUp() override {
    write_key("old.key", kOldKey);
    write_key("new.key", kNewKey);
    site_.cycle();
  }

  void write_key(std::string_view name, const std::string& digits) const {
    site_.write(name, digits + "\n");
    std::filesystem::permissions(site_.path(name), std::filesystem::perms(0400));
  }
  /// The configuration, with a key for the vault.
  void configure(std::string_view key) const {
    site_.configure("origin: small.example/ledger, vault_key: {file: " + std::string(key) + "}");
  }
  [[nodiscard]] nlohmann::json last_entry() const {
    return site_({"ledger", "log", "--json"}).json()["entries"].back()["entry"];
  }

  SmallSite site_;
};

TEST_F(LedgerRotateKey, WrapsAPlainVaultAndTheLedgerSaysSo) {
  configure("old.key");
  const Answer refused = site_({"run", "--once"});
  EXPECT_EQ(refused.status, 4);
  EXPECT_THAT(refused.err, HasSubstr("is not wrapped, though `ledger.vault_key` names a key"));
  const Answer answer = site_({"ledger", "rotate-key", "--json"});
  ASSERT_EQ(answer.status, 0) << answer.err;
  // By hand: the accounts `a` and `c` are reported.
  EXPECT_EQ(answer.json()["keys"], 2);
  EXPECT_EQ(answer.json()["from"], nullptr);
  EXPECT_EQ(last_entry()["typ"], "key.rotated");
  EXPECT_EQ(last_entry()["key"], "vault");
  EXPECT_EQ(last_entry()["to"], answer.json()["to"]);
  EXPECT_EQ(site_({"ledger", "fsck"}).status, 0);
  EXPECT_EQ(site_({"ledger", "verify"}).status, 0);
  site_.cycle();
}

TEST_F(LedgerRotateKey, RotatesFromOneKeyToTheNext) {
  configure("old.key");
  ASSERT_EQ(site_({"ledger", "rotate-key"}).status, 0);
  configure("new.key");
  const Answer refused = site_({"ledger", "rotate-key"});
  EXPECT_EQ(refused.status, 4);
  EXPECT_THAT(refused.err, HasSubstr("rotate-key --from FILE"))
      << "the configured key cannot be both";
  const Answer answer = site_({"ledger", "rotate-key", "--from", "old.key"});
  ASSERT_EQ(answer.status, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("are wrapped by key "));
  EXPECT_THAT(answer.out, HasSubstr("Destroy key "));
  EXPECT_EQ(site_({"ledger", "fsck"}).status, 0);
  configure("old.key");
  const Answer former = site_({"run", "--once"});
  EXPECT_EQ(former.status, 4);
  EXPECT_THAT(former.err, HasSubstr("and `ledger.vault_key` names key "));
}

TEST_F(LedgerRotateKey, LaysTheKeysPlainAgain) {
  configure("old.key");
  ASSERT_EQ(site_({"ledger", "rotate-key"}).status, 0);
  ASSERT_EQ(site_({"ledger", "rotate-key", "--plain"}).status, 0);
  EXPECT_EQ(last_entry()["to"], nullptr);
}

TEST_F(LedgerRotateKey, AVaultThatIsPlainIsNotLaidPlainAgain) {
  const nlohmann::json before = last_entry();
  const Answer answer = site_({"ledger", "rotate-key", "--plain"});
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("lie plain already"));
  EXPECT_EQ(last_entry(), before);
}

TEST_F(LedgerRotateKey, NeedsAKeyThatIsOne) {
  const Answer none = site_({"ledger", "rotate-key"});
  EXPECT_EQ(none.status, 3);
  EXPECT_THAT(none.err, HasSubstr("no key is named to wrap by"));
  write_key("short.key", std::string(62, '1'));
  const Answer unfit = site_({"ledger", "rotate-key", "--to", "short.key"});
  EXPECT_EQ(unfit.status, 3);
  EXPECT_THAT(unfit.err, HasSubstr("64 hexadecimal digits"));
  EXPECT_THAT(unfit.err, testing::Not(HasSubstr("1111"))) << "a secret in a message";
  EXPECT_EQ(site_({"ledger", "rotate-key", "--to", "absent.key"}).status, 2);
  EXPECT_EQ(site_({"ledger", "rotate-key", "--to", "old.key", "--plain"}).status, 2);
}

}  // namespace
}  // namespace tidewaiter
