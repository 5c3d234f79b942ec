#include "policies/model/diagnostic.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

TEST(DiagnosticText, PutsTheCaretUnderTheWord) {
  const Diagnostic diagnostic{DiagnosticLevel::kError,  "TW0102",
                              {"a.yaml", 12, 5, 5},     "unknown key `selct`",
                              "did you mean `select`?", "  é selct:"};
  EXPECT_EQ(to_text(diagnostic),
            "a.yaml:12:5: error TW0102: unknown key `selct`\n"
            "  12 |   é selct:\n"
            "     |     ^^^^^\n"
            "     = did you mean `select`?\n");
}

TEST(DiagnosticText, KeepsTabsInTheCaretLine) {
  const Diagnostic diagnostic{DiagnosticLevel::kWarning, "TW0001", {"a", 1, 3, 1}, "m", "", "\tab"};
  EXPECT_EQ(to_text(diagnostic), "a:1:3: warning TW0001: m\n  1 | \tab\n    | \t ^\n");
}

// A terminal shows each of the four characters before the word in two columns, and so those under
// the carets; a combining accent takes none.
TEST(DiagnosticText, CountsColumnsOfTheTerminal) {
  const Diagnostic wide{DiagnosticLevel::kError, "TW0102", {"a", 1, 5, 2}, "m", "",
                        "東京北京大阪x"};
  EXPECT_EQ(to_text(wide), "a:1:5: error TW0102: m\n  1 | 東京北京大阪x\n    |         ^^^^\n");
  const Diagnostic accent{DiagnosticLevel::kError, "TW0102", {"a", 1, 3, 1}, "m", "", "e\u0301xy"};
  EXPECT_EQ(to_text(accent), "a:1:3: error TW0102: m\n  1 | e\u0301xy\n    |  ^\n");
  const Diagnostic beyond{DiagnosticLevel::kError, "TW0102", {"a", 1, 3, 1}, "m", "", "ab"};
  EXPECT_EQ(to_text(beyond), "a:1:3: error TW0102: m\n  1 | ab\n    |   ^\n");
}

TEST(HasErrors, IgnoresWarnings) {
  EXPECT_FALSE(has_errors({}));
  EXPECT_FALSE(has_errors({{DiagnosticLevel::kWarning, "", {}, "", "", ""}}));
  EXPECT_TRUE(has_errors({{DiagnosticLevel::kError, "", {}, "", "", ""}}));
}

}  // namespace
}  // namespace tidewaiter
