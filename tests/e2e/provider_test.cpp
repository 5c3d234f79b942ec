// A source over real HTTP against a provider that breaks the contract in one way at a time. What it
// should have read is what another reader (cpp-httplib, nlohmann-json) gets from a provider of the
// same seed that keeps the contract.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include "daemon/simulate/provider_server.h"
#include "daemon/sources/connector.h"
#include "policies/model/digest.h"
#include "storage/records/record_log.h"
#include "tests/e2e/provider_scene.h"
#include "tests/unit/child_process.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr int kDays = 3;

/// Figures by hour, project and key: requests, input, cached and output tokens.
using Figures = std::map<std::string, std::vector<std::int64_t>>;

/// Reads a provider as anybody would.
Figures read_plainly(const Provider& provider, UtcTime from, UtcTime to) {
  Figures figures;
  httplib::Client client(provider.host());
  std::string page;
  do {
    const std::string url =
        "/v1/organization/usage/completions?start_time=" + std::to_string(from.us / kSecond.us) +
        "&end_time=" + std::to_string(to.us / kSecond.us) +
        "&bucket_width=1h&limit=168&group_by=project_id&group_by=api_key_id" +
        (page.empty() ? "" : "&page=" + page);
    const auto answer = client.Get(url, {{"Authorization", "Bearer any"}});
    if (!answer || answer->status != 200) {
      ADD_FAILURE() << "the provider does not answer " << url;
      return figures;
    }
    const nlohmann::json body = nlohmann::json::parse(answer->body);
    for (const auto& bucket : body["data"]) {
      for (const auto& row : bucket["results"]) {
        const std::string name = std::to_string(bucket["start_time"].get<std::int64_t>()) + " " +
                                 row["project_id"].get<std::string>() + " " +
                                 row["api_key_id"].get<std::string>();
        std::vector<std::int64_t>& figure = figures[name];
        for (const char* const measure :
             {"num_model_requests", "input_tokens", "input_cached_tokens", "output_tokens"}) {
          figure.push_back(row[measure].get<std::int64_t>());
        }
      }
    }
    page = body["next_page"].is_null() ? "" : body["next_page"].get<std::string>();
  } while (!page.empty());
  return figures;
}

Figures figures_of(const std::map<Digest, Record>& stored) {
  Figures figures;
  for (const auto& [id, record] : stored) {
    const std::string name = std::to_string(record.time.us / kSecond.us) + " " +
                             text_of(record, "project") + " " + text_of(record, "api_key");
    EXPECT_FALSE(figures.contains(name)) << name;
    figures[name] = {record.requests, number_of(record, "input_tokens"),
                     number_of(record, "cached_tokens"), number_of(record, "output_tokens")};
  }
  return figures;
}

SourceConfig source_of(const std::string& host, UtcTime since) {
  SourceConfig source;
  source.name = "api";
  source.kind = "openai";
  source.contract.emplace();
  source.contract->url = host + "/v1";
  source.contract->key = {SecretRef::Kind::kEnv, "KEY"};
  source.contract->endpoints = {"completions"};
  source.contract->since = since;
  return source;
}

