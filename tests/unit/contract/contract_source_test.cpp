// The contract that all sources over HTTP keep, over a feed and a server of this test: windows,
// what is settled and covered, refusals, waits and clocks.
#include <algorithm>
#include <future>
#include <map>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract_scene.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ContractSourceTest, AsksForWholeBucketsAndStatesWhatIsDrained) {
  Scene scene([](const std::string&, std::size_t) { return body("end\n03 x\n11 y\n"); });
  const std::vector<Page> pages = scene.pull();
  // At noon the hour before it has been over for less than five minutes.
  EXPECT_THAT(scene.http_.urls(), ElementsAre("a 2026-11-23T00:00:00Z 2026-11-23T11:00:00Z "));
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_EQ(pages[0].records.size(), 2U);
  EXPECT_EQ(pages[0].source, "api");
  EXPECT_TRUE(pages[0].backfill);
  EXPECT_EQ(pages[0].drained, (Interval{at("2026-11-23T00:00:00Z"), at("2026-11-23T11:00:00Z")}));
  EXPECT_THAT(scene.http_.credentials(), ElementsAre("k3y"));
}

TEST(ContractSourceTest, SaysHowFarRecordsAreSettled) {
  Scene scene([](const std::string&, std::size_t) {
    return body("end\n02 final\n08 settling\n10 open\n");
  });
  scene.now_ = at("2026-11-23T11:40:00Z");
  const std::vector<Page> pages = scene.pull();
  ASSERT_EQ(pages.size(), 1U);
  // Ends at 3, 9 and 11 o'clock; open for one hour from there, final from three on.
  EXPECT_EQ(pages[0].records[0].completeness, Completeness::kFinal);
  EXPECT_EQ(pages[0].records[1].completeness, Completeness::kSettling);
  EXPECT_EQ(pages[0].records[2].completeness, Completeness::kOpen);
  EXPECT_EQ(pages[0].records[0].observed, scene.now_);
  EXPECT_EQ(pages[0].records[0].source, "api");
}

TEST(ContractSourceTest, WhatIsNotWholeStaysOpenAndUncovered) {
  std::string text = "end\nwhole 04\n02 final\n05 open\n";
  Scene scene([&text](const std::string&, std::size_t) { return body(text); });
  const std::vector<Page> pages = scene.pull();
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_EQ(pages[0].records[0].completeness, Completeness::kFinal);
  EXPECT_EQ(pages[0].records[1].completeness, Completeness::kOpen);
  EXPECT_EQ(scene.drained_, (Interval{at("2026-11-23T00:00:00Z"), at("2026-11-23T04:00:00Z")}));
  // The next pull begins by that, and not by how far it has read.
  text = "end\nwhole 12\n05 final\n";
  EXPECT_EQ(scene.pull().at(0).records.at(0).completeness, Completeness::kFinal);
  EXPECT_EQ(scene.http_.urls().back(), "a 2026-11-23T02:00:00Z 2026-11-23T11:00:00Z ");
  EXPECT_EQ(scene.drained_, (Interval{at("2026-11-23T00:00:00Z"), at("2026-11-23T11:00:00Z")}));
}

/// The least that its pages say is what a window is whole by, over restarts; and a window behind
/// one that is not whole covers nothing.
TEST(ContractSourceTest, AWindowIsAsWholeAsTheLeastOfItsPages) {
  Scene scene([](const std::string& url, std::size_t) {
    if (url == "a 2026-11-23T00:00:00Z 2026-11-23T08:00:00Z ") return body("more t1\nwhole 05\n");
    return url.ends_with(" t1") ? body("end\nwhole 11\n") : body("end\n");
  });
  scene.window_ = Duration{8 * kHour.us};
  ASSERT_TRUE(scene.next());
  scene.restart();
  scene.pull();
  EXPECT_FALSE(scene.error_);
  EXPECT_EQ(scene.http_.urls().back(), "a 2026-11-23T08:00:00Z 2026-11-23T11:00:00Z ");
  EXPECT_EQ(scene.drained_, (Interval{at("2026-11-23T00:00:00Z"), at("2026-11-23T05:00:00Z")}));
}

TEST(ContractSourceTest, ReadsTheOverlapAgain) {
  Scene scene([](const std::string&, std::size_t) { return body("end\n"); });
  scene.pull();
  scene.now_ = kNoon + kHour;
  const std::vector<Page> pages = scene.pull();
  // From two hours before the watermark of eleven o'clock.
  EXPECT_EQ(scene.http_.urls().back(), "a 2026-11-23T09:00:00Z 2026-11-23T12:00:00Z ");
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_FALSE(pages[0].backfill);
  EXPECT_EQ(pages[0].drained, (Interval{at("2026-11-23T00:00:00Z"), at("2026-11-23T12:00:00Z")}));
}

