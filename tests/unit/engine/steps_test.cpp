// `sequence` and `absent`, through the language and both engines, against what docs/evaluation.md
// (Steps) says of each case, worked out in the comments.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/engine/evaluation.h"
#include "policies/engine/explain.h"
#include "policies/language/load.h"
#include "written_log.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Policy policy_of(const std::string& shape) {
  const std::string text =
      "policy: p\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\nkind: extraction\n"
      "severity: low\nselect:\n  a: {model: a}\n  b: {model: b}\n  c: {model: c}\n  x: {model: x}\n"
      "evidence: {records: 0}\n" +
      shape;
  LoadOutcome outcome = load_policies(std::vector<PolicyText>{{"p.yaml", text}}, UtcTime{});
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    if (diagnostic.level == DiagnosticLevel::kError) ADD_FAILURE() << to_text(diagnostic);
  }
  return outcome.set.policies.empty() ? Policy{} : outcome.set.policies.front();
}

/// A record of model `model`, or of none; its time is "10:00", or a drain is "to 11:00".
struct Happening {
  std::string model;
  std::string time;
};

const std::string kDrain = "drain to";

/// Entry 1 is the activation; the happenings follow it.
std::vector<std::string> said_by(EngineKind engine, const Policy& policy,
                                 const std::vector<Happening>& happenings) {
  Log log(policy, engine);
  for (const Happening& one : happenings) {
    if (one.model == kDrain) {
      log.drain("05:00", one.time);
      continue;
    }
    Record record = Log::record("a", one.time);
    if (!one.model.empty()) set_value(record, *find_field("model"), one.model);
    log.add(std::move(record));
  }
  return log.news();
}

template <class Matcher>
void expect_said(const std::string& shape, const std::vector<Happening>& happenings,
                 const Matcher& matcher) {
  SCOPED_TRACE(shape);
  const Policy policy = policy_of(shape);
  EXPECT_THAT(said_by(EngineKind::kColumnar, policy, happenings), matcher);
  EXPECT_THAT(said_by(EngineKind::kReference, policy, happenings), matcher);
}

// Windows of 2 h 30 min every 30 min.
constexpr const char* kThreeSteps = "sequence: {within: 2h, steps: [a, b, c]}\n";

TEST(Sequence, IsReportedAtOnceInAllWindowsThatHoldIt) {
  // [09:00, 11:30) to [10:00, 12:30) have both 10:00 and 11:00.
  expect_said(kThreeSteps, {{"a", "10:00"}, {"b", "10:30"}, {"c", "11:00"}},
              ElementsAre("(4,0) finding.opened 09:00+3 completed=1"));
}

TEST(Sequence, OrderIsOfEventTimeNotOfArrival) {
  expect_said(kThreeSteps, {{"c", "11:00"}, {"a", "10:00"}, {"b", "10:30"}},
              ElementsAre("(4,0) finding.opened 09:00+3 completed=1"));
  expect_said(kThreeSteps, {{"c", "10:00"}, {"b", "10:30"}, {"a", "11:00"}, {kDrain, "20:00"}},
              IsEmpty());
}

TEST(Sequence, MayTakeAsLongAsWithinAndNoLonger) {
  expect_said(kThreeSteps, {{"a", "10:00"}, {"b", "10:30"}, {"c", "12:00"}},
              ElementsAre("(4,0) finding.opened 10:00+1 completed=1"));
  expect_said(kThreeSteps, {{"a", "10:00"}, {"b", "10:30"}, {"c", "12:01"}, {kDrain, "20:00"}},
              IsEmpty());
}

TEST(Sequence, BeginsWithTheLatestFirstStep) {
  // From 08:00 it is more than two hours, from 09:30 it is not.
  expect_said(kThreeSteps,
              {{"a", "08:00"}, {"b", "09:00"}, {"a", "09:30"}, {"b", "10:30"}, {"c", "11:30"}},
              ElementsAre("(6,0) finding.opened 09:30+1 completed=1"));
}

TEST(Sequence, RecordsOfOneTimeDoNotFollowOneAnother) {
  expect_said("sequence: {within: 1h, steps: [a, b]}\n",
              {{"a", "10:00"}, {"b", "10:00"}, {kDrain, "20:00"}}, IsEmpty());
}

TEST(Sequence, OneRecordIsOneStep) {
  expect_said("sequence: {within: 1h, steps: [a, a]}\n", {{"a", "10:00"}, {kDrain, "20:00"}},
              IsEmpty());
  // [09:30, 10:45) to [10:00, 11:15).
  expect_said("sequence: {within: 1h, steps: [a, a]}\n", {{"a", "10:00"}, {"a", "10:30"}},
              ElementsAre("(3,0) finding.opened 09:30+3 completed=1"));
}

// Windows of 1 h 15 min every 15 min.
constexpr const char* kWithout = "sequence: {within: 1h, steps: [a, b], without: x}\n";

