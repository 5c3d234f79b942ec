#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lint/lint_sample.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> lint_places(const std::string& fragment) {
  return places_of(lint_text(lint_sample(fragment)));
}

TEST(AllowComments, TakeAWarningOutOfTheNextLine) {
  EXPECT_THAT(lint_places("window: {length: 30d, every: 10m}"), ElementsAre("TW1226 2:30+3"));
  EXPECT_THAT(lint_places("# lint: allow TW1226 the regulator asks for it\n"
                          "window: {length: 30d, every: 10m}"),
              IsEmpty());
  EXPECT_THAT(lint_places("# lint: allow TW1226: the regulator asks for it\n\n# another comment\n"
                          "window: {length: 30d, every: 10m}"),
              IsEmpty());
}

TEST(AllowComments, StandAboveOneLineTogether) {
  const std::string select = "select: {a: {model|re: x}, b: {operation: chat}}\ncondition: a";
  EXPECT_THAT(lint_places(select), ElementsAre("TW1208 2:14+5", "TW0902 2:28+1"));
  EXPECT_THAT(lint_places("# lint: allow TW1208 as the vendor writes it\n"
                          "# lint: allow TW0902 kept for later\n" +
                          select),
              IsEmpty());
}

TEST(AllowComments, ReachOneLineOnly) {
  EXPECT_THAT(lint_places("# lint: allow TW1226 the regulator asks for it\n"
                          "window:\n  length: 30d\n  every: 10m"),
              ElementsAre("TW1292 2:15+6", "TW1226 5:10+3"));
}

TEST(AllowComments, OfTheReaderCountToo) {
  EXPECT_THAT(places_of(lint_text("# lint: allow TW0904 under review until July\n" +
                                  lint_sample("status: draft"))),
              ElementsAre("TW1292 1:15+6", "TW0904 3:9+5"));
  EXPECT_THAT(lint_places("# lint: allow TW0904 under review until July\nstatus: draft"),
              IsEmpty());
}

TEST(AllowComments, DoNotAllowErrorsOrTheirOwnFaults) {
  EXPECT_THAT(lint_places("# lint: allow TW1101 it is fine\nreport_when: n < 0"),
              ElementsAre("TW1293 2:15+6", "TW1101 3:14+5"));
  EXPECT_THAT(lint_places("# lint: allow TW1292 be quiet\nwindow: 24h"),
              ElementsAre("TW1293 2:15+6"));
  EXPECT_THAT(lint_places("# lint: allow\nwindow: 24h"), ElementsAre("TW1293 2:1+1"));
  EXPECT_THAT(lint_places("# lint: allow TW1299 x\nwindow: 24h"), ElementsAre("TW1293 2:15+6"));
}

// A line of a text is no comment, whatever it looks like.
TEST(AllowComments, AreNotReadInsideTexts) {
  EXPECT_THAT(lint_places("description: |\n  A text.\n\n  # lint: allow TW1226\n  More."),
              IsEmpty());
  EXPECT_THAT(
      lint_places("description: \"A text,\n  # lint: allow TW1226\n  and more \\\" of it.\""),
      IsEmpty());
  EXPECT_THAT(lint_places("description: 'It''s a text,\n  # lint: allow TW1226\n  and more.'"),
              IsEmpty());
  EXPECT_THAT(lint_places("description: |\n  A text.\n# lint: allow TW1226 x\nwindow: 24h"),
              ElementsAre("TW1292 4:15+6"));
}

}  // namespace
}  // namespace tidewaiter
