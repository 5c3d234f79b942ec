// The daemon's part: when an authority is asked, and what becomes of its answers and its absence.
#include "daemon/timestamp/timestamper.h"

#include <array>
#include <atomic>
#include <chrono>
#include <ctime>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include "daemon/timestamp/timestamp_failure.h"
#include "storage/timestamp/timestamp_folder.h"
#include "tests/unit/timestamp/authority_server.h"
#include "tests/unit/timestamp/openssl_authority.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Duration kPatience{20 * kSecond.us};

UtcTime day(std::int64_t number) { return UtcTime{number * kDay.us}; }

TEST(NextStamp, IsHeldBackByWhatThereIs) {
  const StampedHead stamped{14, day(100), day(365)};
  EXPECT_EQ(next_stamp(std::nullopt, 1, kDay), UtcTime{});
  EXPECT_EQ(next_stamp(stamped, 15, kDay), day(101));
  // Nothing new: not before 30 days are left of the certificate.
  EXPECT_EQ(next_stamp(stamped, 14, kDay), day(335));
  EXPECT_EQ(next_stamp({{14, day(340), day(365)}}, 14, kDay), day(341));
  EXPECT_EQ(next_stamp({{14, day(340), day(365)}}, 14, Duration{7 * kDay.us}), day(347));
}

class TimestamperTest : public testing::Test {
 protected:
  TimestamperTest()
      : log_(LogLevel::kDebug, LogFormat::kText,
             std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_)) {
    const LedgerPaths paths{folder_ / "ledger.db", folder_ / "lock.db", folder_ / "ledger.key",
                            folder_ / "vault.db"};
    EXPECT_TRUE(Ledger::create(paths, "ledger.example.org/test", now_));
    ledger_ = *Ledger::open(paths, Ledger::Mode::kReadWrite);
  }

  TimestamperOptions options() {
    TimestamperOptions options;
    options.config = TimestampConfig{server_.url(), openssl_.path("root.pem"), kDay, ""};
    options.folder = stamps_.path();
    options.http = http_.get();
    options.log = &log_;
    options.seed = 7;
    return options;
  }

  /// One more entry, under one more signed head.
  void grow() {
    LedgerCommit commit;
    commit.events.push_back({"daemon.started", "{}"});
    ASSERT_TRUE(ledger_->commit(commit, now_));
    ASSERT_TRUE(ledger_->sign(now_));
  }

  /// A step, and one more if somebody was asked in it. Says whether.
  bool turn(Timestamper& timestamper) {
    timestamper.step(*ledger_, now_);
    const bool asked = timestamper.wait_for_answer(kPatience);
    if (asked) timestamper.step(*ledger_, now_);
    return asked;
  }

  std::vector<std::int64_t> stamped() {
    std::vector<std::int64_t> sizes;
    const auto tokens = stamps_.tokens();
    for (const auto& one : *tokens) sizes.push_back(one.size);
    return sizes;
  }

  OpensslAuthority openssl_;
  std::string canned_;  ///< answered instead, if it is not empty
  std::atomic<bool> away_{false};
  AuthorityServer server_{[this](const std::string& body) {
    if (away_) return std::string();
    return canned_.empty() ? openssl_.answer(body) : canned_;
  }};
  TemporaryFolder folder_;
  TimestampFolder stamps_{folder_ / "timestamps"};
  // By the machine's clock, which is the authority's.
  UtcTime now_{std::chrono::duration_cast<std::chrono::microseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
                   .count()};
  std::ostringstream lines_;
  EventLog log_;
  std::unique_ptr<HttpClient> http_ = make_curl_client();
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(TimestamperTest, StampsTheSignedHeadOnceInADay) {
  Timestamper timestamper(options());
  EXPECT_TRUE(turn(timestamper));
  EXPECT_THAT(stamped(), ElementsAre(1));
  EXPECT_THAT(*stamps_.pending(), IsEmpty());
  EXPECT_THAT(lines_.str(), HasSubstr("event=timestamped entries=1"));
  grow();
  EXPECT_FALSE(turn(timestamper));
  now_ = now_ + kDay + kMinute;
  EXPECT_TRUE(turn(timestamper));
  EXPECT_THAT(stamped(), ElementsAre(1, 2));
  now_ = now_ + kDay + kMinute;
  EXPECT_FALSE(turn(timestamper)) << "nothing is new, and the certificate lasts";
  EXPECT_EQ(server_.bodies().size(), 2U);
}

