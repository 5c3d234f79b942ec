#include "daemon/app/standby.h"

#include <functional>
#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "storage/ledger/ledger_server.h"
#include "temporary_folder.h"

namespace tidewaiter {
namespace {

/// Says of a lead what it is told to.
class AskedServer final : public LedgerServer {
 public:
  Result<bool> led = false;
  mutable int asked = 0;

  std::string name() const override { return "a server"; }
  Result<bool> has_ledger() const override { return true; }
  Result<std::unique_ptr<LedgerStore>> open(Ledger::Mode) const override {
    return fail(ErrorCode::kUnsupported, "nothing is opened here");
  }
  Result<bool> is_led() const override {
    ++asked;
    return led;
  }
  Result<void> copy_to(const std::filesystem::path&,
                       const std::function<Result<void>()>&) const override {
    return fail(ErrorCode::kUnsupported, "nothing is copied here");
  }
};

class StandbyTest : public testing::Test {
 protected:
  StandbyTest() {
    config_.state = folder_.path();
    config_.ledger.server = server_;
  }

  TemporaryFolder folder_;
  std::shared_ptr<AskedServer> server_ = std::make_shared<AskedServer>();
  Config config_;
  std::optional<StateLock> lock_;
};

TEST_F(StandbyTest, ALedgerInAFileIsWaitedForByNobody) {
  config_.ledger.server = nullptr;
  EXPECT_EQ(look_for_lead(config_, lock_).lead, Lead::kFree);
  EXPECT_FALSE(lock_);
}

TEST_F(StandbyTest, TheLockOfTheFolderIsKeptWhateverTheDatabaseSays) {
  server_->led = true;
  EXPECT_EQ(look_for_lead(config_, lock_).lead, Lead::kTaken);
  ASSERT_TRUE(lock_);
  std::optional<StateLock> second;
  EXPECT_EQ(look_for_lead(config_, second).lead, Lead::kTaken);
  EXPECT_FALSE(second);
  EXPECT_EQ(server_->asked, 1) << "who waits for the folder has no use for the database";
  server_->led = false;
  EXPECT_EQ(look_for_lead(config_, lock_).lead, Lead::kFree);
  EXPECT_EQ(look_for_lead(config_, second).lead, Lead::kTaken);
  lock_.reset();
  EXPECT_EQ(look_for_lead(config_, second).lead, Lead::kFree);
  EXPECT_TRUE(second);
}

TEST_F(StandbyTest, ADatabaseThatIsAwayIsNotOneThatNobodyLeads) {
  server_->led = fail(ErrorCode::kUnavailable, "no connection to the database");
  const LeadLook look = look_for_lead(config_, lock_);
  EXPECT_EQ(look.lead, Lead::kUnknown);
  EXPECT_EQ(look.reason, "no connection to the database");
}

/// A wait would mend neither.
TEST_F(StandbyTest, WhatIsWrongForGoodIsLeftToTheStart) {
  server_->led = fail(ErrorCode::kRefused, "the database does not let the role in");
  EXPECT_EQ(look_for_lead(config_, lock_).lead, Lead::kFree);
  config_.state = folder_ / "not-there";
  std::optional<StateLock> none;
  EXPECT_EQ(look_for_lead(config_, none).lead, Lead::kFree);
  EXPECT_FALSE(none);
}

}  // namespace
}  // namespace tidewaiter
