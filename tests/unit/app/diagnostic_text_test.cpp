#include "daemon/app/diagnostic_text.h"

#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::ElementsAre;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Diagnostic of_file(DiagnosticLevel level, const std::string& code, int number) {
  Diagnostic diagnostic;
  diagnostic.level = level;
  diagnostic.code = code;
  diagnostic.span.file = "p" + std::to_string(number) + ".yaml";
  diagnostic.message = "m";
  return diagnostic;
}

TEST(DiagnosticsBriefly, ShowFiveWarningsOfACodeAndAllErrors) {
  std::vector<Diagnostic> diagnostics;
  for (int i = 1; i <= 7; ++i) {
    diagnostics.push_back(of_file(DiagnosticLevel::kWarning, "TW0906", i));
  }
  diagnostics.push_back(of_file(DiagnosticLevel::kWarning, "TW0901", 8));
  for (int i = 1; i <= 6; ++i) {
    diagnostics.push_back(of_file(DiagnosticLevel::kError, "TW0102", i));
  }
  std::ostringstream out;
  print_diagnostics_briefly(out, diagnostics);
  EXPECT_THAT(
      lines_of(out.str()),
      ElementsAre(
          "p1.yaml: warning TW0906: m", "p2.yaml: warning TW0906: m", "p3.yaml: warning TW0906: m",
          "p4.yaml: warning TW0906: m", "p5.yaml: warning TW0906: m", "p8.yaml: warning TW0901: m",
          "p1.yaml: error TW0102: m", "p2.yaml: error TW0102: m", "p3.yaml: error TW0102: m",
          "p4.yaml: error TW0102: m", "p5.yaml: error TW0102: m", "p6.yaml: error TW0102: m",
          "2 more of TW0906 are not shown: `tidewaiter config check` prints all of them"));
}

}  // namespace
}  // namespace tidewaiter
