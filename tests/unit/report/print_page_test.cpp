// The printing of a page: what WeasyPrint makes of it, and what a printer that fails is told as.

#include "daemon/report/print_page.h"

#include <chrono>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/app/temporary_folder.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr UtcTime kMonday{1'791'187'200'000'000};  // 2026-10-05T08:00:00Z

/// A printer of our own: a shell script that is started as the interpreter would be.
class Printing : public testing::Test {
 protected:
  [[nodiscard]] PagePrinter script(std::string_view text) const {
    write_file(folder_ / "printer", "#!/bin/sh\n" + std::string(text) + "\n");
    fs::permissions(folder_ / "printer", fs::perms::owner_all);
    PagePrinter printer;
    printer.interpreter = (folder_ / "printer").string();
    return printer;
  }
  [[nodiscard]] Error failure(const PagePrinter& printer) const {
    const auto pdf = print_page("<p>x</p>", "r-1", kMonday, printer);
    EXPECT_FALSE(pdf);
    return pdf ? Error{} : pdf.error();
  }

  TemporaryFolder folder_;
};

TEST_F(Printing, GivesTheChildThePageAndNothingElse) {
  // The page comes back behind what the child sees: its arguments after the program, its
  // environment.
  ::setenv("TIDEWAITER_CANARY", "of-the-house", 1);
  const auto seen = print_page("<p>page</p>", "r-1", kMonday,
                               script("printf '%%PDF- %s %s ' \"$1\" \"$5\"; cat; env; "
                                      "ls /proc/self/fd | wc -l"));
  ::unsetenv("TIDEWAITER_CANARY");
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_THAT(*seen, StartsWith("%PDF- -I r-1 <p>page</p>"));
  EXPECT_THAT(*seen, HasSubstr("SOURCE_DATE_EPOCH=1791187200"));
  EXPECT_THAT(*seen, Not(HasSubstr("of-the-house")));
  // Its three files, and the folder that ls reads.
  EXPECT_THAT(*seen, testing::EndsWith("\n4\n"));
}

TEST_F(Printing, NamesThePackageWhereThereIsNoWeasyPrint) {
  PagePrinter nowhere;
  nowhere.interpreter = (folder_ / "nowhere").string();
  for (const PagePrinter& printer : {nowhere, script("exit 3")}) {
    const Error error = failure(printer);
    EXPECT_EQ(error.code, ErrorCode::kNotFound);
    EXPECT_THAT(error.message, HasSubstr("apt install weasyprint"));
  }
}

TEST_F(Printing, TellsWhatWentWrong) {
  EXPECT_EQ(failure(script("exit 4")).code, ErrorCode::kInvalidInput);
  const Error error = failure(script("echo first >&2; echo 'ValueError: last' >&2; exit 1"));
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("`ValueError: last`"));
  EXPECT_THAT(error.message, Not(HasSubstr("first")));
  EXPECT_THAT(failure(script("kill -9 $$")).message, HasSubstr("does not say why"));
  EXPECT_THAT(failure(script("echo text")).message, HasSubstr("no PDF"));
  EXPECT_THAT(failure(script("true")).message, HasSubstr("no PDF"));
}

TEST_F(Printing, EndsAPrinterThatTakesTooLong) {
  PagePrinter slow = script("exec sleep 60");
  slow.limit = Duration{100'000};
  const auto began = std::chrono::steady_clock::now();
  EXPECT_THAT(failure(slow).message, HasSubstr("took longer than"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
}

/// Pages through WeasyPrint itself.
class WeasyPrint : public testing::Test {
 protected:
  void SetUp() override {
    const auto pdf = print_page("<p>x</p>", "r-1", kMonday);
    if (!pdf && pdf.error().code == ErrorCode::kNotFound) GTEST_SKIP() << pdf.error().message;
    ASSERT_TRUE(pdf) << pdf.error().message;
  }
};

TEST_F(WeasyPrint, MakesTheSameBytesOfTheSamePage) {
  const std::string page =
      "<!DOCTYPE html><html lang=\"en\"><title>A page</title><p>\u5317\u4eac \u0418\u0433\u043e"
      "\u0440\u044c <bdi>\u0634\u0631\u06a9\u062a</bdi>";
  const auto one = print_page(page, "r-1", kMonday);
  const auto two = print_page(page, "r-1", kMonday);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(*one, *two);
  EXPECT_THAT(*one, StartsWith("%PDF-1.7"));
  EXPECT_THAT(*one, HasSubstr("pdfaid:part=\"3\""));
}

TEST_F(WeasyPrint, DoesNotPrintAPageThatAsksForSomething) {
  for (const char* const asks : {"<img src=\"a.png\">", "<img src=\"file:///etc/hostname\">",
                                 "<img src=\"http://127.0.0.1:9/a.png\">",
                                 "<link rel=stylesheet href=\"file:///etc/hostname\">",
                                 "<style>@import url(http://127.0.0.1:9/a.css);</style>",
                                 "<p style=\"background:url(file:///etc/hostname)\">x</p>"}) {
    const auto pdf = print_page(asks, "r-1", kMonday);
    ASSERT_FALSE(pdf) << asks;
    EXPECT_EQ(pdf.error().code, ErrorCode::kInvalidInput) << asks << ' ' << pdf.error().message;
  }
}

}  // namespace
}  // namespace tidewaiter
