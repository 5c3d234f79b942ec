#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tidewaiter {

/// One check as continuous integration counts it.
struct JunitCase {
  std::string suite;  ///< what it belongs to: a policy's id
  std::string name;
  std::string file;
  std::int32_t line = 0;
  std::vector<std::string> failures;  ///< empty: passed
};

/// The cases as a JUnit XML report, cases of one suite together. `name` names the whole. The form
/// is the one that Jenkins and GitLab read: testsuites, testsuite, testcase, failure.
[[nodiscard]] std::string junit_report(const std::string& name,
                                       const std::vector<JunitCase>& cases);

}  // namespace tidewaiter
