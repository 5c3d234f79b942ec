#include "policies/engine/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/language/load.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Policy loaded(const std::string& body) {
  const std::vector<PolicyText> texts = {
      {"p.yaml",
       "policy: test.volume\nversion: 1\ntitle: T\nstatus: active\nbasis: [{terms: x}]\n"
       "kind: access\nseverity: low\nfalse_positives: [a test]\nfor_each: account\n" +
           body}};
  LoadOutcome outcome = load_policies(texts, UtcTime{1'780'272'000'000'000});
  EXPECT_FALSE(has_errors(outcome.diagnostics))
      << (outcome.diagnostics.empty() ? "" : to_text(outcome.diagnostics.front()));
  return outcome.set.policies.empty() ? Policy{} : outcome.set.policies.front();
}

UtcTime on_day(std::string_view clock) {
  return parse_time("2026-01-01T" + std::string(clock) + ":00Z").value();
}

/// A log by hand: every record of source `s`.
class Entries {
 public:
  Entries& add(std::string_view account, std::string_view clock,
               std::vector<std::pair<const char*, Value>> fields = {}) {
    Record record;
    record.source = "s";
    record.time = on_day(clock);
    record.id = sha256(std::to_string(seq_));
    if (!account.empty()) set_value(record, *find_field("account"), std::string(account));
    for (auto& [name, value] : fields) set_value(record, *find_field(name), std::move(value));
    LogEntry entry;
    entry.body = std::move(record);
    return push(std::move(entry));
  }
  /// The last record once more, with these fields besides.
  Entries& revise(std::vector<std::pair<const char*, Value>> fields) {
    LogEntry entry = entries_.back();
    const auto& former = std::get<Record>(entry.body);
    entry.replaces = ReplacedRecord{entry.seq, former};
    auto& record = std::get<Record>(entry.body);
    ++record.revision;
    for (auto& [name, value] : fields) set_value(record, *find_field(name), std::move(value));
    return push(std::move(entry));
  }
  Entries& drain(std::string_view from, std::string_view to) {
    LogEntry entry;
    entry.body = Control{SourceDrained{"s", RecordKind::kUsage, {on_day(from), on_day(to)}}};
    return push(std::move(entry));
  }
  [[nodiscard]] Explanation explain(const Policy& policy, const std::string& subject,
                                    std::optional<Interval> asked = std::nullopt) {
    explainer_.emplace(policy, subject, asked, std::nullopt);
    explainer_->take(entries_);
    const Result<Explanation> explanation = explainer_->explain();
    EXPECT_TRUE(explanation) << (explanation ? "" : explanation.error().message);
    return explanation.value_or(Explanation{});
  }
  [[nodiscard]] const Policy& policy() const { return explainer_->policy(); }

 private:
  Entries& push(LogEntry entry) {
    entry.seq = ++seq_;
    entries_.push_back(std::move(entry));
    return *this;
  }
  std::vector<LogEntry> entries_;
  std::optional<Explainer> explainer_;
  std::int64_t seq_ = 0;
};

constexpr const char* kVolume =
    "window: 1h\nmeasure: {n: count(), t: sum(output_tokens)}\nreport_when: n >= 3 and t > 100\n";

// By hand. Hour 10 has n = 2, t = 90: 1 of 3 and 10 of 100 away, a third and a tenth, together
// 13/30. Hour 12 has n = 1, t = 500: 2 of 3 away.
TEST(Explain, TheNearestMissIsTheLeastDistance) {
  Entries log;
  log.add("a", "10:05", {{"output_tokens", std::int64_t{50}}})
      .add("a", "10:10", {{"output_tokens", std::int64_t{40}}})
      .add("a", "12:00", {{"output_tokens", std::int64_t{500}}})
      .add("b", "10:00", {{"output_tokens", std::int64_t{500}}})
      .drain("00:00", "20:00");
  const Explanation e = log.explain(loaded(kVolume), "account:s/a");
  ASSERT_EQ(e.windows.size(), 2U);
  ASSERT_TRUE(e.shown);
  EXPECT_FALSE(e.any_holds());
  EXPECT_EQ(*e.shown, 0U);
  EXPECT_NEAR(e.windows[0].distance, 13.0 / 30, 1e-12);
  EXPECT_NEAR(e.windows[1].distance, 2.0 / 3, 1e-12);
  const ExplainedWindow& near = e.windows[0];
  EXPECT_EQ(near.span.from, on_day("10:00"));
  EXPECT_TRUE(near.closed);
  EXPECT_EQ(near.certain, 2);
  ASSERT_EQ(near.clauses.size(), 2U);
  EXPECT_EQ(near.clauses[0].answer, reference::Truth::kFalse);
  EXPECT_EQ(std::get<std::int64_t>(near.clauses[0].shortfall.left), 2);
  EXPECT_EQ(std::get<std::int64_t>(near.clauses[0].shortfall.by), 1);
  EXPECT_EQ(std::get<std::int64_t>(near.clauses[1].shortfall.by),
            11);  // 101 is the least above 100
  EXPECT_TRUE(near.clauses[1].shortfall.rise);
  EXPECT_EQ(clause_text(log.policy(), near.clauses[0]), "(n >= 3): n is 2, 1 short");
  EXPECT_THAT(why_not(log.policy(), e), HasSubstr("(t > 100): t is 90, 11 short"));
  EXPECT_EQ(e.count(RecordFate::kSelected), 3);
  EXPECT_THAT(e.steps, testing::Each(testing::Field(&Step::kind, StepKind::kGap)));
}

TEST(Explain, AnOpenWindowIsToldAsSuch) {
  Entries log;
  log.add("a", "10:05").add("a", "10:06").drain("00:00", "10:30");
  const Explanation e =
      log.explain(loaded("window: 1h\nmeasure: {n: count()}\nreport_when: n < 3\n"), "account:s/a");
  ASSERT_EQ(e.windows.size(), 1U);
  EXPECT_FALSE(e.windows[0].closed);
  EXPECT_EQ(e.windows[0].answer, reference::Truth::kUnknown);
  EXPECT_EQ(e.windows[0].clauses[0].answer, reference::Truth::kUnknown);
  EXPECT_DOUBLE_EQ(e.windows[0].distance, 0.0);  // as the figures stand it would hold
  EXPECT_THAT(why_not(log.policy(), e), HasSubstr("(not closed)"));
}

TEST(Explain, TheFirstWindowThatHoldsIsShown) {
  Entries log;
  log.add("a", "10:01").add("a", "11:01").add("a", "11:02").add("a", "13:01").add("a", "13:02");
  log.drain("00:00", "20:00");
  const Explanation e = log.explain(
      loaded("window: 1h\nmeasure: {n: count()}\nreport_when: n >= 2\n"), "account:s/a");
  ASSERT_TRUE(e.shown);
  EXPECT_TRUE(e.any_holds());
  EXPECT_EQ(e.windows[*e.shown].span.from, on_day("11:00"));
  const auto opened = std::ranges::count(e.steps, StepKind::kOpened, &Step::kind);
  EXPECT_EQ(opened, 2);  // hour 11, and hour 13
}

constexpr const char* kSelected =
    "in_force: [{from: 2026-01-01T01:00:00Z}]\n"
    "select: {large: {model|startswith: large}, chat: {operation: chat}}\n"
    "condition: large and chat\nwindow: {length: 1h, wait_for_late: 30m}\nmeasure: {n: count()}\n"
    "report_when: n >= 9\n"
    "exempt: [{where: {region: lab}, until: 2026-01-01T12:00:00Z, approved_by: l, reason: m}]\n";

std::vector<std::pair<const char*, Value>> fields(const char* model, const char* region = "eu") {
  return {{"model", std::string(model)},
          {"operation", std::string("chat")},
          {"region", std::string(region)}};
}

// Each record meets another fate.
TEST(Explain, EveryRecordHasAFate) {
  Entries log;
  log.add("a", "00:30", fields("large"));  // before the policy was in force
  log.add("a", "10:00", fields("large"));  // counts
  log.add("a", "10:01", fields("small"));  // not selected, by the model
  log.add("a", "10:02", {{"operation", std::string("chat")}, {"region", std::string("eu")}});
  log.add("a", "10:03", fields("large", "lab"));  // exempt
  log.add("a", "12:03", fields("large", "lab"));  // the exemption is over
  log.add("", "10:04", fields("large"));          // nobody's
  log.drain("00:00", "13:00");
  log.add("a", "12:29", fields("large"));  // behind 13:00 by more than 30 minutes
  const Explanation e = log.explain(loaded(kSelected), "account:s/a");
  EXPECT_EQ(e.count(RecordFate::kNotInForce), 1);
  EXPECT_EQ(e.count(RecordFate::kSelected), 2);
  EXPECT_EQ(e.count(RecordFate::kNotSelected), 1);
  EXPECT_EQ(e.count(RecordFate::kUnknown), 1);
  EXPECT_EQ(e.count(RecordFate::kExempt), 1);
  EXPECT_EQ(e.count(RecordFate::kTooLate), 1);
  EXPECT_EQ(e.count(RecordFate::kNoSubject), 0);
  EXPECT_EQ(e.without_subject, 1);
  ASSERT_EQ(e.not_selected_by.size(), 1U);
  EXPECT_EQ(e.not_selected_by[0].records, 1);
  EXPECT_EQ(e.not_selected_by[0].first_seq, 3);
  EXPECT_THAT(e.not_selected_by[0].text, HasSubstr("model"));
  EXPECT_EQ(e.not_selected_by[0].span.line, 12);  // the head of loaded() has nine lines
  ASSERT_EQ(e.unknown_by.size(), 1U);
  EXPECT_EQ(e.missing.at(*find_field("model")), 1);
  EXPECT_EQ(e.exempt_by.at(0), 1);
}

TEST(Explain, ARevisedRecordIsToldAsItsLastVersion) {
  const Policy policy = loaded("select:\n  some: output_tokens > 10\n" + std::string(kVolume));
  Entries log;
  log.add("a", "10:00", {{"output_tokens", std::int64_t{100}}})
      .revise({{"output_tokens", std::int64_t{1}}})
      .revise({{"output_tokens", std::int64_t{2}}})
      .drain("10:00", "23:00");
  const Explanation why = log.explain(policy, "account:s/a");
  EXPECT_EQ(why.count(RecordFate::kSelected), 0);
  EXPECT_EQ(why.count(RecordFate::kNotSelected), 1);
  ASSERT_EQ(why.not_selected_by.size(), 1U);
  EXPECT_EQ(why.not_selected_by.front().records, 1);
}

/// Records that change hands: the explained account's own are all that the replay has, so that it
/// has nothing to take back of the other's. By hand: the first goes from b to a, back and to a
/// again, the second from a to b, so that a has one, of 10 tokens.
TEST(Explain, RecordsThatChangeHandsAreTakenBackFromWhoHadThem) {
  Entries log;
  log.add("b", "10:05", {{"output_tokens", std::int64_t{10}}})
      .revise({{"account", std::string("a")}})
      .revise({{"account", std::string("b")}})
      .revise({{"account", std::string("a")}})
      .add("a", "10:10", {{"output_tokens", std::int64_t{20}}})
      .revise({{"account", std::string("b")}})
      .drain("00:00", "20:00");
  const Explanation e =
      log.explain(loaded("window: 1h\nmeasure:\n  n: count()\n  m: quantile(0.5, output_tokens)\n"
                         "report_when: n >= 1 and m <= 10\n"),
                  "account:s/a");
  ASSERT_EQ(e.windows.size(), 1U);
  EXPECT_TRUE(e.windows[0].holds());
  EXPECT_EQ(e.windows[0].certain, 1);
}

TEST(Explain, ASubjectWithoutSelectedRecordsIsToldWhy) {
  Entries log;
  log.add("a", "10:00", fields("small")).drain("00:00", "13:00");
  const Explanation none = log.explain(loaded(kSelected), "account:s/a");
  EXPECT_FALSE(none.shown);
  EXPECT_THAT(why_not(log.policy(), none), HasSubstr("1 record not selected, by `"));
  EXPECT_EQ(why_not(log.policy(), log.explain(loaded(kSelected), "account:s/z")),
            "no record of the subject");
}

TEST(Explain, ATimeBetweenSessionsIsInNone) {
  const Policy policy =
      loaded("window: {session: 1h}\nmeasure: {n: count()}\nreport_when: n >= 3\n");
  Entries log;
  log.add("a", "04:00").add("a", "04:10").add("a", "15:00").drain("00:00", "23:00");
  const Explanation e =
      log.explain(policy, "account:s/a", Interval{on_day("10:00"), on_day("10:01")});
  EXPECT_THAT(e.windows, IsEmpty());
  EXPECT_EQ(why_not(log.policy(), e),
            "no session holds the time asked for; the last before it: 2026-01-01T04:00:00Z to "
            "2026-01-01T05:10:00Z; the next: 2026-01-01T15:00:00Z to 2026-01-01T16:00:00Z");
}

// 09:30 is an hour's that 10:00 is not in, though it is less than an hour from it.
TEST(Explain, RecordsOfOtherWindowsAreAtOtherTimes) {
  Entries log;
  log.add("a", "09:30").add("a", "11:30").drain("00:00", "13:00");
  const Explanation e =
      log.explain(loaded("window: 1h\nmeasure: {n: count()}\nreport_when: n >= 2\n"), "account:s/a",
                  Interval{on_day("10:00"), on_day("10:01")});
  EXPECT_EQ(e.outside_time, 2);
  EXPECT_EQ(why_not(log.policy(), e),
            "no record of the subject in the time asked for (2 records at other times)");
}

TEST(Explain, OnlyTheWindowsAskedForAreLookedAt) {
  Entries log;
  log.add("a", "10:00").add("a", "11:00").add("a", "12:00").drain("00:00", "13:00");
  const Explanation e =
      log.explain(loaded("window: 1h\nmeasure: {n: count()}\nreport_when: n >= 2\n"), "account:s/a",
                  Interval{on_day("11:30"), on_day("11:31")});
  ASSERT_EQ(e.windows.size(), 1U);
  EXPECT_EQ(e.windows[0].span.from, on_day("11:00"));
}

// `not (t > 100)` has to be false within: it is too much by what it is above.
TEST(Explain, NegatedClausesFallShortTheOtherWay) {
  Entries log;
  log.add("a", "10:00", {{"output_tokens", std::int64_t{130}}}).drain("00:00", "13:00");
  const Explanation e = log.explain(
      loaded("window: 1h\nmeasure: {t: sum(output_tokens)}\nreport_when: not (t > 100)\n"),
      "account:s/a");
  ASSERT_TRUE(e.shown);
  const ClauseVerdict& clause = e.windows[0].clauses[0];
  EXPECT_TRUE(clause.negated);
  EXPECT_FALSE(clause.is_as_needed());
  EXPECT_FALSE(clause.shortfall.rise);
  EXPECT_EQ(std::get<std::int64_t>(clause.shortfall.by), 30);
  EXPECT_NEAR(e.windows[0].distance, 30.0 / 130, 1e-12);
}

// "or" is as near as its nearest part.
TEST(Explain, AnAlternativeIsAsNearAsItsNearestPart) {
  Entries log;
  log.add("a", "10:00", {{"output_tokens", std::int64_t{90}}}).drain("00:00", "13:00");
  const Explanation e =
      log.explain(loaded("window: 1h\nmeasure: {n: count(), t: sum(output_tokens)}\n"
                         "report_when: n >= 4 or t >= 100\n"),
                  "account:s/a");
  EXPECT_NEAR(e.windows[0].distance, 0.1, 1e-12);
}

/// What others did is part of the answer, but their records and gaps are not: by hand, peers had 1
/// to 7 requests an hour, median 4; distances 3, 2, 1, 0, 1, 2, 3, median 2; 0.6745 · 6 / 2.
TEST(Explain, PeersAreLookedAt) {
  Entries log;
  int n = 0;
  for (const char* peer : {"p", "q", "r", "s", "t", "u", "v"}) {
    ++n;
    for (int i = 0; i < n; ++i) log.add(peer, "10:0" + std::to_string(i), {{"model", "m"}});
  }
  for (int i = 0; i < 10; ++i) log.add("a", "11:0" + std::to_string(i), {{"model", "m"}});
  log.drain("10:00", "12:00");
  const Explanation e = log.explain(
      loaded("window: 1h\nmeasure: {n: count(), z: \"deviation(n, peers(model), 1h)\"}\n"
             "report_when: z > 3.5\n"),
      "account:s/a");
  EXPECT_EQ(e.count(RecordFate::kSelected), 10);
  EXPECT_THAT(e.steps, IsEmpty());
  ASSERT_EQ(e.windows.size(), 1U);
  EXPECT_EQ(e.windows[0].figures.at(1).value, Value(0.6745 * 6 / 2));
}

// By hand, against `model == a and output_tokens > 10`: 5 tokens are half of 10 away, and 6 short
// of the least number above 10; another model is 1 away; 2 tokens are 8 tenths away.
TEST(Explain, TheNearestRecordIsToldLeafByLeaf) {
  const Policy policy =
      loaded("select: {a: {model: a}, b: output_tokens > 10}\ncondition: a and b\n");
  Entries log;
  log.add("a", "10:00", {{"model", std::string("b")}, {"output_tokens", std::int64_t{5}}})
      .add("a", "11:00", {{"model", std::string("a")}, {"output_tokens", std::int64_t{2}}})
      .add("a", "12:00", {{"model", std::string("a")}, {"output_tokens", std::int64_t{5}}})
      .drain("00:00", "20:00");
  const Explanation e = log.explain(policy, "account:s/a");
  ASSERT_EQ(e.near.size(), 3U);
  EXPECT_EQ(e.near[0].seq, 3);
  EXPECT_DOUBLE_EQ(e.near[0].distance, 0.5);
  EXPECT_DOUBLE_EQ(e.near[1].distance, 0.8);
  EXPECT_DOUBLE_EQ(e.near[2].distance, 1.5);
  ASSERT_EQ(e.near[0].condition.size(), 2U);
  EXPECT_TRUE(e.near[0].condition[0].is_as_needed());
  EXPECT_THAT(leaf_text(e.near[0].condition[0]), HasSubstr("model is a"));
  EXPECT_FALSE(e.near[0].condition[1].is_as_needed());
  EXPECT_EQ(std::get<std::int64_t>(e.near[0].condition[1].shortfall.by), 6);
  EXPECT_EQ(leaf_text(e.near[0].condition[1]), "(output_tokens > 10): output_tokens is 5, 6 short");
  EXPECT_THAT(why_not(log.policy(), e),
              testing::AllOf(HasSubstr("3 records not selected, by `(output_tokens > 10)`"),
                             HasSubstr("the nearest, entry 3 of 2026-01-01T12:00:00Z: "
                                       "(output_tokens > 10): output_tokens is 5, 6 short")));
}

TEST(Explain, OfARevisedRecordTheLastVersionIsNearest) {
  const Policy policy = loaded("select: {b: output_tokens > 10}\ncondition: b\n");
  Entries log;
  log.add("a", "10:00", {{"output_tokens", std::int64_t{9}}})
      .revise({{"output_tokens", std::int64_t{4}}})
      .drain("00:00", "20:00");
  const Explanation e = log.explain(policy, "account:s/a");
  ASSERT_EQ(e.near.size(), 1U);
  EXPECT_EQ(std::get<std::int64_t>(e.near[0].condition[0].shortfall.by), 7);
}

TEST(Explain, ARecordThatAnExemptionTookOutNamesIt) {
  Entries log;
  log.add("a", "10:00", fields("large", "lab")).drain("00:00", "13:00");
  const Explanation e = log.explain(loaded(kSelected), "account:s/a");
  ASSERT_EQ(e.near.size(), 1U);
  EXPECT_EQ(e.near[0].fate, RecordFate::kExempt);
  EXPECT_EQ(e.near[0].exemption, 0U);
  EXPECT_THAT(why_not(log.policy(), e),
              testing::AllOf(HasSubstr("exempt[0] takes it out"), HasSubstr("region is lab")));
  // One of a document has its name.
  Policy policy = loaded(kSelected);
  policy.exempt[0].id = "lab-work";
  const Explanation of_document = log.explain(policy, "account:s/a");
  EXPECT_THAT(why_not(log.policy(), of_document),
              testing::AllOf(HasSubstr("1 record exempt, by `exemption:lab-work`"),
                             HasSubstr("exemption:lab-work takes it out"),
                             testing::Not(HasSubstr("exempt[0]"))));
}

// 900 tokens would do, but nobody knows whether they count.
TEST(Explain, WhatCannotBeToldIsToldByItsCause) {
  const Policy policy = loaded(
      "window: 1h\nmeasure: {tokens: sum(output_tokens)}\nreport_when: tokens > 500\n"
      "exempt: [{where: {organization: lab}, until: 2027-01-01, approved_by: l, reason: m}]\n");
  Entries log;
  log.add("a", "10:00", {{"output_tokens", std::int64_t{900}}}).drain("00:00", "13:00");
  const Explanation e = log.explain(policy, "account:s/a");
  EXPECT_EQ(
      why_not(log.policy(), e),
      "nearest window 2026-01-01T10:00:00Z: organization is missing in 1 record, so that "
      "nobody can tell whether it is exempt; of what is certain: (tokens > 500): tokens is 0, "
      "501 short");
  ASSERT_EQ(e.near.size(), 1U);
  EXPECT_EQ(e.near[0].fate, RecordFate::kUnknown);
  ASSERT_EQ(e.near[0].exempt.size(), 1U);
  EXPECT_THAT(leaf_text(e.near[0].exempt[0]), HasSubstr("organization is missing"));
}

TEST(Explain, AFieldThatAMeasureLacksIsNamed) {
  Entries log;
  log.add("a", "10:00").drain("00:00", "13:00");
  const Explanation e = log.explain(
      loaded("window: 1h\nmeasure: {t: sum(output_tokens)}\nreport_when: t > 5\n"), "account:s/a");
  EXPECT_THAT(why_not(log.policy(), e), HasSubstr("(output_tokens is missing in 1 record)"));
}

// What holds as it stands is not short: 4 is below 5, and only the window keeps it from being said.
TEST(Explain, AClauseThatHoldsInAnOpenWindowIsNotShort) {
  Entries log;
  log.add("a", "10:00")
      .add("a", "10:01")
      .add("a", "10:02")
      .add("a", "10:03")
      .drain("00:00", "10:30");
  const Explanation e =
      log.explain(loaded("window: 1h\nmeasure: {n: count()}\nreport_when: n + 1 > 4 and n < 5\n"),
                  "account:s/a");
  ASSERT_TRUE(e.shown);
  const ClauseVerdict& below = e.windows[0].clauses[1];
  EXPECT_EQ(below.answer, reference::Truth::kUnknown);
  EXPECT_TRUE(below.stands);
  EXPECT_TRUE(is_null(below.shortfall.by));
  EXPECT_EQ(clause_text(log.policy(), below), "(n < 5): n is 4, which would do");
  EXPECT_THAT(why_not(log.policy(), e), HasSubstr("which would do (not closed)"));
}

// The source has what there was from 10:20 on, and drained the hour: waiting changes nothing.
TEST(Explain, AWindowThatBeganBeforeItsSourcesIsNotOneToWaitFor) {
  const Policy policy =
      loaded("window: 1h\nmeasure: {n: count()}\nreport_when: n >= 1 and n < 5\n");
  Entries log;
  log.add("a", "10:30").drain("10:20", "18:00");
  const Explanation settled = log.explain(policy, "account:s/a");
  ASSERT_TRUE(settled.shown);
  EXPECT_TRUE(settled.windows[0].settled);
  EXPECT_FALSE(settled.windows[0].begins_covered);
  EXPECT_EQ(why_not(log.policy(), settled),
            "nearest window 2026-01-01T10:00:00Z: (n < 5): n is 1, which would do (it began before "
            "what the sources cover)");
  Entries open;
  open.add("a", "10:30").drain("09:00", "10:40");
  const Explanation later = open.explain(policy, "account:s/a");
  EXPECT_TRUE(later.windows.at(0).begins_covered);
  EXPECT_EQ(open_text(later.windows.at(0)), "not closed");
}

// By hand: 4 is 1 of 5 away from 5, and 1 is 4 of 5.
TEST(Explain, AListOfNumbersIsAsNearAsItsNearestNumber) {
  Entries log;
  log.add("a", "09:00");
  for (const char* clock : {"10:00", "10:01", "10:02", "10:03"}) log.add("a", clock);
  log.drain("00:00", "13:00");
  const auto why = [&log](const std::string& condition) {
    const Explanation e =
        log.explain(loaded("window: 1h\nmeasure: {n: count()}\nreport_when: " + condition + "\n"),
                    "account:s/a");
    return why_not(log.policy(), e);
  };
  EXPECT_EQ(why("n in [5, 9]"),
            "nearest window 2026-01-01T10:00:00Z: (n in [5, 9]): n is 4, 1 short of 5");
  EXPECT_EQ(why("n in [3, 9]"),
            "nearest window 2026-01-01T10:00:00Z: (n in [3, 9]): n is 4, 1 too much for 3");
  EXPECT_EQ(why("n not in [1, 4]"),
            "nearest window 2026-01-01T10:00:00Z: not (n in [1, 4]): n is 4");
  const Explanation e = log.explain(
      loaded("window: 1h\nmeasure: {n: count()}\nreport_when: n in [5, 9]\n"), "account:s/a");
  ASSERT_EQ(e.windows.size(), 2U);
  EXPECT_NEAR(e.windows[0].distance, 4.0 / 5, 1e-12);
  EXPECT_NEAR(e.windows[1].distance, 1.0 / 5, 1e-12);
}

// By hand, of n = 1: `n > 2` is 1 of 2 away and `n > 10` 9 of 10, together 1.4; `n > 100` is 99 of
// 100 away, and it is the way that the condition goes.
TEST(Explain, AConditionalClauseTellsTheWayItWent) {
  Entries log;
  log.add("a", "10:00").drain("00:00", "13:00");
  const Explanation e = log.explain(
      loaded("window: 1h\nmeasure: {n: count()}\nreport_when: if(n > 2, n > 10, n > 100)\n"),
      "account:s/a");
  EXPECT_EQ(why_not(log.policy(), e),
            "nearest window 2026-01-01T10:00:00Z: if((n > 2), (n > 10), (n > 100)): (n > 2) is "
            "false, so (n > 100): n is 1, 100 short");
  EXPECT_NEAR(e.windows.at(0).distance, 0.99, 1e-12);
}

TEST(Explain, TooLateRecordsAreToldBesideTheWindow) {
  Entries log;
  log.add("a", "10:00").drain("00:00", "18:00").add("a", "10:01");
  const Explanation e = log.explain(loaded("window: {length: 1h, wait_for_late: 1h}\n"
                                           "measure: {n: count()}\nreport_when: n >= 2\n"),
                                    "account:s/a");
  EXPECT_THAT(why_not(log.policy(), e), HasSubstr("n is 1, 1 short; 1 record too late"));
}

}  // namespace
}  // namespace tidewaiter
