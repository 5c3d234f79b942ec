// `lockstep` through the language and both engines, against figures counted by hand.

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/evaluation.h"
#include "policies/language/load.h"
#include "written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;

Policy of_organizations(const std::string& lockstep, const std::string& report_when) {
  const std::string text =
      "policy: p\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: extraction\n"
      "severity: low\nfor_each: organization\nwindow: {length: 1h, wait_for_late: 2h}\n"
      "measure:\n  n: count()\n  l: \"" +
      lockstep + "\"\nreport_when: \"" + report_when + "\"\n";
  LoadOutcome outcome = load_policies(std::vector<PolicyText>{{"p.yaml", text}}, UtcTime{});
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    if (diagnostic.level == DiagnosticLevel::kError) ADD_FAILURE() << to_text(diagnostic);
  }
  return outcome.set.policies.empty() ? Policy{} : outcome.set.policies.front();
}

/// One request: whose, when, of which model.
struct Request {
  std::string account;
  std::string time;
  std::string model = "m";
};

Record record_of(const Request& request) {
  Record record = Log::record(request.account, request.time);
  set_value(record, *find_field("organization"), std::string("o"));
  set_value(record, *find_field("model"), request.model);
  return record;
}

/// The figure of the closed hour from 10:00.
void expect_lockstep(const std::string& lockstep, const std::vector<Request>& requests,
                     const std::string& figure) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(of_organizations(lockstep, "n > 0"), engine);
    for (const Request& request : requests) log.add(record_of(request));
    log.drain("10:00", "11:00");
    std::string last;
    for (const Step& step : log.steps()) {
      last = format_value(step.figures.at(1).value, step.figures.at(1).type);
    }
    EXPECT_EQ(last, figure) << lockstep;
  }
}

TEST(Lockstep, IsTheJaccardSimilarityOfTwo) {
  // In the slots 0, 2 and 4 of ten minutes one, in 0, 2 and 5 the other: 2 of 4.
  const std::vector<Request> two = {{"a", "10:01"}, {"b", "10:09"}, {"a", "10:20"},
                                    {"b", "10:29"}, {"a", "10:40"}, {"b", "10:50"}};
  expect_lockstep("lockstep(account, 10m)", two, "0.5");
  // Of twenty minutes: 0, 1 and 2 of both.
  expect_lockstep("lockstep(account, 20m)", two, "1");
  // Of five: 0, 4 and 8; 1, 5 and 10.
  expect_lockstep("lockstep(account, 5m)", two, "0");
}

TEST(Lockstep, OfMoreThanTwoIsOverAllPairs) {
  // A(a) = {0, 2, 4}, A(b) = {0, 2}, A(c) = {2}, A(d) = {5}. In common: ab 2, ac 1, bc 1, and none
  // with d: 4. Either: ab 3, ac 3, bc 2, ad 4, bd 3, cd 2: 17.
  expect_lockstep("lockstep(account, 10m)",
                  {{"a", "10:00"},
                   {"b", "10:01"},
                   {"a", "10:21"},
                   {"b", "10:22"},
                   {"c", "10:23"},
                   {"a", "10:40"},
                   {"d", "10:59"}},
                  "0.23529411764705882");
}

TEST(Lockstep, HowOftenDoesNotMatter) {
  expect_lockstep("lockstep(account, 10m)",
                  {{"a", "10:00"}, {"a", "10:01"}, {"a", "10:02"}, {"b", "10:03"}}, "1");
}

TEST(Lockstep, WhatIsDoneMayCount) {
  // Both in slot 0 and 2, but there with another model: (0, m) of 3 actions.
  const std::vector<Request> two = {
      {"a", "10:01"}, {"b", "10:02"}, {"a", "10:20", "x"}, {"b", "10:21", "y"}};
  expect_lockstep("lockstep(account, 10m)", two, "1");
  expect_lockstep("lockstep(account, model, 10m)", two, "0.3333333333333333");
}

TEST(Lockstep, OneAloneIsUnknown) {
  expect_lockstep("lockstep(account, 10m)", {{"a", "10:01"}, {"a", "10:20"}}, "null");
  expect_lockstep("lockstep(account, 10m) where model == 'x'", {{"a", "10:01"}, {"b", "10:20"}},
                  "null");
}

TEST(Lockstep, WaitsUntilTheWindowIsClosed) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(of_organizations("lockstep(account, 10m)", "l >= 0.5"), engine);
    log.add(record_of({"a", "10:01"}));
    log.add(record_of({"b", "10:02"}));
    EXPECT_THAT(log.news(), testing::IsEmpty());
    log.drain("10:00", "11:00");
    EXPECT_THAT(log.news(), ElementsAre("(4,0) finding.opened 10:00+1 n=2 l=1"));
    log.add(record_of({"a", "10:30"}));  // 1 of 2
    EXPECT_THAT(log.news(),
                ElementsAre("(5,0) finding.restated 10:00+1 n=3 l=0.5 was 2 late-data"));
    log.add(record_of({"b", "10:45"}));  // 1 of 3
    EXPECT_THAT(log.news(), ElementsAre(testing::HasSubstr("finding.withdrawn 10:00+1")));
  }
}

/// Whoever it was may have acted in step, or not.
TEST(Lockstep, AnUnknownAccountLeavesItUnknown) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(of_organizations("lockstep(account, 10m)", "l >= 0"), engine);
    log.add(record_of({"a", "10:01"}));
    log.add(record_of({"b", "10:02"}));
    log.add(record_of({"", "10:03"}));
    log.drain("10:00", "11:00");
    EXPECT_THAT(log.news(), ElementsAre("(5,0) coverage.gap not-evaluable 1"));
  }
}

TEST(Lockstep, ARevisionTakesItsActionBack) {
  for (const EngineKind engine : {EngineKind::kColumnar, EngineKind::kReference}) {
    Log log(of_organizations("lockstep(account, 10m)", "l >= 0"), engine);
    log.add(record_of({"a", "10:01"}));
    const std::int64_t seq = log.add(record_of({"b", "10:02"}));
    log.add(record_of({"c", "10:03"}));
    log.drain("10:00", "11:00");
    EXPECT_THAT(log.news(), ElementsAre("(5,0) finding.opened 10:00+1 n=3 l=1"));
    log.revise(seq, record_of({"a", "10:02", "x"}));
    log.add(record_of({"c", "10:30"}));
    EXPECT_THAT(log.news(),
                ElementsAre("(7,0) finding.restated 10:00+1 n=4 l=0.5 was 3 late-data"));
  }
}

}  // namespace
}  // namespace tidewaiter