TEST_F(TimestamperTest, KnowsAfterAStartWhatIsStamped) {
  EXPECT_TRUE(turn(*std::make_unique<Timestamper>(options())));
  grow();
  EXPECT_FALSE(turn(*std::make_unique<Timestamper>(options())));
}

TEST_F(TimestamperTest, StampsAgainBeforeTheCertificateEnds) {
  const std::time_t soon =
      static_cast<std::time_t>((now_ + Duration{20 * kDay.us}).us / kSecond.us);
  std::tm end{};
  ::gmtime_r(&soon, &end);
  std::array<char, 32> text{};
  ASSERT_GT(std::strftime(text.data(), text.size(), "%Y%m%d%H%M%SZ", &end), 0U);
  openssl_.certify("ending.pem", "20200101000000Z", text.data(), "stamping");
  openssl_.configure("ending.pem", "sha256");
  Timestamper timestamper(options());
  EXPECT_TRUE(turn(timestamper));
  EXPECT_FALSE(turn(timestamper));
  now_ = now_ + kDay + kMinute;
  openssl_.configure("tsa.pem", "sha256");
  EXPECT_TRUE(turn(timestamper)) << "the same head, for its certificate ends within 30 days";
  EXPECT_FALSE(turn(timestamper));
  now_ = now_ + kDay + kMinute;
  EXPECT_FALSE(turn(timestamper)) << "the new certificate lasts until 2046";
}

TEST_F(TimestamperTest, AnAuthorityThatIsAwayHoldsNothingUp) {
  away_ = true;
  Timestamper timestamper(options());
  EXPECT_TRUE(turn(timestamper));
  EXPECT_THAT(stamped(), IsEmpty());
  auto failure = read_timestamp_failure(stamps_.path());
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->attempts, 1);
  EXPECT_EQ(failure->since, now_);
  EXPECT_THAT(failure->reason, HasSubstr("status 503"));
  // Tried again, later and later, for heads that grow; one request waits.
  for (int attempt = 2; attempt <= 4; ++attempt) {
    grow();
    now_ = now_ + Duration{5 * kMinute.us};  // the longest pause
    EXPECT_TRUE(turn(timestamper));
    EXPECT_EQ(read_timestamp_failure(stamps_.path())->attempts, attempt);
    ASSERT_EQ(stamps_.pending()->size(), 1U);
    EXPECT_EQ(stamps_.pending()->front().size, attempt);
  }
  EXPECT_FALSE(std::filesystem::exists(stamps_.path() / "1.checkpoint"));
  away_ = false;
  now_ = now_ + Duration{5 * kMinute.us};
  EXPECT_TRUE(turn(timestamper));
  EXPECT_THAT(stamped(), ElementsAre(4));
  EXPECT_FALSE(read_timestamp_failure(stamps_.path()));
}

TEST_F(TimestamperTest, WaitsBetweenAttempts) {
  away_ = true;
  Timestamper timestamper(options());
  for (int attempt = 0; attempt < 8; ++attempt) {
    EXPECT_TRUE(turn(timestamper));
    now_ = now_ + Duration{5 * kMinute.us};
  }
  EXPECT_TRUE(turn(timestamper));
  // The same instant: a pause of some length is drawn, and no second request comes in it.
  EXPECT_FALSE(turn(timestamper));
}

TEST_F(TimestamperTest, AWaitingRequestOutlivesTheProcess) {
  away_ = true;
  EXPECT_TRUE(turn(*std::make_unique<Timestamper>(options())));
  away_ = false;
  EXPECT_TRUE(turn(*std::make_unique<Timestamper>(options())));
  const auto bodies = server_.bodies();
  ASSERT_EQ(bodies.size(), 2U);
  EXPECT_EQ(bodies[0], bodies[1]) << "another nonce";
  EXPECT_THAT(stamped(), ElementsAre(1));
}

