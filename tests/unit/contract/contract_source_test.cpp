// The contract that all sources over HTTP keep, over a feed and a server of this test.
#include "daemon/sources/contract/contract_source.h"

#include <algorithm>
#include <future>
#include <map>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scripted_http.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const UtcTime kNoon = parse_time("2026-11-23T12:00:00Z").value();

UtcTime at(std::string_view text) { return parse_time(text).value(); }

/// Rows of hours. A body's first line is `end` or `more TOKEN`; each other one is a row: an hour of
/// the day and a name, or `own`, or a bad one; or `whole` and the hour up to which the figures are
/// whole. What follows a `+` in a token is the feed's own.
class HourFeed : public Feed {
 public:
  explicit HourFeed(std::string name, Duration window = kDay, Duration sweep = {})
      : name_(std::move(name)), window_(window), sweep_(sweep) {}

  std::string_view name() const override { return name_; }
  std::string series() const override { return "hours"; }
  FeedPace pace() const override {
    FeedPace pace{kHour, window_, {5 * kMinute.us}, {2 * kHour.us}, kHour, {3 * kHour.us}};
    pace.sweep = sweep_;
    return pace;
  }
  std::string_view permission() const override { return "the scope `read:hours`"; }
  HttpRequest ask(const FeedQuestion& question) const override {
    HttpRequest request;
    request.method = HttpMethod::kGet;
    request.url = name_ + " " + format_time(question.window.from) + " " +
                  format_time(question.window.to) + " " + question.token;
    return request;
  }
  Result<FeedAnswer> read(std::string_view body, const FeedQuestion& question) const override {
    FeedAnswer answer;
    std::istringstream lines{std::string(body)};
    std::string word;
    lines >> word;
    if (word != "end" && word != "more") return fail(ErrorCode::kInvalidInput, "no such body");
    answer.more = word == "more";
    std::string line;
    std::getline(lines, line);
    if (answer.more && line.size() > 1) answer.next = line.substr(1);
    while (std::getline(lines, line)) {
      if (line.starts_with("whole ")) {
        answer.whole_to = align_down(question.window.from, kDay) +
                          Duration{std::stoll(line.substr(6)) * kHour.us};
        continue;
      }
      ++answer.rows;
      if (line == "bad") {
        answer.bad.push_back({{}, -1, "a bad row", sha256(line), 3});
        continue;
      }
      Record record;
      record.time = align_down(question.window.from, kDay) +
                    Duration{std::stoll(line.substr(0, 2)) * kHour.us};
      if (line.ends_with(" own")) {
        answer.own.push_back(record.time);
        continue;
      }
      record.duration = kHour;
      record.id = sha256(line);
      answer.records.push_back(std::move(record));
    }
    return answer;
  }
  std::string server_token(std::string_view token) const override {
    return std::string(token.substr(0, token.find('+')));
  }
  std::optional<std::string> instead_of(std::string_view token) const override {
    if (token != "lost") return std::nullopt;
    return "found";
  }

 private:
  std::string name_;
  Duration window_;
  Duration sweep_;
};

HttpResponse body(std::string text) { return {200, std::move(text), {}}; }

/// One source over a scripted server. What it gives is committed as the pipeline would.
class Scene {
 public:
  explicit Scene(ScriptedHttp::Answer answer) : http_(std::move(answer)) {
    config_.name = "api";
    config_.kind = "test";
    config_.contract.emplace();
    config_.contract->url = "https://api.example.com/v1";
    config_.contract->key = {SecretRef::Kind::kEnv, "KEY"};
    config_.contract->since = at("2026-11-23T00:00:00Z");
    feeds_ = {"a"};
  }

  void restart() { source_.reset(); }
  ContractSource& source() {
    if (source_) return *source_;
    std::vector<std::unique_ptr<Feed>> feeds;
    for (const std::string& name : feeds_) {
      feeds.push_back(std::make_unique<HourFeed>(name, window_, sweep_));
    }
    SourceServices services;
    services.variables = {{"KEY", "k3y"}};
    services.http = &http_;
    services.now = [this] { return now_; };
    services.retry.first = Duration{0};  // so that no pause takes time
    services.cut = cut_;
    source_ = std::make_unique<ContractSource>(config_, services, "", std::move(feeds));
    return *source_;
  }

