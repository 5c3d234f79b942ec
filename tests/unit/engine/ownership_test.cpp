// `ownership`, through the language and both engines, against what docs/evaluation.md (Ownership)
// says.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/explain.h"
#include "policies/language/load.h"
#include "written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;

using Texts = std::vector<std::string>;

Policy owning(const std::string& more) {
  const std::string text =
      "policy: p\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: sanctions\n"
      "severity: low\nreads: account\nevidence: {records: 0}\n"
      "ownership: {of: [list:sdn], share: \">= 50%\"" +
      more + "}\n---\nlist: sdn\ntitle: t\nvalues: [Company X, Company Y]\n";
  LoadOutcome outcome = load_policies(std::vector<PolicyText>{{"p.yaml", text}}, UtcTime{});
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    if (diagnostic.level == DiagnosticLevel::kError) ADD_FAILURE() << to_text(diagnostic);
  }
  return outcome.set.policies.empty() ? Policy{} : outcome.set.policies.front();
}

Record account(std::string_view clock, Texts owners, Texts shares) {
  Record record = Log::record("a", clock);
  record.kind = RecordKind::kAccount;
  set_value(record, *find_field("owners"), std::move(owners));
  set_value(record, *find_field("owners.share"), std::move(shares));
  return record;
}

class Owned : public testing::TestWithParam<EngineKind> {};
INSTANTIATE_TEST_SUITE_P(BothEngines, Owned,
                         testing::Values(EngineKind::kColumnar, EngineKind::kReference));

TEST_P(Owned, SharesAddUpAndASmallerOneWithdraws) {
  Log log(owning(""), GetParam());
  const auto first = log.add(account("10:00", {"Company X", "Company Y"}, {"25%", "25%"}));
  EXPECT_THAT(log.news(), ElementsAre("(2,0) finding.opened 10:00+1 records=1 share=50"));
  log.revise(first, account("10:00", {"Company X", "Company Y"}, {"25%", "24%"}));
  EXPECT_THAT(log.news(), ElementsAre("(3,0) finding.withdrawn 10:00+1 records=1 share=50 "
                                      "no-longer-hol"));
}

TEST_P(Owned, AShareThatIsNotKnownIsReportedIfThePolicySaysSo) {
  const Record record = account("10:00", {"Company X", "Z"}, {"", "10%"});
  Log silent(owning(""), GetParam());
  silent.add(record);
  EXPECT_THAT(silent.news(), IsEmpty());
  EXPECT_EQ(silent.coverage().records_unknown, 1);
  Log telling(owning(", unknown: report"), GetParam());
  telling.add(record);
  EXPECT_THAT(telling.news(), ElementsAre("(2,0) finding.opened 10:00+1 records=1 share=0"));
}

TEST(OwnedExplained, AddsUp) {
  Explainer explainer(owning(""), "account:s/a", std::nullopt, std::nullopt);
  LogEntry entry;
  entry.seq = 1;
  entry.body = account("10:00", {"Company X", "Z"}, {"40%", "60%"});
  explainer.take(std::span(&entry, 1));
  const auto explanation = explainer.explain();
  ASSERT_TRUE(explanation);
  EXPECT_THAT(explanation->grounds.lines,
              ElementsAre("owner `Company X` has 40%, and is `Company X` of list:sdn",
                          "listed owners have together 40%; reported is at least 50%"));
  EXPECT_THAT(why_not(explainer.policy(), *explanation), EndsWith("of list:sdn"));
}

}  // namespace
}  // namespace tidewaiter