class ProviderTest : public testing::Test {
 protected:
  void configure(const Provider& provider) { source_ = source_of(provider.host(), since_); }
  /// One pull, in a life of its own.
  Pulled pull() {
    const auto log = RecordLog::open(folder_ / "records.db", RecordLog::Mode::kReadWrite).value();
    Pulled pulled = pull_once(source_, *log);
    stored_ = stored_in(*log);
    state_ = log->source("api").value();
    return pulled;
  }
  /// What another reader gets, up to where the source says that it has come.
  [[nodiscard]] Figures expected(const Provider& honest) const {
    return read_plainly(honest, since_, state_.covered ? state_.covered->to : since_);
  }
  /// The error of a pull that ends with one. kUnavailable is tried again at the next poll, all
  /// others stop the source.
  std::string failure_of(HostileMode mode, ErrorCode code) {
    // A thousand pages are read in vain: small ones do.
    const Provider provider(mode, mode == HostileMode::kEndless ? 1 : 24);
    const Duration deadline = source_.contract ? source_.contract->deadline : Duration{};
    configure(provider);
    if (deadline.us > 0) source_.contract->deadline = deadline;
    const Pulled pulled = pull();
    EXPECT_FALSE(state_.covered) << "coverage was stated over what was not read";
    if (!pulled.error) return "it did not fail";
    EXPECT_EQ(pulled.error->code, code) << pulled.error->message;
    return pulled.error->message;
  }
  /// A pull over a mode that is only a nuisance reads everything.
  void expect_whole(HostileMode mode) {
    const Provider provider(mode, 10);
    configure(provider);
    const Pulled pulled = pull();
    EXPECT_FALSE(pulled.error) << pulled.error->message;
    ASSERT_TRUE(state_.covered);
    EXPECT_EQ(state_.covered->from, since_);
    const Figures wanted = expected(Provider(HostileMode::kNone));
    EXPECT_GT(wanted.size(), 100U);
    EXPECT_EQ(figures_of(stored_), wanted);
  }

  TemporaryFolder folder_;
  UtcTime since_ = align_down(provider_time() - Duration{kDays * kDay.us}, kDay);
  SourceConfig source_;
  std::map<Digest, Record> stored_;
  SourceState state_;
};

TEST_F(ProviderTest, ReadsWhatAnotherReaderReads) { expect_whole(HostileMode::kNone); }
TEST_F(ProviderTest, ComesThroughRateLimits) { expect_whole(HostileMode::kRateLimited); }
TEST_F(ProviderTest, ComesThroughRateLimitsWithoutAWord) {
  expect_whole(HostileMode::kRateLimitedBare);
}
TEST_F(ProviderTest, ComesThroughServerErrors) { expect_whole(HostileMode::kFlaky); }
TEST_F(ProviderTest, ComesThroughAForgottenToken) { expect_whole(HostileMode::kForgetsTokens); }