  /// The next page, committed. Nothing: the pull is over, or failed (error_).
  std::optional<Page> next() {
    error_.reset();
    auto page = source().next(cursor_, now_, {});
    if (!page) {
      error_ = page.error();
      return std::nullopt;
    }
    if (*page) {
      EXPECT_NE((*page)->cursor, cursor_) << "a cursor came twice";
      EXPECT_LE((*page)->records.size(), kMaxPageRecords);
      cursor_ = (*page)->cursor;
      for (const Record& record : (*page)->records) {
        stored_[to_hex(record.id)] = record;
      }
      drained_ = (*page)->drained ? (*page)->drained : drained_;
      source().committed({});
    }
    return *page;
  }
  /// A whole pull, as the pipeline does it: up to a drained page, or nothing. Gives the pages.
  std::vector<Page> pull() {
    std::vector<Page> pages;
    while (std::optional<Page> page = next()) {
      pages.push_back(*page);
      if (page->drained) break;
    }
    return pages;
  }

  ScriptedHttp http_;
  SourceConfig config_;
  std::vector<std::string> feeds_;
  Duration window_ = kDay;
  Duration sweep_;
  SourceCutSink cut_;
  UtcTime now_ = kNoon;
  std::string cursor_;
  std::optional<Error> error_;
  std::map<std::string, Record> stored_;
  std::optional<Interval> drained_;
  std::unique_ptr<ContractSource> source_;
};

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

/// What a server gives for a day of two pages an hour, whatever has become of its tokens.
Result<HttpResponse> two_pages(const std::string& url, std::size_t /*before*/) {
  const std::string hour = url.substr(url.find('T') + 1, 2);
  if (url.ends_with(" ")) return body("more " + hour + "-second\n" + hour + " x\n");
  if (url.ends_with(" " + hour + "-second")) return body("end\n" + hour + " y\n");
  return HttpResponse{400, "", {}};
}

/// Cut off behind any number of pages, by a kill, a source has in the end what an undisturbed one
/// has.
TEST(ContractSourceTest, GoesOnFromTheCommittedCursor) {
  Scene whole(two_pages);
  whole.window_ = kHour;
  const std::size_t pages = whole.pull().size();
  ASSERT_EQ(pages, 22U);
  for (std::size_t cut = 0; cut <= pages; ++cut) {
    Scene scene(two_pages);
    scene.window_ = kHour;
    for (std::size_t i = 0; i < cut; ++i) ASSERT_TRUE(scene.next());
    // A page that was read and not committed: asked for, and lost with the process.
    static_cast<void>(scene.source().next(scene.cursor_, scene.now_, {}));
    scene.restart();
    scene.pull();
    EXPECT_FALSE(scene.error_) << cut;
    EXPECT_EQ(scene.stored_.size(), whole.stored_.size()) << cut;
    EXPECT_EQ(scene.drained_, whole.drained_) << cut;
  }
}

TEST(ContractSourceTest, APageThatWasNotCommittedComesAgain) {
  Scene scene(two_pages);
  scene.window_ = kHour;
  ASSERT_TRUE(scene.next());
  const auto lost = scene.source().next(scene.cursor_, scene.now_, {});
  ASSERT_TRUE(lost && *lost);
  const auto again = scene.source().next(scene.cursor_, scene.now_, {});
  ASSERT_TRUE(again && *again);
  EXPECT_EQ((*again)->cursor, (*lost)->cursor);
  ASSERT_EQ((*again)->records.size(), (*lost)->records.size());
  EXPECT_EQ((*again)->records[0].id, (*lost)->records[0].id);
}

