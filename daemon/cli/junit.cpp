#include "daemon/cli/junit.h"

#include <algorithm>

#include "daemon/cli/xml_text.h"

namespace tidewaiter {
namespace {

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + xml_text(value) + "\"";
}

std::string counts(std::int64_t tests, std::int64_t failures) {
  return attribute("tests", std::to_string(tests)) +
         attribute("failures", std::to_string(failures));
}

std::int64_t failed(const std::vector<const JunitCase*>& cases) {
  return std::ranges::count_if(cases, [](const JunitCase* c) { return !c->failures.empty(); });
}

std::string case_text(const JunitCase& one) {
  std::string out = "    <testcase" + attribute("classname", one.suite) +
                    attribute("name", one.name) + attribute("file", one.file) +
                    attribute("line", std::to_string(one.line));
  if (one.failures.empty()) return out + "/>\n";
  out += ">\n";
  for (const std::string& failure : one.failures) {
    out += "      <failure" + attribute("message", failure) + "/>\n";
  }
  return out + "    </testcase>\n";
}

}  // namespace

std::string junit_report(const std::string& name, const std::vector<JunitCase>& cases) {
  std::vector<std::pair<std::string, std::vector<const JunitCase*>>> suites;
  std::vector<const JunitCase*> all;
  for (const JunitCase& one : cases) {
    all.push_back(&one);
    const auto suite = std::ranges::find(suites, one.suite, [](const auto& s) { return s.first; });
    if (suite == suites.end()) {
      suites.push_back({one.suite, {&one}});
    } else {
      suite->second.push_back(&one);
    }
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" +
                    attribute("name", name) +
                    counts(static_cast<std::int64_t>(cases.size()), failed(all)) + ">\n";
  for (const auto& [suite, members] : suites) {
    out += "  <testsuite" + attribute("name", suite) +
           counts(static_cast<std::int64_t>(members.size()), failed(members)) + ">\n";
    for (const JunitCase* one : members) out += case_text(*one);
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace tidewaiter
