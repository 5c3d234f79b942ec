#include "daemon/cli/lint_junit.h"

#include <algorithm>
#include <map>

#include "daemon/cli/xml_text.h"

namespace tidewaiter {
namespace {

/// Lines of a diagnostic, each as XML text.
std::string shown(const Diagnostic& diagnostic) {
  std::string out;
  const std::string whole = to_text(diagnostic);
  std::string_view rest = whole;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    out += xml_text(rest.substr(0, end)) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

bool fails(const Diagnostic& diagnostic, bool strict) {
  return strict || diagnostic.level == DiagnosticLevel::kError;
}

std::string test_case(const Diagnostic& diagnostic, bool strict) {
  const std::string file = xml_text(diagnostic.span.file);
  std::string out = "    <testcase classname=\"" + file + "\" name=\"" + diagnostic.code + " at " +
                    std::to_string(diagnostic.span.line) + ":" +
                    std::to_string(diagnostic.span.column) + "\">\n";
  if (fails(diagnostic, strict)) {
    out += "      <failure type=\"" + diagnostic.code + "\" message=\"" +
           xml_text(diagnostic.message) + "\">" + shown(diagnostic) + "</failure>\n";
  } else {
    out += "      <system-out>" + shown(diagnostic) + "</system-out>\n";
  }
  return out + "    </testcase>\n";
}

std::string counts(std::size_t tests, std::size_t failures) {
  return " tests=\"" + std::to_string(tests) + "\" failures=\"" + std::to_string(failures) +
         "\" errors=\"0\" skipped=\"0\"";
}

}  // namespace

std::string lint_junit(const std::vector<PolicyText>& texts,
                       const std::vector<Diagnostic>& diagnostics, bool strict) {
  std::map<std::string, std::vector<const Diagnostic*>> by_file;
  for (const PolicyText& text : texts) by_file[text.path];
  for (const Diagnostic& diagnostic : diagnostics) {
    by_file[diagnostic.span.file].push_back(&diagnostic);
  }
  std::string suites;
  std::size_t tests = 0;
  std::size_t failures = 0;
  for (const auto& [path, found] : by_file) {
    const std::string file = xml_text(path);
    const std::size_t cases = std::max<std::size_t>(found.size(), 1);
    const auto failed = static_cast<std::size_t>(std::ranges::count_if(
        found, [strict](const Diagnostic* diagnostic) { return fails(*diagnostic, strict); }));
    suites += "  <testsuite name=\"" + file + "\"" + counts(cases, failed) + ">\n";
    for (const Diagnostic* diagnostic : found) suites += test_case(*diagnostic, strict);
    if (found.empty()) suites += "    <testcase classname=\"" + file + "\" name=\"lint\"/>\n";
    suites += "  </testsuite>\n";
    tests += cases;
    failures += failed;
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tidewaiter policy lint\"" +
         counts(tests, failures) + ">\n" + suites + "</testsuites>\n";
}

}  // namespace tidewaiter