TEST(ContractSourceTest, CutsALargeAnswerIntoPages) {
  std::string text = "end\n";
  for (int i = 0; i < 10'001; ++i) text += "05 row" + std::to_string(i) + "\n";
  Scene scene([&text](const std::string&, std::size_t) { return body(text); });
  const std::vector<Page> pages = scene.pull();
  ASSERT_EQ(pages.size(), 3U);
  EXPECT_EQ(pages[0].records.size(), kMaxPageRecords);
  EXPECT_EQ(pages[2].records.size(), 10'001 - 2 * kMaxPageRecords);
  EXPECT_FALSE(pages[1].drained);
  EXPECT_TRUE(pages[2].drained);
  EXPECT_EQ(scene.stored_.size(), 10'001U);
  EXPECT_EQ(scene.http_.urls().size(), 1U);
}

TEST(ContractSourceTest, ARepeatedTokenFailsTheSource) {
  Scene scene([](const std::string& url, std::size_t) {
    return body(url.ends_with(" ") ? "more t1\n" : url.ends_with("t1") ? "more t2\n" : "more t1\n");
  });
  scene.pull();
  ASSERT_TRUE(scene.error_);
  EXPECT_EQ(scene.error_->code, ErrorCode::kInvalidInput);
  EXPECT_THAT(scene.error_->message, HasSubstr("repeated token"));
  EXPECT_EQ(scene.http_.urls().size(), 3U);
  EXPECT_FALSE(scene.drained_);
}

/// What a feed keeps in its tokens does not hide that the server's lead in a circle.
TEST(ContractSourceTest, ATokenIsRepeatedByWhatTheServerWrote) {
  Scene scene([](const std::string& url, std::size_t before) {
    const char* const token = url.find(" t1") != std::string::npos ? "t2+" : "t1+";
    return body("more " + std::string(token) + std::to_string(before) + "\n");
  });
  scene.pull();
  ASSERT_TRUE(scene.error_);
  EXPECT_THAT(scene.error_->message, HasSubstr("repeated token"));
  EXPECT_EQ(scene.http_.urls().size(), 3U);
}

/// A window of `pages` pages with a row each, then an empty one; other windows are empty.
ScriptedHttp::Answer long_window(int pages) {
  return [pages](const std::string& url, std::size_t) {
    const std::size_t token = url.rfind(" t");
    const int page = token == std::string::npos ? 0 : std::stoi(url.substr(token + 2));
    if (page >= pages) return body("end\n");
    return body("more t" + std::to_string(page + 1) + "\n05 row" + std::to_string(page) + "\n");
  };
}

TEST(ContractSourceTest, ALongWindowIsReadOverSeveralPulls) {
  Scene scene(long_window(2500));
  std::vector<SourceCut> cuts;
  scene.cut_ = [&cuts](const SourceCut& cut) { cuts.push_back(cut); };
  for (int pull = 1; pull <= 2; ++pull) {
    EXPECT_EQ(scene.pull().size(), 1000U);
    EXPECT_FALSE(scene.error_);
    EXPECT_FALSE(scene.drained_) << "nothing is covered before the window's end";
    EXPECT_EQ(scene.stored_.size(), static_cast<std::size_t>(pull) * 1000U);
  }
  ASSERT_EQ(cuts.size(), 2U);
  EXPECT_EQ(cuts[1].source, "api");
  EXPECT_EQ(cuts[1].endpoint, "a");
  EXPECT_EQ(cuts[1].pages, 2000);
  EXPECT_EQ(cuts[1].window.from, at("2026-11-23T00:00:00Z"));
  const auto told = scene.source().check(scene.cursor_, scene.now_);
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_THAT(told->front(), HasSubstr("page 2001; pulls that ended in it: 2"));
  scene.restart();  // the cursor has all of it
  EXPECT_EQ(scene.pull().size(), 501U);
  EXPECT_TRUE(scene.drained_);
  EXPECT_EQ(scene.stored_.size(), 2500U);
  EXPECT_THAT(scene.cursor_, testing::Not(HasSubstr("cuts")));
}

TEST(ContractSourceTest, ACutIsToldOnceItsPageIsStored) {
  Scene scene(long_window(1200));
  int cuts = 0;
  scene.cut_ = [&cuts](const SourceCut& cut) {
    EXPECT_EQ(cut.pages, 1000);
    ++cuts;
  };
  for (int page = 1; page < 1000; ++page) ASSERT_TRUE(scene.next());
  // Storage does not take the last page of the pull, and it is asked for again.
  const auto lost = scene.source().next(scene.cursor_, scene.now_, {});
  ASSERT_TRUE(lost && *lost);
  EXPECT_EQ(cuts, 0);
  ASSERT_TRUE(scene.source().next("", scene.now_, {}));
  scene.source().committed({});
  EXPECT_EQ(cuts, 0) << "the page that is stored is another";
  scene.cursor_.clear();
  scene.restart();
  scene.pull();
  EXPECT_EQ(cuts, 1);
}

TEST(ContractSourceTest, AWindowThatBeginsAgainHasNoPagesAndNoCuts) {
  bool refuses = false;
  const ScriptedHttp::Answer pages = long_window(1200);
  Scene scene([&](const std::string& url, std::size_t before) -> Result<HttpResponse> {
    if (refuses && !url.ends_with(" ")) return HttpResponse{404, "", {}};
    if (refuses) return HttpResponse{503, "", {}};
    return pages(url, before);
  });
  scene.pull();
  EXPECT_THAT(scene.cursor_, HasSubstr("\"cuts\":1"));
  refuses = true;
  scene.pull();  // the token is refused; the window's beginning has no answer
  ASSERT_TRUE(scene.error_);
  refuses = false;
  ASSERT_TRUE(scene.next());
  EXPECT_THAT(scene.cursor_, testing::Not(HasSubstr("cuts")));
  EXPECT_THAT(scene.cursor_, HasSubstr("\"page\":1,"));
}

TEST(ContractSourceTest, ALongWindowHoldsNoOtherEndpointUp) {
  Scene scene([](const std::string& url, std::size_t before) {
    const bool endless = url.starts_with("a ");
    return body(endless ? "more t" + std::to_string(before) + "\n" : "end\n05 x\n");
  });
  scene.feeds_ = {"a", "b"};
  scene.pull();
  EXPECT_FALSE(scene.error_);
  EXPECT_EQ(scene.http_.urls().size(), 1001U);
  EXPECT_EQ(scene.stored_.size(), 1U);
  EXPECT_FALSE(scene.drained_);
  scene.pull();  // and so on, however often
  EXPECT_EQ(scene.http_.urls().size(), 2002U);
  EXPECT_FALSE(scene.error_);
}

TEST(ContractSourceTest, ACircleIsFoundHoweverManyPullsItIsSpreadOver) {
  // A thousand and a half tokens ahead of a circle of as many: no pull sees one of them twice.
  Scene scene([](const std::string& url, std::size_t) {
    const std::size_t token = url.rfind(" t");
    const int page = token == std::string::npos ? 0 : std::stoi(url.substr(token + 2));
    return body("more t" + std::to_string(page >= 3000 ? 1501 : page + 1) + "\n");
  });
  int pulls = 0;
  while (!scene.error_ && pulls < 20) {
    scene.pull();
    ++pulls;
  }
  ASSERT_TRUE(scene.error_);
  EXPECT_EQ(scene.error_->code, ErrorCode::kInvalidInput);
  EXPECT_THAT(scene.error_->message, HasSubstr("repeated token"));
  // Brent: the token of page 2048 is offered again by the page before that, a circle later.
  EXPECT_EQ(scene.http_.urls().size(), 2047U + 1500U);
  EXPECT_LT(scene.http_.urls().size(), 3U * 1501U);  // as the manual says, of what lies before it
}

TEST(ContractSourceTest, ALongBackfillSaysThatItGoesOn) {
  Scene scene(long_window(1200));
  scene.config_.contract->backfill =
      Interval{at("2026-11-20T00:00:00Z"), at("2026-11-21T00:00:00Z")};
  scene.pull();
  ASSERT_TRUE(scene.error_);
  EXPECT_EQ(scene.error_->code, ErrorCode::kUnavailable);
  EXPECT_THAT(scene.error_->message, HasSubstr("ask for the same backfill again"));
  EXPECT_EQ(scene.stored_.size(), 1000U);
  scene.restart();
  scene.pull();
  EXPECT_FALSE(scene.error_);
  EXPECT_EQ(scene.stored_.size(), 1200U);
}

TEST(ContractSourceTest, MoreWithoutATokenFailsTheSource) {
  Scene scene([](const std::string&, std::size_t) { return body("more\n01 x\n"); });
  scene.pull();
  ASSERT_TRUE(scene.error_);
  EXPECT_EQ(scene.error_->code, ErrorCode::kInvalidInput);
  EXPECT_THAT(scene.error_->message, HasSubstr("gives no token"));
  EXPECT_TRUE(scene.stored_.empty());
}

TEST(ContractSourceTest, ARefusedTokenBeginsTheWindowAgainOnce) {
  bool refuse = true;
  Scene scene([&refuse](const std::string& url, std::size_t) {
    if (url.ends_with(" ")) return body("more t1\n01 x\n");
    if (std::exchange(refuse, false)) return HttpResponse{404, "", {}};
    return body("end\n02 x\n");
  });
  scene.pull();
  EXPECT_FALSE(scene.error_);
  EXPECT_EQ(scene.stored_.size(), 2U);
  EXPECT_EQ(scene.http_.urls().size(), 4U);
  EXPECT_TRUE(scene.drained_);

  Scene stubborn([](const std::string& url, std::size_t) {
    return url.ends_with(" ") ? body("more t1\n01 x\n") : HttpResponse{404, "", {}};
  });
  stubborn.pull();
  ASSERT_TRUE(stubborn.error_);
  EXPECT_EQ(stubborn.error_->code, ErrorCode::kInvalidInput);
  EXPECT_EQ(stubborn.http_.urls().size(), 4U);
}

/// A server that has forgotten the first two tokens that it gave, whoever asks and how often.
Result<HttpResponse> forgetful(const std::string& url, std::size_t before) {
  if (url.ends_with(" ")) return body("more t" + std::to_string(before) + "\n01 x\n");
  if (url.ends_with(" t0") || url.ends_with(" t2")) return HttpResponse{404, "", {}};
  return body("end\n02 x\n");
}

TEST(ContractSourceTest, ASecondRefusedTokenFailsOnePullAndNoLaterOne) {
  for (const bool in_a_new_life : {false, true}) {
    Scene scene(forgetful);
    scene.pull();  // the window, t0, the window again, t2
    ASSERT_TRUE(scene.error_);
    EXPECT_EQ(scene.http_.urls().size(), 4U);
    if (in_a_new_life) scene.restart();
    scene.pull();  // t2, the window, t5
    EXPECT_FALSE(scene.error_) << in_a_new_life;
    EXPECT_EQ(scene.http_.urls().size(), 7U);
    EXPECT_EQ(scene.stored_.size(), 2U);
    EXPECT_TRUE(scene.drained_);
  }
}

TEST(ContractSourceTest, APageThatStoppedAnEarlierLifeBeginsItsWindowAgain) {
  bool mended = false;
  Scene scene([&mended](const std::string& url, std::size_t) {
    if (url.ends_with(" ")) return body(mended ? "more t2\n01 x\n" : "more t1\n01 x\n");
    return body(url.ends_with(" t2") ? "end\n02 x\n" : "no page");
  });
  scene.pull();  // the window, t1
  ASSERT_TRUE(scene.error_);
  EXPECT_EQ(scene.error_->code, ErrorCode::kInvalidInput);
  EXPECT_EQ(scene.http_.urls().size(), 2U);
  scene.restart();
  scene.pull();  // t1, the window, t1: it is no better
  ASSERT_TRUE(scene.error_);
  EXPECT_EQ(scene.http_.urls().size(), 5U);
  mended = true;
  scene.restart();
  scene.pull();  // t1, the window, t2
  EXPECT_FALSE(scene.error_);
  EXPECT_EQ(scene.http_.urls().size(), 8U);
  EXPECT_EQ(scene.stored_.size(), 2U);
  EXPECT_TRUE(scene.drained_);
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

TEST(ContractSourceTest, ACursorOfAnotherQuestionSaysNothing) {
  Scene scene(two_pages);
  scene.window_ = kHour;
  ASSERT_TRUE(scene.next());
  scene.config_.contract->since = at("2026-11-23T08:00:00Z");
  scene.restart();
  ASSERT_TRUE(scene.next());
  EXPECT_EQ(scene.http_.urls().back(), "a 2026-11-23T08:00:00Z 2026-11-23T09:00:00Z ");
  const auto broken = scene.source().next("no cursor", scene.now_, {});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kCorruption);
}

TEST(ContractSourceTest, OneBadRowIsQuarantinedAndManyFailThePage) {
  Scene scene([](const std::string&, std::size_t) { return body("end\n01 x\nbad\n02 x\n"); });
  const std::vector<Page> pages = scene.pull();
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_EQ(pages[0].records.size(), 2U);
  ASSERT_EQ(pages[0].quarantine.size(), 1U);
  EXPECT_EQ(pages[0].quarantine[0].origin, "https://api.example.com/v1 a");
  EXPECT_EQ(pages[0].quarantine[0].reason, "a bad row");

  std::string text = "end\nbad\nbad\nbad\n";
  for (int i = 0; i < 200; ++i) text += "05 row" + std::to_string(i) + "\n";
  Scene moved([&text](const std::string&, std::size_t) { return body(text); });
  moved.pull();
  ASSERT_TRUE(moved.error_);
  EXPECT_EQ(moved.error_->code, ErrorCode::kInvalidInput);
  EXPECT_THAT(moved.error_->message, HasSubstr("3 of 203 rows are bad"));
  EXPECT_TRUE(moved.stored_.empty());
}

/// A window of such pages, each of these rows.
ScriptedHttp::Answer pages_of(std::vector<std::string> rows) {
  return [rows = std::move(rows)](const std::string&, std::size_t before) {
    const bool last = before + 1 == rows.size();
    return body((last ? "end" : "more t" + std::to_string(before)) + "\n" + rows[before]);
  };
}

/// A pull in which the source is made anew before each page.
void pull_with_restarts(Scene& scene) {
  while (const std::optional<Page> page = scene.next()) {
    if (page->drained) break;
    scene.restart();
  }
}

/// A walk through keys or customers has a page for each of them, and one bad row is always allowed:
/// a format that moved would empty a source in silence.
TEST(ContractSourceTest, WherePagesHaveOneRowEachTheWindowIsLookedAt) {
  Scene moved(pages_of({"bad\n", "", "bad\n"}));
  moved.pull();
  ASSERT_TRUE(moved.error_);
  EXPECT_EQ(moved.error_->code, ErrorCode::kInvalidInput);
  EXPECT_THAT(moved.error_->message, HasSubstr("all 2 rows of the window are bad; the last: "));
  EXPECT_FALSE(moved.drained_);
  // Ten are enough, before its end.
  std::vector<std::string> rows(20, "bad\n");
  Scene longer(pages_of(rows));
  longer.pull();
  ASSERT_TRUE(longer.error_);
  EXPECT_THAT(longer.error_->message, HasSubstr("all 10 rows of the window so far are bad"));
  EXPECT_EQ(longer.http_.urls().size(), 10U);
  // One that is bad is always allowed, and all of them where the configuration says so.
  Scene single(pages_of({"", "bad\n", ""}));
  single.pull();
  EXPECT_FALSE(single.error_);
  EXPECT_TRUE(single.drained_);
  Scene allowed(pages_of(rows));
  allowed.config_.max_bad_share = 1;
  allowed.pull();
  EXPECT_FALSE(allowed.error_);
}

/// One that is read shows that the format is the one that is known, wherever it stands.
TEST(ContractSourceTest, TheOrderOfFewBadRowsDoesNotMatter) {
  std::vector<std::string> rows(9, "bad\n");
  rows.insert(rows.begin(), "01 x\n");
  for (std::size_t good = 0; good < rows.size(); ++good) {
    Scene mixed(pages_of(rows));
    mixed.pull();
    EXPECT_FALSE(mixed.error_) << good;
    EXPECT_TRUE(mixed.drained_) << good;
    if (good + 1 < rows.size()) std::swap(rows[good], rows[good + 1]);
  }
}

/// What a window has come to is as much a part of the cursor as its next page.
TEST(ContractSourceTest, ARestartForgetsNoRowsOfTheWindow) {
  Scene healthy(pages_of({"01 x\n", "bad\n", "bad\n"}));
  pull_with_restarts(healthy);
  EXPECT_FALSE(healthy.error_);
  EXPECT_TRUE(healthy.drained_);
  Scene moved(pages_of(std::vector<std::string>(20, "bad\n")));
  pull_with_restarts(moved);
  ASSERT_TRUE(moved.error_);
  EXPECT_THAT(moved.error_->message, HasSubstr("all 10 rows of the window so far are bad"));
}

TEST(ContractSourceTest, AWindowOfACursorWithoutCountsIsNotJudged) {
  Scene scene(pages_of({"01 x\n", "bad\n", "bad\n"}));
  ASSERT_TRUE(scene.next());
  for (const std::string member : {R"("bad":0,)", R"("good":1,)"}) {
    ASSERT_NE(scene.cursor_.find(member), std::string::npos) << scene.cursor_;
    scene.cursor_.erase(scene.cursor_.find(member), member.size());
  }
  pull_with_restarts(scene);
  EXPECT_FALSE(scene.error_);
  EXPECT_TRUE(scene.drained_);
}

/// Behind a token that leads nowhere any more the same rows come again.
TEST(ContractSourceTest, RowsThatAreReadAgainCountOnce) {
  const auto answer = [](const std::string& url, std::size_t before) -> Result<HttpResponse> {
    if (url.ends_with(" lost")) return HttpResponse{410, "", {}};
    if (before == 0) return body("more t\nbad\n");
    if (url.ends_with(" t")) return body("more lost\n");
    if (url.ends_with(" found")) return body("end\nbad\n");
    return body("end\n");
  };
  Scene scene(answer);
  scene.pull();
  EXPECT_FALSE(scene.error_) << scene.error_->message;
  EXPECT_TRUE(scene.drained_);
  EXPECT_EQ(scene.http_.urls().back(), "a 2026-11-23T00:00:00Z 2026-11-23T11:00:00Z found");
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