TEST(ContractSourceTest, OnceADayAPullBeginsFarBack) {
  Scene scene([](const std::string&, std::size_t) { return body("end\n"); });
  scene.sweep_ = Duration{10 * kHour.us};
  scene.pull();
  const auto pulled_from = [&scene](const char* now) {
    scene.now_ = at(now);
    scene.restart();  // the cursor remembers when that was
    scene.pull();
    return scene.http_.urls().back().substr(2, 20);
  };
  // Two hours behind the watermark of eleven o'clock, and of nine the day after.
  EXPECT_EQ(pulled_from("2026-11-23T13:00:00Z"), "2026-11-23T09:00:00Z");
  scene.window_ = Duration{48 * kHour.us};
  EXPECT_EQ(pulled_from("2026-11-24T11:00:00Z"), "2026-11-23T10:00:00Z");
  // The first pull was to end at eleven: a day later it is due, ten hours behind the watermark.
  EXPECT_EQ(pulled_from("2026-11-24T12:00:00Z"), "2026-11-24T00:00:00Z");
  EXPECT_EQ(pulled_from("2026-11-24T13:00:00Z"), "2026-11-24T09:00:00Z");
}

TEST(ContractSourceTest, ASweepThatWasBrokenOffGoesOn) {
  bool fails = false;
  Scene scene([&fails](const std::string&, std::size_t) -> Result<HttpResponse> {
    if (fails) return HttpResponse{404, "", {}};
    return body("end\n");
  });
  scene.sweep_ = Duration{10 * kHour.us};
  scene.pull();
  fails = true;
  scene.now_ = at("2026-11-24T12:00:00Z");
  scene.pull();
  ASSERT_TRUE(scene.error_);
  fails = false;
  scene.pull();
  const std::vector<std::string> urls = scene.http_.urls();
  EXPECT_EQ(urls.at(urls.size() - 2), "a 2026-11-23T01:00:00Z 2026-11-24T01:00:00Z ");
  EXPECT_EQ(urls.back(), "a 2026-11-24T01:00:00Z 2026-11-24T11:00:00Z ");
}

TEST(ContractSourceTest, RowsOfOwnRequestsAreCountedOnceAndTold) {
  Scene scene([](const std::string&, std::size_t) { return body("end\n09 own\n10 x\n10 own\n"); });
  const std::vector<Page> pages = scene.pull();
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_EQ(pages[0].records.size(), 1U);
  const auto told = [&scene] {
    std::string text;
    const auto lines = scene.source().check(scene.cursor_, scene.now_).value();
    for (const std::string& line : lines) {
      text += line + "\n";
    }
    return text;
  };
  EXPECT_THAT(told(), HasSubstr("left out: 2 rows that tell of this program's own requests"));
  scene.now_ = kNoon + kHour;
  scene.pull();  // reads both again, in the overlap
  scene.restart();
  EXPECT_THAT(told(), HasSubstr("left out: 2 rows"));
}

TEST(ContractSourceTest, AKeyThatMayNotIsToldWhatItLacks) {
  for (const std::int64_t status : {401, 403}) {
    Scene scene([status](const std::string&, std::size_t) { return HttpResponse{status, "", {}}; });
    scene.pull();
    ASSERT_TRUE(scene.error_);
    EXPECT_EQ(scene.error_->code, ErrorCode::kRefused);
    const bool lacks =
        scene.error_->message.find("needs the scope `read:hours`") != std::string::npos;
    EXPECT_EQ(lacks, status == 403) << scene.error_->message;
    const auto checked = scene.source().check("", scene.now_);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().message.find("read:hours") != std::string::npos, status == 403);
  }
}

TEST(ContractSourceTest, APullWithoutAnythingToStateEndsToo) {
  Scene scene([](const std::string&, std::size_t) { return body("end\n"); });
  scene.pull();
  scene.now_ = kNoon + kMinute;
  const std::vector<Page> pages = scene.pull();
  ASSERT_EQ(pages.size(), 1U);  // the overlap, read once
  EXPECT_FALSE(pages[0].drained);
  EXPECT_FALSE(scene.error_);
  EXPECT_EQ(scene.http_.urls().size(), 2U);
}