TEST_F(TimestamperTest, ProcessesLeaveOneRequestBehind) {
  away_ = true;
  for (int process = 1; process <= 3; ++process) {
    EXPECT_TRUE(turn(*std::make_unique<Timestamper>(options())));
    grow();
  }
  ASSERT_EQ(stamps_.pending()->size(), 1U);
  EXPECT_EQ(stamps_.pending()->front().size, 3);
  EXPECT_FALSE(std::filesystem::exists(stamps_.path() / "2.checkpoint"));
}

/// Carrying is for where the authority cannot be reached from here.
TEST_F(TimestamperTest, WhatAPersonCarriesOutlivesAnAuthorityThatIsAway) {
  away_ = true;
  Timestamper timestamper(options());
  EXPECT_TRUE(turn(timestamper));
  const auto log = parse_verifier_key(ledger_->verifier_key());
  const auto carried = stamps_.ask(**ledger_->signed_head(), *log, "", RequestBearer::kPerson);
  ASSERT_TRUE(carried) << carried.error().message;
  grow();
  now_ = now_ + Duration{5 * kMinute.us};
  EXPECT_TRUE(turn(timestamper));
  const auto taken =
      stamps_.take(openssl_.answer(carried->der), *TimestampAuthorities::from_pem(openssl_.root()));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_THAT(stamped(), ElementsAre(1));
}

TEST_F(TimestamperTest, AFailureGoesWithItsAuthority) {
  away_ = true;
  Timestamper timestamper(options());
  EXPECT_TRUE(turn(timestamper));
  EXPECT_TRUE(read_timestamp_failure(stamps_.path()));
  TimestamperOptions without = options();
  without.config.reset();
  EXPECT_FALSE(turn(*std::make_unique<Timestamper>(without))) << "a start";
  EXPECT_FALSE(read_timestamp_failure(stamps_.path()));
  now_ = now_ + Duration{5 * kMinute.us};
  EXPECT_TRUE(turn(timestamper));
  EXPECT_TRUE(read_timestamp_failure(stamps_.path()));
  timestamper.set_config(std::nullopt);
  EXPECT_FALSE(turn(timestamper));
  EXPECT_FALSE(read_timestamp_failure(stamps_.path()));
}

TEST_F(TimestamperTest, ARenamedTokenIsNotTheNewest) {
  EXPECT_TRUE(turn(*std::make_unique<Timestamper>(options())));
  std::filesystem::rename(stamps_.path() / stamps_.tokens()->front().file,
                          stamps_.path() / "1.20991231T000000Z.tsr");
  EXPECT_TRUE(turn(*std::make_unique<Timestamper>(options()))) << "none holds: one is asked for";
  EXPECT_EQ(stamped().size(), 2U);
}

TEST_F(TimestamperTest, AWrongAnswerIsAFailure) {
  const auto other = new_timestamp_request(checkpoint_imprint((*ledger_->signed_head())->note), "");
  canned_ = openssl_.answer(*encode_timestamp_request(*other));
  Timestamper timestamper(options());
  EXPECT_TRUE(turn(timestamper));
  EXPECT_THAT(stamped(), IsEmpty());
  EXPECT_THAT(read_timestamp_failure(stamps_.path())->reason, HasSubstr("its nonce is"));
  EXPECT_THAT(lines_.str(), HasSubstr("event=timestamp_failed attempt=1"));
}

TEST_F(TimestamperTest, AsksNobodyWithoutCertificates) {
  TimestamperOptions without = options();
  without.config->ca = folder_ / "nowhere.pem";
  Timestamper timestamper(without);
  EXPECT_FALSE(turn(timestamper));
  EXPECT_THAT(server_.bodies(), IsEmpty());
  EXPECT_THAT(read_timestamp_failure(stamps_.path())->reason, HasSubstr("nowhere.pem"));
  timestamper.set_config(options().config);  // a person has acted
  EXPECT_TRUE(turn(timestamper));
  EXPECT_THAT(stamped(), ElementsAre(1));
}

TEST_F(TimestamperTest, AsksNobodyThatIsNotConfigured) {
  TimestamperOptions without = options();
  without.config.reset();
  Timestamper timestamper(without);
  EXPECT_FALSE(turn(timestamper));
  EXPECT_FALSE(std::filesystem::exists(stamps_.path()));
}

}  // namespace
}  // namespace tidewaiter