TEST_F(ProviderTest, DoesNotSleepFor279Days) {
  EXPECT_THAT(failure_of(HostileMode::kAbsurdWait, ErrorCode::kUnavailable),
              HasSubstr("asks to wait"));
}
TEST_F(ProviderTest, WithoutQuotaItAsksOnce) {
  EXPECT_THAT(failure_of(HostileMode::kNoQuota, ErrorCode::kUnavailable),
              HasSubstr("insufficient_quota"));
}
TEST_F(ProviderTest, StopsWhereItsKeyIsDenied) {
  EXPECT_THAT(failure_of(HostileMode::kDenied, ErrorCode::kRefused),
              AllOf(HasSubstr("status 401"), HasSubstr("`token`")));
}
TEST_F(ProviderTest, GivesUpForNowWhereNobodyAnswersWell) {
  EXPECT_THAT(failure_of(HostileMode::kFailing, ErrorCode::kUnavailable), HasSubstr("status 503"));
}
TEST_F(ProviderTest, EndsASlowLoris) {
  source_.contract.emplace();
  source_.contract->deadline = kSecond;
  EXPECT_THAT(failure_of(HostileMode::kSlowLoris, ErrorCode::kUnavailable),
              HasSubstr("Timeout was reached"));
}
TEST_F(ProviderTest, TakesNoHalfBody) {
  EXPECT_THAT(failure_of(HostileMode::kCut, ErrorCode::kUnavailable),
              HasSubstr("the request failed"));
  EXPECT_TRUE(stored_.empty());
}
TEST_F(ProviderTest, StopsAtAnotherKindOfRow) {
  EXPECT_THAT(failure_of(HostileMode::kWrongObject, ErrorCode::kInvalidInput),
              HasSubstr("`object` is not"));
}
TEST_F(ProviderTest, EndlessPagesCoverNothing) {
  EXPECT_EQ(failure_of(HostileMode::kEndless, ErrorCode::kInvalidInput), "it did not fail");
  EXPECT_THAT(state_.cursor, AllOf(HasSubstr("\"cuts\":1"), HasSubstr("\"page\":1000")));
}
TEST_F(ProviderTest, StopsAtARepeatedToken) {
  EXPECT_THAT(failure_of(HostileMode::kRepeatedToken, ErrorCode::kInvalidInput),
              HasSubstr("repeated token"));
}
TEST_F(ProviderTest, StopsAtMoreWithoutAToken) {
  EXPECT_THAT(failure_of(HostileMode::kNoToken, ErrorCode::kInvalidInput),
              HasSubstr("gives no token"));
}
TEST_F(ProviderTest, StopsAtAFormatThatMoved) {
  EXPECT_THAT(failure_of(HostileMode::kMoved, ErrorCode::kInvalidInput),
              AllOf(HasSubstr("rows are bad"), HasSubstr("`num_model_requests` is missing")));
  EXPECT_TRUE(stored_.empty());
}
TEST_F(ProviderTest, StopsAtABucketThatNobodyAskedFor) {
  EXPECT_THAT(failure_of(HostileMode::kOutside, ErrorCode::kInvalidInput),
              HasSubstr("outside the window"));
}
TEST_F(ProviderTest, ClosesNoWindowUnderAWrongClock) {
  EXPECT_THAT(failure_of(HostileMode::kClockAhead, ErrorCode::kUnavailable), HasSubstr("clock"));
  EXPECT_THAT(failure_of(HostileMode::kClockBehind, ErrorCode::kUnavailable), HasSubstr("clock"));
}
TEST_F(ProviderTest, FollowsNoRedirect) {
  EXPECT_THAT(failure_of(HostileMode::kRedirect, ErrorCode::kInvalidInput), HasSubstr("redirect"));
}
TEST_F(ProviderTest, BoundsAGzipBomb) {
  EXPECT_THAT(failure_of(HostileMode::kGzipBomb, ErrorCode::kRefused),
              HasSubstr("larger than 67108864 bytes"));
}
TEST_F(ProviderTest, ReadsNoDeepJson) {
  EXPECT_THAT(failure_of(HostileMode::kDeepJson, ErrorCode::kInvalidInput),
              HasSubstr("no page of usage buckets"));
}
TEST_F(ProviderTest, RefusesAPrivateAddressThatIsNotAllowed) {
  const Provider provider(HostileMode::kNone);
  configure(provider);
  source_.contract->route.private_addresses = false;
  const Pulled pulled = pull();
  ASSERT_TRUE(pulled.error);
  EXPECT_EQ(pulled.error->code, ErrorCode::kRefused);
}

TEST_F(ProviderTest, SumsActorsWhoCannotBeTold) {
  const Provider provider(HostileMode::kNullActors);
  configure(provider);
  EXPECT_FALSE(pull().error);
  EXPECT_EQ(figures_of(stored_), expected(Provider(HostileMode::kNone)));
}

TEST_F(ProviderTest, QuarantinesOneBadRow) {
  // Of five rows an hour one is bad, so `max_bad` has to allow it.
  const Provider provider(HostileMode::kBadRow);
  configure(provider);
  source_.max_bad_share = 0.6;
  const Pulled report = pull();
  EXPECT_FALSE(report.error);
  EXPECT_GE(report.quarantined, kDays * 24 - 1);
  Figures wanted = expected(Provider(HostileMode::kNone));
  EXPECT_EQ(stored_.size() + static_cast<std::size_t>(report.quarantined), wanted.size());
}

TEST_F(ProviderTest, ARestatedBucketIsARevision) {
  const Provider provider(HostileMode::kRestated, 168);
  configure(provider);
  const Pulled first = pull();
  EXPECT_EQ(first.revised, 0);
  const Figures before = figures_of(stored_);
  const Pulled second = pull();  // reads the overlap of two days again
  EXPECT_GT(second.revised, 0);
  EXPECT_EQ(second.added, 0);
  const Figures after = figures_of(stored_);
  ASSERT_EQ(before.size(), after.size());
  std::int64_t raised = 0;
  for (const auto& [name, figures] : after) raised += figures[1] - before.at(name)[1];
  EXPECT_EQ(raised, second.revised);
}

