// The contract of sources over HTTP: pages, their tokens, and what a killed pull goes on from.
#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract_scene.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

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

}  // namespace
}  // namespace tidewaiter