TEST(Sequence, WithoutWaitsForAClosedWindowAndIsWithdrawnByALateRecord) {
  // [09:30, 10:45) is the first of the windows that have both to close.
  expect_said(kWithout, {{"a", "10:00"}, {"b", "10:30"}, {kDrain, "10:45"}, {"x", "10:15"}},
              ElementsAre("(4,0) finding.opened 09:30+1 completed=1",
                          "(5,0) finding.withdrawn 09:30+1 completed=1 no-longer-hol"));
}

TEST(Sequence, WithoutCountsBetweenTheFirstStepAndTheLastOnly) {
  const auto found = ElementsAre(HasSubstr("finding.opened"), HasSubstr("finding.closed"));
  for (const char* time : {"09:59", "10:00", "10:30", "10:31"}) {
    expect_said(kWithout, {{"a", "10:00"}, {"x", time}, {"b", "10:30"}, {kDrain, "20:00"}}, found);
  }
  for (const char* time : {"10:01", "10:29"}) {
    expect_said(kWithout, {{"a", "10:00"}, {"x", time}, {"b", "10:30"}, {kDrain, "20:00"}},
                IsEmpty());
  }
  // A new first step after it begins anew.
  expect_said(kWithout,
              {{"a", "10:00"}, {"x", "10:10"}, {"a", "10:20"}, {"b", "10:30"}, {kDrain, "20:00"}},
              found);
}

TEST(Sequence, UnknownRecordIsNeitherAStepNorAPass) {
  // The record may be `b` for the windows [09:00, 10:15) and [09:15, 10:30), and `x` for the three
  // from [09:30, 10:45) on; the two that begin after 10:00 have no `a`.
  expect_said(kWithout, {{"a", "10:00"}, {"", "10:10"}, {"b", "10:30"}, {kDrain, "20:00"}},
              ElementsAre("(5,0) coverage.gap not-evaluable 5"));
}

TEST(Sequence, AnExemptRecordIsNotThere) {
  const std::string exempt =
      "exempt: [{where: {model: x}, until: 2026-12-31, approved_by: l, reason: r}]\n";
  expect_said(kWithout + exempt,
              {{"a", "10:00"}, {"x", "10:15"}, {"b", "10:30"}, {kDrain, "20:00"}},
              ElementsAre(HasSubstr("finding.opened"), HasSubstr("finding.closed")));
}

// Windows of 1 h 30 min every 30 min.
constexpr const char* kAbsent = "absent: {select: b, after: a, for: 1h, every: 30m}\n";

TEST(Absence, IsReportedOnceTheWatermarkHasPassed) {
  // What is due at 11:10 is judged with [10:00, 11:30).
  expect_said(kAbsent, {{"a", "10:10"}, {kDrain, "11:29"}}, IsEmpty());
  expect_said(kAbsent, {{"a", "10:10"}, {kDrain, "11:30"}},
              ElementsAre("(3,0) finding.opened 10:00+1 missing=1"));
}

TEST(Absence, ALateRecordWithdrawsIt) {
  expect_said(kAbsent, {{"a", "10:10"}, {kDrain, "11:30"}, {"b", "11:10"}},
              ElementsAre("(3,0) finding.opened 10:00+1 missing=1",
                          "(4,0) finding.withdrawn 10:00+1 missing=1 no-longer-hol"));
}

TEST(Absence, WhatComesInTimeIsNotMissing) {
  for (const char* time : {"10:11", "11:10"}) {
    expect_said(kAbsent, {{"a", "10:10"}, {"b", time}, {kDrain, "20:00"}}, IsEmpty());
  }
  const auto found = ElementsAre(HasSubstr("finding.opened 10:00+1 missing=1"),
                                 HasSubstr("finding.closed 10:00+1 missing=1"));
  for (const char* time : {"10:10", "11:11"}) {
    expect_said(kAbsent, {{"a", "10:10"}, {"b", time}, {kDrain, "20:00"}}, found);
  }
}

TEST(Absence, EachRecordIsCountedInOneWindow) {
  // Due at 11:00 and 11:29 with [10:00, 11:30), at 11:30 with the next.
  expect_said(kAbsent, {{"a", "10:00"}, {"a", "10:29"}, {"a", "10:30"}, {kDrain, "20:00"}},
              ElementsAre("(5,0) finding.opened 10:00+2 missing=2",
                          "(5,1) finding.closed 10:00+2 missing=2"));
}

TEST(Absence, UnknownRecordMayBeTheOne) {
  // What lacks a model may be `b`, or an `a` that is missing its own `b` at 11:40.
  expect_said(kAbsent, {{"a", "10:10"}, {"", "10:40"}, {kDrain, "20:00"}},
              ElementsAre("(4,0) coverage.gap not-evaluable 2"));
}