TEST_F(ProviderTest, FindsWhatComesLate) {
  const Provider provider(HostileMode::kLate, 168);
  configure(provider);
  pull();
  const std::size_t before = stored_.size();
  const Pulled second = pull();
  EXPECT_GT(second.added, 0);
  EXPECT_GT(stored_.size(), before);
  EXPECT_EQ(figures_of(stored_), expected(Provider(HostileMode::kNone)));
}

TEST_F(ProviderTest, TheKeyStandsInNoFileThatWasWritten) {
  const Provider provider(HostileMode::kRateLimited);
  configure(provider);
  pull();
  expect_no_key_in(folder_.path());
}

/// What the processes of AKilledPullGoesOn run: one pull, of what their environment names.
TEST(ProviderChild, DISABLED_Pulls) {
  const char* const host = std::getenv("PROVIDER_HOST");
  const char* const folder = std::getenv("PROVIDER_FOLDER");
  const char* const since = std::getenv("PROVIDER_SINCE");
  ASSERT_TRUE(host != nullptr && folder != nullptr && since != nullptr);
  const auto log =
      RecordLog::open(std::filesystem::path(folder) / "records.db", RecordLog::Mode::kReadWrite);
  ASSERT_TRUE(log);
  SourceConfig source = source_of(host, parse_time(since).value());
  if (const char* const to = std::getenv("PROVIDER_BACKFILL_TO")) {
    source.contract->backfill = Interval{*source.contract->since, parse_time(to).value()};
    source.contract->since.reset();
  }
  pull_once(source, **log);
}

