#include "daemon/cli/policy_test_run.h"

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>

namespace tidewaiter {

FixtureReader fixtures_beside(const std::filesystem::path& base) {
  return [base](const std::string& policy_file, const std::string& fixture) -> Result<std::string> {
    const std::filesystem::path path =
        (base / policy_file).parent_path() / std::filesystem::path(fixture);
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) {
      return fail(ErrorCode::kNotFound, "cannot read the fixture `" + path.string() + "`");
    }
    return text.str();
  };
}

std::vector<PolicyTestResult> run_tests_of(const PolicySet& set, const std::filesystem::path& base,
                                           EngineKind engine) {
  const FixtureReader fixtures = fixtures_beside(base);
  std::vector<PolicyTestResult> results;
  for (const Policy& policy : set.policies) {
    std::vector<PolicyTestResult> some = run_policy_tests(policy, fixtures, engine);
    std::move(some.begin(), some.end(), std::back_inserter(results));
  }
  return results;
}

}  // namespace tidewaiter
