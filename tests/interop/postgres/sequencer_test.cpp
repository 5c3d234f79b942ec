// Who may write a ledger in a PostgreSQL, where what lies between or the server itself misbehaves.
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/types.h>

#include "ledger_site.h"
#include "storage/ledger/ledger_server.h"
#include "tests/unit/ledger/ledger_fixture.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

class SequencerTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    if (IsSkipped()) return;
    site_ = LedgerSite::instance();
  }

  /// The number of the server's process that holds the lock.
  pid_t holder() {
    return static_cast<pid_t>(
        std::stol(owner().run("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = "
                              "(SELECT oid FROM pg_database WHERE datname = current_database())")));
  }
  Sql owner() { return site_->owner_of(site_->database_of(paths_)); }

  LedgerSite* site_ = nullptr;
};

/// The session stands still, as one does whose client is lost behind a dead network: the client
/// gives it up, and the lock is where it was. That is a wait, and no other process.
TEST_F(SequencerTest, ALostConnectionThatTheServerStillServesIsWaitedFor) {
  commit(simple_commit(1));
  const pid_t stuck = holder();
  ASSERT_EQ(::kill(stuck, SIGSTOP), 0);
  const auto unanswered = ledger_->commit(simple_commit(2), kNow);
  const auto held = ledger_->commit(simple_commit(2), kNow);
  const auto held_still = ledger_->commit(simple_commit(2), kNow);
  ASSERT_EQ(::kill(stuck, SIGCONT), 0);
  ASSERT_FALSE(unanswered);
  EXPECT_EQ(unanswered.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(unanswered.error().message, HasSubstr("did not answer in time"));
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(held.error().message, HasSubstr("still serves the connection"));
  ASSERT_FALSE(held_still);
  EXPECT_EQ(held_still.error().message, held.error().message);
  // The server lets go soon; another attempt is made after two seconds.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!ledger_->commit(simple_commit(2), kNow)) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(ledger_->head()->size, 3);
}

/// A pooler may put another session behind a transaction: the lock stays where it was.
TEST_F(SequencerTest, ASessionWithoutTheLockWritesNothing) {
  Sql owner = this->owner();
  // Nothing but the session itself can give up its lock: a trigger has it do so.
  owner.run(
      "CREATE FUNCTION tidewaiter.let_go() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN PERFORM pg_advisory_unlock_all(); RETURN NULL; END $$");
  owner.run(
      "CREATE TRIGGER let_go AFTER INSERT ON tidewaiter.entry "
      "EXECUTE FUNCTION tidewaiter.let_go()");
  commit(simple_commit(1));  // the lock goes with it
  const auto refused = ledger_->commit(simple_commit(2), kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("not the one that is its sequencer"));
  EXPECT_EQ(ledger_->head()->size, 2);
}

/// It may lag: what it lacks would look like a ledger that was cut, or that nobody leads.
TEST_F(SequencerTest, AStandbyIsNeitherReadNorWritten) {
  ledger_.reset();
  site_->server().stop();
  site_->server().start(true);
  const auto led = paths_.server->is_led();
  const auto there = paths_.server->has_ledger();
  const auto reader = Ledger::open(paths_, Ledger::Mode::kReadOnly);
  const auto writer = Ledger::open(paths_, Ledger::Mode::kReadWrite);
  site_->server().stop();
  site_->server().start();
  ASSERT_FALSE(led);
  EXPECT_EQ(led.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(led.error().message, HasSubstr("is a standby"));
  EXPECT_FALSE(there);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::kUnavailable);
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::kUnavailable);
  reopen();
  EXPECT_TRUE(ledger_->commit(simple_commit(1), kNow));
}

}  // namespace
}  // namespace tidewaiter