/// Runs pulls of a provider in processes of their own, each killed at a random moment.
void kill_pulls(int kills, std::vector<std::string> settings, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> after_ms(1, 100);
  const OwnProgram pull({"provider_child", "--gtest_filter=ProviderChild.*",
                         "--gtest_also_run_disabled_tests", "--gtest_brief=1"},
                        std::move(settings));
  for (int i = 0; i < kills; ++i) {
    ChildProcess child([&pull] { return pull.begin(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(after_ms(random)));
    child.end(SIGKILL);
  }
}

/// Killed at random moments of a pull with paging, a source has in the end what an undisturbed pull
/// has.
TEST_F(ProviderTest, AKilledPullGoesOn) {
  const Provider provider(HostileMode::kNone, 1);
  configure(provider);
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  kill_pulls(100,
             {"PROVIDER_HOST=" + provider.host(), "PROVIDER_FOLDER=" + folder_.path().string(),
              "PROVIDER_SINCE=" + format_time(since_)},
             seed);
  EXPECT_FALSE(pull().error);
  ASSERT_TRUE(state_.covered);
  EXPECT_EQ(figures_of(stored_), expected(Provider(HostileMode::kNone)));
}

/// Killed at random moments of polls that read the overlap again, what the provider has no longer
/// is zero in the end, and all else is as it was.
TEST_F(ProviderTest, WhatTheProviderHasNoLongerIsZeroWheneverAPollIsKilled) {
  const Provider provider(HostileMode::kVanished, 168);
  configure(provider);
  ASSERT_FALSE(pull().error);
  const Figures before = figures_of(stored_);
  const UtcTime read_to = state_.covered.value().to;
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  kill_pulls(20,
             {"PROVIDER_HOST=" + provider.host(), "PROVIDER_FOLDER=" + folder_.path().string(),
              "PROVIDER_SINCE=" + format_time(since_)},
             seed);
  ASSERT_FALSE(pull().error);
  Figures wanted = before;
  const ProviderModel model{7, 5};
  for (UtcTime hour = read_to - Duration{48 * kHour.us}; hour < read_to; hour = hour + kHour) {
    const ProviderUsage gone = model.usage(hour, kHour).back();
    const std::string name =
        std::to_string(hour.us / kSecond.us) + " " + gone.project + " " + gone.api_key;
    ASSERT_TRUE(wanted.contains(name)) << name;
    wanted[name] = {0, 0, 0, 0};
  }
  Figures found = figures_of(stored_);
  // An hour may have passed meanwhile: it is new.
  std::erase_if(found, [&wanted](const auto& one) { return !wanted.contains(one.first); });
  EXPECT_EQ(found, wanted);
  for (const auto& [id, record] : stored_) {
    EXPECT_EQ(text_of(record, "status") == "vanished", record.requests == 0);
  }
}

TEST_F(ProviderTest, WhereKeysAreRefusedTheRestIsRead) {
  const Provider provider(HostileMode::kNoKeys);
  configure(provider);
  const Pulled pulled = pull();
  ASSERT_FALSE(pulled.error) << pulled.error->message;
  Figures wanted;  // a project has one key
  for (const auto& [name, figures] : expected(Provider(HostileMode::kNone))) {
    wanted[name.substr(0, name.rfind(' ') + 1)] = figures;
  }
  EXPECT_GT(wanted.size(), 100U);
  EXPECT_EQ(figures_of(stored_), wanted);
  EXPECT_EQ(pull().added, 0) << "asked for so again";
}

/// What `source doctor` says of a provider, by question.
class DoctorTest : public ProviderTest {
 protected:
  using Verdict = SourceExamination::Verdict;

  std::map<std::string, SourceExamination> examine(const Provider& provider) {
    configure(provider);
    SourceServices services;
    services.variables = provider_variables();
    const auto connector = make_connector(source_, services).value();
    std::map<std::string, SourceExamination> told;
    for (const SourceExamination& line : connector->examine({}, provider_time())) {
      EXPECT_FALSE(line.seen.empty() || line.means.empty()) << line.asked;
      EXPECT_TRUE(told.emplace(line.asked, line).second) << line.asked;
    }
    return told;
  }
  static int bad(const std::map<std::string, SourceExamination>& told) {
    return static_cast<int>(std::count_if(told.begin(), told.end(), [](const auto& one) {
      return one.second.verdict == Verdict::kBad;
    }));
  }
};

TEST_F(DoctorTest, NothingIsBadOfAProviderThatKeepsItsContract) {
  const auto told = examine(Provider(HostileMode::kNone, 10));
  EXPECT_EQ(bad(told), 0);
  EXPECT_EQ(told.at("does the server answer?").verdict, Verdict::kGood);
  EXPECT_EQ(told.at("how far is the server's clock off?").verdict, Verdict::kGood);
  EXPECT_EQ(told.at("completions: may the key read it?").verdict, Verdict::kGood);
  // Of 168 buckets that were asked for the provider gives ten.
  EXPECT_THAT(told.at("completions: are pages as long as is asked?").seen,
              HasSubstr("10 buckets of at most 168, and there is more"));
  EXPECT_EQ(told.at("completions: where does the next page lead?").seen,
            "to later times, and repeats nothing");
  EXPECT_EQ(told.at("completions: in which form does it take lists?").seen,
            "both forms give the same records");
  EXPECT_EQ(told.at("how long after a bucket do its figures change?").verdict, Verdict::kUnknown);
}

TEST_F(DoctorTest, WithItAllOnOnePageItTellsHowFreshItIs) {
  const auto told = examine(Provider(HostileMode::kNone, 168));
  EXPECT_EQ(told.at("completions: how fresh is it?").verdict, Verdict::kGood);
  EXPECT_EQ(told.at("completions: where does the next page lead?").verdict, Verdict::kUnknown);
}

TEST_F(DoctorTest, TellsWhatIsBad) {
  const auto denied = examine(Provider(HostileMode::kDenied));
  EXPECT_THAT(denied.at("completions: may the key read it?").seen, HasSubstr("401"));
  EXPECT_EQ(bad(denied), 1);
  const auto ahead = examine(Provider(HostileMode::kClockAhead));
  EXPECT_EQ(ahead.at("how far is the server's clock off?").verdict, Verdict::kBad);
  EXPECT_THAT(ahead.at("how far is the server's clock off?").seen, HasSubstr("ahead"));
  const auto circle = examine(Provider(HostileMode::kRepeatedToken, 10));
  EXPECT_THAT(circle.at("completions: where does the next page lead?").seen,
              HasSubstr("to itself"));
  const auto no_token = examine(Provider(HostileMode::kNoToken, 10));
  EXPECT_EQ(no_token.at("completions: where does the next page lead?").verdict, Verdict::kBad);
  const auto moved = examine(Provider(HostileMode::kMoved));
  EXPECT_THAT(moved.at("completions: may the key read it?").means, HasSubstr("cannot be read"));
  EXPECT_EQ(moved.at("completions: may the key read it?").verdict, Verdict::kBad);
}

TEST_F(DoctorTest, WhereNobodyAnswersNothingElseIsAsked) {
  source_ = source_of("http://127.0.0.1:1", since_);
  SourceServices services;
  services.variables = provider_variables();
  const auto connector = make_connector(source_, services).value();
  const auto told = connector->examine({}, provider_time());
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].verdict, Verdict::kBad);
}