std::string why_not_after(const std::string& shape, const std::vector<Happening>& happenings) {
  const Policy policy = policy_of(shape);
  Explainer explainer(policy, "account:s/a", std::nullopt, std::nullopt);
  std::vector<LogEntry> entries;
  for (const Happening& one : happenings) {
    LogEntry entry;
    entry.seq = static_cast<std::int64_t>(entries.size()) + 1;
    if (one.model == kDrain) {
      entry.body = Control{SourceDrained{"s", RecordKind::kUsage, {at("05:00"), at(one.time)}}};
    } else {
      Record record = Log::record("a", one.time);
      record.id = sha256(one.time);
      if (!one.model.empty()) set_value(record, *find_field("model"), one.model);
      entry.body = std::move(record);
    }
    entries.push_back(std::move(entry));
  }
  explainer.take(entries);
  const auto explained = explainer.explain();
  return explained ? why_not(policy, *explained) : explained.error().message;
}

TEST(Steps, WhyNotNamesTheStepThatDidNotCome) {
  EXPECT_THAT(why_not_after(kThreeSteps, {{"a", "10:00"}, {"b", "10:30"}, {kDrain, "20:00"}}),
              HasSubstr("`c` did not follow `a`, `b` within 2h"));
  EXPECT_THAT(why_not_after(kThreeSteps, {{"b", "10:30"}, {kDrain, "20:00"}}), HasSubstr("no `a`"));
  EXPECT_THAT(why_not_after(kAbsent, {{"a", "10:10"}, {"b", "10:20"}, {kDrain, "20:00"}}),
              HasSubstr("`b` followed `a` within 1h"));
}

// Windows of 2 h 30 min: 13:00 lies in none with 10:00, and is found all the same.
TEST(Steps, WhyNotTellsHowLateAStepCame) {
  EXPECT_THAT(
      why_not_after(kThreeSteps,
                    {{"a", "10:00"}, {"b", "10:30"}, {"c", "13:00"}, {kDrain, "20:00"}}),
      HasSubstr("`c` did not follow `a`, `b` within 2h: it came 3h after `a`, 1h too late"));
  // Of two that came as far the one that is least late.
  EXPECT_THAT(
      why_not_after(
          kThreeSteps,
          {{"a", "10:00"}, {"a", "10:10"}, {"b", "10:30"}, {"c", "12:40"}, {kDrain, "20:00"}}),
      HasSubstr("it came 2h30m after `a`, 30m too late"));
}

TEST(Steps, WhyNotTellsWhatCameInBetween) {
  constexpr const char* kGuarded = "sequence: {within: 2h, steps: [a, b, c], without: x}\n";
  EXPECT_THAT(
      why_not_after(
          kGuarded,
          {{"a", "10:00"}, {"x", "10:20"}, {"b", "10:30"}, {"c", "11:00"}, {kDrain, "20:00"}}),
      HasSubstr("`x` came in between, at 2026-01-01T10:20:00Z"));
  // Of a record without a model nobody can tell what it is.
  EXPECT_THAT(
      why_not_after(
          kGuarded,
          {{"a", "10:00"}, {"", "10:20"}, {"b", "10:30"}, {"c", "11:00"}, {kDrain, "20:00"}}),
      HasSubstr("`x` may have come in between, at 2026-01-01T10:20:00Z"));
}

TEST(Steps, WhyNotTellsHowSoonTheAwaitedCame) {
  EXPECT_THAT(why_not_after(kAbsent, {{"a", "10:10"}, {"b", "10:50"}, {kDrain, "20:00"}}),
              HasSubstr("`b` followed `a` within 1h: 40m after it"));
}

// No window has a figure above 0: what the steps lack tells them apart, not how many records there
// are.
TEST(Steps, TheNearestMissIsTheOneWhoseStepsLackLeast) {
  EXPECT_THAT(why_not_after("sequence: {within: 1h, steps: [a, b]}\n", {{"a", "10:00"},
                                                                        {"b", "11:05"},
                                                                        {"b", "15:00"},
                                                                        {"b", "15:01"},
                                                                        {"b", "15:02"},
                                                                        {kDrain, "20:00"}}),
              HasSubstr("it came 1h5m after `a`, 5m too late"));
  // Of three steps one is missing and late by 30m of 2h30m, or two are missing, six times.
  EXPECT_THAT(why_not_after(kThreeSteps, {{"a", "10:00"},
                                          {"b", "10:30"},
                                          {"c", "12:30"},
                                          {"a", "16:00"},
                                          {"a", "16:01"},
                                          {"a", "16:02"},
                                          {"a", "16:03"},
                                          {"a", "16:04"},
                                          {"a", "16:05"},
                                          {kDrain, "20:00"}}),
              HasSubstr("30m too late"));
  // 50 minutes of an hour are nearer to being in vain than 10 are.
  EXPECT_THAT(why_not_after(kAbsent, {{"a", "10:10"},
                                      {"b", "10:20"},
                                      {"a", "10:21"},
                                      {"b", "10:22"},
                                      {"a", "15:00"},
                                      {"b", "15:50"},
                                      {kDrain, "20:00"}}),
              HasSubstr("50m after it"));
}

}  // namespace
}  // namespace tidewaiter