TEST(ContractSourceTest, FollowsTokensAndClosesTheWindowAtItsEndOnly) {
  Scene scene([](const std::string& url, std::size_t) {
    if (url.ends_with(" ")) return body("more t1\n01 x\n");
    if (url.ends_with(" t1")) return body("more t2\n02 x\n");
    return body("end\n03 x\n");
  });
  ASSERT_TRUE(scene.next());
  EXPECT_FALSE(scene.drained_);
  ASSERT_TRUE(scene.next());
  EXPECT_FALSE(scene.drained_);
  ASSERT_TRUE(scene.next());
  EXPECT_TRUE(scene.drained_);
  EXPECT_EQ(scene.stored_.size(), 3U);
}

TEST(ContractSourceTest, GoesThroughHistoryWindowByWindow) {
  Scene scene([](const std::string&, std::size_t) { return body("end\n"); });
  scene.window_ = Duration{5 * kHour.us};
  const std::vector<Page> pages = scene.pull();
  EXPECT_THAT(scene.http_.urls(), ElementsAre("a 2026-11-23T00:00:00Z 2026-11-23T05:00:00Z ",
                                              "a 2026-11-23T05:00:00Z 2026-11-23T10:00:00Z ",
                                              "a 2026-11-23T10:00:00Z 2026-11-23T11:00:00Z "));
  ASSERT_EQ(pages.size(), 3U);
  EXPECT_FALSE(pages[1].drained);
  EXPECT_TRUE(pages[2].drained);
  const PullProgress progress = scene.source().progress();
  EXPECT_EQ(progress.bytes_done, 11 * kHour.us);
  EXPECT_EQ(progress.bytes_total, 11 * kHour.us);
}

TEST(ContractSourceTest, StatesNoMoreThanTheSlowestFeedHas) {
  Scene scene([](const std::string& url, std::size_t) -> Result<HttpResponse> {
    if (url.starts_with("b ")) return HttpResponse{503, "", {}};
    return body("end\n");
  });
  scene.feeds_ = {"a", "b"};
  scene.pull();
  ASSERT_TRUE(scene.error_);
  EXPECT_EQ(scene.error_->code, ErrorCode::kUnavailable);
  EXPECT_THAT(scene.error_->message, testing::StartsWith("b: "));
  EXPECT_FALSE(scene.drained_);
}

TEST(ContractSourceTest, StatesNoTimeBeforeAnEndpointThatWasAddedLater) {
  Scene scene([](const std::string&, std::size_t) { return body("end\n"); });
  scene.config_.contract->since.reset();
  scene.pull();
  // By hand: 30 days before the first pull, up to the last whole hour.
  EXPECT_EQ(scene.drained_, (Interval{at("2026-10-24T12:00:00Z"), at("2026-11-23T11:00:00Z")}));
  scene.now_ = at("2027-11-23T12:00:00Z");
  scene.feeds_ = {"a", "b"};
  scene.restart();
  scene.pull();
  EXPECT_EQ(scene.drained_, (Interval{at("2027-10-24T12:00:00Z"), at("2027-11-23T11:00:00Z")}));
}

TEST(ContractSourceTest, WithoutTheKeyOfFingerprintsNothingIsAsked) {
  Scene scene([](const std::string&, std::size_t) { return body("end\n01 x\n"); });
  scene.config_.contract->fingerprint_key = {SecretRef::Kind::kEnv, "SEAL"};
  scene.pull();
  ASSERT_TRUE(scene.error_);
  EXPECT_EQ(scene.error_->code, ErrorCode::kRefused);  // stopped until a reload
  EXPECT_THAT(scene.error_->message, HasSubstr("`fingerprint_key`: "));
  EXPECT_TRUE(scene.http_.urls().empty());
  const auto checked = scene.source().check("", kNoon);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("`fingerprint_key`: "));
  EXPECT_THAT(checked.error().message, HasSubstr("a: answers for"));
}

TEST(ContractSourceTest, ADeniedKeyStopsAtOnce) {
  for (const std::int64_t status : {401, 403}) {
    Scene scene([status](const std::string&, std::size_t) { return HttpResponse{status, "", {}}; });
    scene.pull();
    ASSERT_TRUE(scene.error_);
    EXPECT_EQ(scene.error_->code, ErrorCode::kRefused);  // stopped until a reload
    EXPECT_EQ(scene.http_.urls().size(), 1U);
  }
}

TEST(ContractSourceTest, WhatPassesIsTriedAgainAndThenLeftToTheNextPoll) {
  bool up = false;
  Scene scene([&up](const std::string&, std::size_t) -> Result<HttpResponse> {
    if (up) return body("end\n01 x\n");
    return fail(ErrorCode::kUnavailable, "connection reset");
  });
  scene.pull();
  ASSERT_TRUE(scene.error_);
  EXPECT_EQ(scene.error_->code, ErrorCode::kUnavailable);
  EXPECT_EQ(scene.http_.urls().size(), 5U);
  up = true;
  scene.pull();
  EXPECT_FALSE(scene.error_);
  EXPECT_TRUE(scene.drained_);
}