class BackfillTest : public ProviderTest {
 protected:
  /// Three days that begin ten days before those that pulls read.
  Interval past() const {
    const UtcTime from = since_ - Duration{10 * kDay.us};
    return {from, from + Duration{3 * kDay.us}};
  }
  Pulled backfill(Interval time) {
    source_.contract->backfill = time;
    const Pulled pulled = pull();
    source_.contract->backfill.reset();
    return pulled;
  }
};

TEST_F(BackfillTest, ReadsThatTimeAloneAndLeavesPullsAsTheyAre) {
  const Provider provider(HostileMode::kNone);
  configure(provider);
  EXPECT_FALSE(backfill(past()).error);
  EXPECT_EQ(figures_of(stored_), read_plainly(provider, past().from, past().to));
  EXPECT_FALSE(state_.covered) << "between it and what pulls read there may be anything";
  EXPECT_GT(pull().added, 0);
  ASSERT_TRUE(state_.covered);
  EXPECT_EQ(state_.covered->from, since_);
  Figures wanted = expected(provider);
  wanted.merge(read_plainly(provider, past().from, past().to));
  EXPECT_EQ(figures_of(stored_), wanted);
  EXPECT_EQ(backfill(past()).added, 0) << "what is stored is known again";
}

TEST_F(BackfillTest, CoverageGrowsWherePullsGoOn) {
  const Provider provider(HostileMode::kNone);
  configure(provider);
  EXPECT_FALSE(pull().error);
  const Interval before = state_.covered.value();
  const Interval time{past().from, since_};
  EXPECT_FALSE(backfill(time).error);
  EXPECT_EQ(state_.covered, (Interval{time.from, before.to}));
  EXPECT_EQ(figures_of(stored_), read_plainly(provider, time.from, before.to));
  EXPECT_EQ(pull().added, 0);
}

TEST_F(BackfillTest, AKilledBackfillGoesOn) {
  const Provider provider(HostileMode::kNone, 1);
  configure(provider);
  EXPECT_FALSE(pull().error);
  const Figures before = figures_of(stored_);
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  kill_pulls(40,
             {"PROVIDER_HOST=" + provider.host(), "PROVIDER_FOLDER=" + folder_.path().string(),
              "PROVIDER_SINCE=" + format_time(past().from),
              "PROVIDER_BACKFILL_TO=" + format_time(past().to)},
             seed);
  // A page has an hour; with a pull in between, as a daemon would make.
  EXPECT_FALSE(pull().error);
  EXPECT_FALSE(backfill(past()).error);
  Figures wanted = before;
  wanted.merge(expected(Provider(HostileMode::kNone)));
  wanted.merge(read_plainly(provider, past().from, past().to));
  EXPECT_EQ(figures_of(stored_), wanted);
}

}  // namespace
}  // namespace tidewaiter
