#include "daemon/cli/confirmation.h"

#include <sstream>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

Confirmation answered(const std::string& line, bool asks, std::string* asked = nullptr) {
  std::ostringstream out;
  std::ostringstream err;
  Invocation run{out, err, {}, {}, {}, {}, {}};
  std::istringstream input(line);
  const Confirmation answer = confirm(run, input, asks, "Make it so?");
  EXPECT_EQ(out.str(), "");
  if (asked != nullptr) *asked = err.str();
  return answer;
}

TEST(Confirmation, OnlyAYesIsOne) {
  for (const char* yes : {"y\n", "Y\n", "yes\n", "YES"}) {
    EXPECT_EQ(answered(yes, true), Confirmation::kYes) << yes;
  }
  for (const char* no : {"", "\n", "n\n", "yep\n", " y\n"}) {
    EXPECT_EQ(answered(no, true), Confirmation::kNo) << no;
  }
}

TEST(Confirmation, WithoutATerminalNobodyIsAsked) {
  std::string asked;
  EXPECT_EQ(answered("y\n", false, &asked), Confirmation::kNobodyAsked);
  EXPECT_EQ(asked, "");
  EXPECT_EQ(answered("y\n", true, &asked), Confirmation::kYes);
  EXPECT_EQ(asked, "Make it so? [y/N] ");
}

}  // namespace
}  // namespace tidewaiter