TEST(ContractSourceTest, LeavesAServerAloneThatAsksForIt) {
  Scene scene([](const std::string&, std::size_t before) {
    return before == 0 ? HttpResponse{429, "", Duration{2 * kHour.us}} : body("end\n");
  });
  scene.pull();
  ASSERT_TRUE(scene.error_);
  EXPECT_EQ(scene.error_->code, ErrorCode::kUnavailable);
  EXPECT_THAT(scene.error_->message, HasSubstr("2026-11-23T14:00:00Z"));
  scene.now_ = kNoon + kHour;
  EXPECT_TRUE(scene.pull().empty());
  EXPECT_FALSE(scene.error_);
  EXPECT_EQ(scene.http_.urls().size(), 1U);
  scene.now_ = kNoon + Duration{2 * kHour.us};
  scene.pull();
  EXPECT_TRUE(scene.drained_);
}

TEST(ContractSourceTest, AnAbsurdWishCountsForADay) {
  Scene scene([](const std::string&, std::size_t before) {
    return before == 0 ? HttpResponse{429, "", Duration{279 * kDay.us}} : body("end\n");
  });
  scene.pull();
  scene.now_ = kNoon + kDay;
  scene.pull();
  EXPECT_TRUE(scene.drained_);
}

TEST(ContractSourceTest, ClosesNoWindowUnderAWrongClock) {
  Duration skew{6 * kMinute.us};
  Scene scene([&skew](const std::string&, std::size_t) {
    return HttpResponse{200, "end\n01 x\n", {}, kNoon + skew};
  });
  for (const std::int64_t minutes : {6, -6}) {
    skew = Duration{minutes * kMinute.us};
    scene.pull();
    ASSERT_TRUE(scene.error_);
    EXPECT_EQ(scene.error_->code, ErrorCode::kUnavailable);
    EXPECT_THAT(scene.error_->message, HasSubstr("differ by 6m"));
    EXPECT_TRUE(scene.stored_.empty());
  }
  skew = Duration{-4 * kMinute.us};
  scene.pull();
  EXPECT_TRUE(scene.drained_);
}

TEST(ContractSourceTest, DoesNotWaitWithoutPatience) {
  std::promise<void> release;
  Scene scene([released = release.get_future().share()](const std::string&, std::size_t) {
    released.wait();
    return body("end\n01 x\n");
  });
  PullWatch watch;
  watch.patient = false;
  const auto out = scene.source().next("", kNoon, watch);
  ASSERT_TRUE(out);
  EXPECT_FALSE(*out);
  EXPECT_FALSE(scene.source().has_news());
  release.set_value();
  while (!scene.source().has_news()) std::this_thread::yield();
  const auto page = scene.source().next("", kNoon, watch);
  ASSERT_TRUE(page && *page);
  EXPECT_EQ((*page)->records.size(), 1U);
  EXPECT_EQ(scene.http_.urls().size(), 1U);
}

TEST(ContractSourceTest, AStopEndsTheWaiting) {
  std::promise<void> release;
  Scene scene([released = release.get_future().share()](const std::string&, std::size_t) {
    released.wait();
    return body("end\n");
  });
  std::stop_source stop;
  PullWatch watch;
  watch.stop = stop.get_token();
  watch.beat = [&stop] { stop.request_stop(); };
  const auto out = scene.source().next("", kNoon, watch);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, ErrorCode::kUnavailable);
  release.set_value();
}

TEST(ContractSourceTest, ACheckAsksOnceAndSaysWhatWorks) {
  Scene scene([](const std::string&, std::size_t) {
    return HttpResponse{200, "end\n10 x\n", {}, kNoon + Duration{40 * kSecond.us}};
  });
  const auto fresh = scene.source().check("", kNoon).value();
  EXPECT_THAT(fresh, ElementsAre("nothing has been pulled yet",
                                 "a: answers for 2026-11-23T10:00:00Z to 2026-11-23T11:00:00Z with "
                                 "1 row; the server's clock is 40s ahead"));
  scene.pull();
  const auto later = scene.source().check(scene.cursor_, kNoon).value();
  EXPECT_THAT(later[0],
              "a: read from 2026-11-23T00:00:00Z up to 2026-11-23T11:00:00Z, 1h behind "
              "the clock");

  Scene away([](const std::string&, std::size_t) { return HttpResponse{503, "", {}}; });
  const auto failed = away.source().check("", kNoon);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("a: the server answered with status 503"));
  EXPECT_EQ(away.http_.urls().size(), 1U);
}

}  // namespace
}  // namespace tidewaiter
