// Lint must be silent about the policies that come with the program: whoever copies one begins
// without a warning.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/config.h"
#include "daemon/app/policy_files.h"
#include "daemon/app/source_supply.h"
#include "tests/unit/lint/lint_sample.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

class ShippedPolicies : public testing::TestWithParam<const char*> {};

TEST_P(ShippedPolicies, LintWithoutAWordOfLint) {
  Environment environment;
  environment.working_folder = TIDEWAITER_SOURCE_DIR;
  const fs::path file =
      fs::path(TIDEWAITER_SOURCE_DIR) / "docs/examples" / GetParam() / "tidewaiter.yaml";
  const ConfigOutcome config = read_config(file, environment);
  ASSERT_FALSE(has_errors(config.diagnostics));
  const auto texts = read_policy_files(config.config.policies, config.config.base);
  ASSERT_TRUE(texts) << texts.error().message;
  ASSERT_FALSE(texts->empty());
  const std::vector<SourceSupply> sources = source_supplies(config.config);
  std::vector<Diagnostic> found = lint_policies({*texts, kLintDay, sources}).diagnostics;
  std::erase_if(found, [](const Diagnostic& d) {
    return !d.code.starts_with("TW11") && !d.code.starts_with("TW12");
  });
  EXPECT_THAT(lines_of(found), testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Examples, ShippedPolicies,
                         testing::Values("quickstart", "servegen", "azure"),
                         [](const auto& row) { return std::string(row.param); });

TEST(LintSample, LintsWithoutAWord) {
  EXPECT_THAT(lines_of(lint_text(lint_sample())), testing::IsEmpty());
}

}  // namespace
}  // namespace tidewaiter
