// The contract of sources over HTTP: rows that are no records, one page or a window of them.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract_scene.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

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

}  // namespace
}  // namespace tidewaiter
