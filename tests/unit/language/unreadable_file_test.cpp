#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/load.h"
#include "policies/model/diagnostic.h"
#include "policies/sigma/load.h"
#include "policies/sigma/logsource.h"
#include "tests/unit/language/sample_policy.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

PolicyText unreadable() { return {"policies/b.yaml", {}, "cannot open `policies/b.yaml`: why"}; }

TEST(UnreadableFile, IsAnErrorOfTheSetAndTheOthersAreRead) {
  const std::vector<PolicyText> texts = {
      {"policies/a.yaml", sample_policy("")}, unreadable(), {"policies/c.yaml", "polcy: x\n"}};
  const LoadOutcome outcome = load_policies(texts, UtcTime{0});
  ASSERT_THAT(outcome.diagnostics, SizeIs(2));
  EXPECT_EQ(to_text(outcome.diagnostics[0]),
            "policies/b.yaml: error TW0011: cannot open `policies/b.yaml`: why\n"
            "    = make it a file that can be read, or take it out of the policies\n");
  EXPECT_EQ(outcome.diagnostics[1].code, "TW0101");
  EXPECT_THAT(outcome.set.policies, SizeIs(1));
}

TEST(UnreadableFile, IsToldOfRulesAndMappingsToo) {
  const std::vector<PolicyText> texts = {unreadable()};
  EXPECT_THAT(load_sigma(texts).diagnostics,
              ElementsAre(testing::Field(&Diagnostic::code, "TW0011")));
  EXPECT_THAT(load_mapping(texts.front()).diagnostics,
              testing::Contains(testing::Field(&Diagnostic::code, "TW0011")));
}

}  // namespace
}  // namespace tidewaiter
