#include "daemon/cli/policy_test_run.h"

#include <iterator>
#include <limits>
#include <string>
#include <utility>

#include "storage/files/shown_file.h"

namespace tidewaiter {

FixtureReader fixtures_beside(const std::filesystem::path& base) {
  return [base](const std::string& policy_file, const std::string& fixture) -> Result<std::string> {
    const std::filesystem::path path =
        (base / policy_file).parent_path() / std::filesystem::path(fixture);
    Result<std::string> text = read_shown_file(path, std::numeric_limits<std::size_t>::max());
    if (text) return text;
    return fail(ErrorCode::kNotFound, "cannot read the fixture `" + path.string() + "`");
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
