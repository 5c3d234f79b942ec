// Policies that read findings, through the language and both engines, against what
// docs/evaluation.md (Findings as records) says of each case, worked out in the comments.

#include <memory>
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

const std::string kFindingsHead =
    "version: 1\nstatus: active\nbasis: [{control: c}]\nevidence: {records: 5}\n";

/// Reports each hour in which an account uses the model of its letter.
std::string finder(const std::string& id, const std::string& model, const std::string& severity) {
  return "policy: " + id + "\ntitle: " + id + "\nkind: extraction\nseverity: " + severity + "\n" +
         kFindingsHead + "select: {m: {model: " + model +
         "}}\nfor_each: account\nwindow: {length: 1h, wait_for_late: 12h}\n" +
         "measure: {n: count()}\nreport_when: n >= 1\n";
}

std::string reader(const std::string& parts) {
  return "policy: z\ntitle: z\nkind: coordination\nseverity: critical\nreads: finding\n" +
         kFindingsHead + parts;
}

const std::string kTwo = "window: 24h\nmeasure: {n: count()}\nreport_when: n >= 2\n";

std::shared_ptr<const PolicySet> set_of(const std::vector<std::string>& texts) {
  std::vector<PolicyText> files;
  for (const std::string& text : texts) {
    files.push_back({std::to_string(files.size()) + ".yaml", text});
  }
  LoadOutcome outcome = load_policies(files, UtcTime{});
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    if (diagnostic.level == DiagnosticLevel::kError) ADD_FAILURE() << to_text(diagnostic);
  }
  return std::make_shared<const PolicySet>(std::move(outcome.set));
}

/// One evaluation, and what it said.
class Site {
 public:
  Site(EngineKind engine, const std::vector<std::string>& texts)
      : evaluation_(make_evaluation(engine, "log")) {
    activate(texts);
  }

  void activate(const std::vector<std::string>& texts) {
    const LogReplay replay = [this](std::int64_t last, const auto& batch) -> Result<void> {
      std::vector<LogEntry> stored;
      for (const LogEntry& entry : entries_) {
        if (entry.seq <= last) stored.push_back(entry);
      }
      batch(stored);
      return {};
    };
    EXPECT_TRUE(evaluation_->activate(set_of(texts), seq_++, replay, steps_));
  }
  Record record(const std::string& model, const std::string& clock) const {
    Record one = Log::record("a", clock);
    one.id = sha256(std::to_string(seq_));
    set_value(one, *find_field("model"), model);
    return one;
  }
  void add(const std::string& model, const std::string& clock) {
    LogEntry entry;
    entry.body = record(model, clock);
    take(std::move(entry));
  }
  void revise(std::int64_t seq, const std::string& model) {
    for (const LogEntry& old : std::vector(entries_)) {
      if (old.seq != seq) continue;
      LogEntry entry;
      entry.replaces = ReplacedRecord{seq, std::get<Record>(old.body)};
      Record now = entry.replaces->record;
      now.revision = 1;
      set_value(now, *find_field("model"), model);
      entry.body = std::move(now);
      take(std::move(entry));
    }
  }
  void evict(const std::string& policy, const std::string& before) {
    LogEntry entry;
    entry.body = Control{StateEvicted{policy, at(before)}};
    take(std::move(entry));
  }
  void drain(Duration to) {
    LogEntry entry;
    entry.body = Control{SourceDrained{"s", RecordKind::kUsage, {at("00:00"), at("00:00") + to}}};
    take(std::move(entry));
  }

  std::vector<std::string> news() {
    std::vector<std::string> out;
    for (; told_ < steps_.size(); ++told_) {
      out.push_back(steps_[told_].policy + said(steps_[told_]));
    }
    return out;
  }
  [[nodiscard]] const Step& step(std::int64_t seq, std::int32_t ordinal) const {
    for (const Step& step : steps_) {
      if (step.seq == seq && step.ordinal == ordinal) return step;
    }
    ADD_FAILURE() << "no step " << seq << "." << ordinal;
    return steps_.front();
  }
  [[nodiscard]] PolicyCoverage coverage_of_reader() const { return evaluation_->coverage().back(); }
  [[nodiscard]] const std::vector<LogEntry>& entries() const { return entries_; }

 private:
  void take(LogEntry entry) {
    entry.seq = seq_++;
    entries_.push_back(entry);
    evaluation_->apply(std::span(&entries_.back(), 1), steps_);
  }

  std::unique_ptr<Evaluation> evaluation_;
  std::int64_t seq_ = 1;
  std::vector<LogEntry> entries_;
  std::vector<Step> steps_;
  std::size_t told_ = 0;
};

class FindingPolicies : public testing::TestWithParam<EngineKind> {};

INSTANTIATE_TEST_SUITE_P(Engines, FindingPolicies,
                         testing::Values(EngineKind::kColumnar, EngineKind::kReference),
                         [](const auto& row) {
                           return row.param == EngineKind::kColumnar ? "Columnar" : "Reference";
                         });

// The worked example of docs/evaluation.md, and what follows it.
TEST_P(FindingPolicies, FollowTheFindingsOfOthers) {
  Site site(GetParam(), {finder("p", "a", "low"), finder("q", "b", "high"), reader(kTwo)});
  site.add("a", "10:05");  // entry 2
  EXPECT_THAT(site.news(), ElementsAre("p(2,0) finding.opened 10:00+1 n=1"));
  site.add("b", "15:05");  // 3: two findings in every completion
  EXPECT_THAT(site.news(), ElementsAre("q(3,0) finding.opened 15:00+1 n=1",
                                       "z(3,1) finding.opened 00:00+1 n=2"));
  const Step& opened = site.step(3, 1);
  EXPECT_EQ(opened.finding, finding_id("log", "z", 3, 1));
  EXPECT_THAT(opened.evidence, IsEmpty());
  EXPECT_THAT(opened.evidence_findings,
              ElementsAre(finding_id("log", "p", 2, 0), finding_id("log", "q", 3, 0)));
  EXPECT_EQ(opened.evidence_total, 2);
  EXPECT_EQ(to_text(opened.subject), "account:s/a");
  site.drain(Duration{16 * kHour.us});  // 4: findings are covered to 15:00
  EXPECT_THAT(site.news(), ElementsAre("p(4,0) finding.closed 10:00+1 n=1"));
  site.revise(3, "c");  // 5
  EXPECT_THAT(site.news(), ElementsAre("q(5,0) finding.withdrawn 15:00+1 n=1 no-longer-hol",
                                       "z(5,1) finding.withdrawn 00:00+1 n=2 no-longer-hol"));
  site.drain(Duration{26 * kHour.us});  // 6: to 01:00 of the next day: the window is closed with 1
  EXPECT_THAT(site.news(), IsEmpty());
  EXPECT_EQ(site.coverage_of_reader().windows_false, 1);
  EXPECT_EQ(site.coverage_of_reader().windows_not_evaluable, 0);
  site.add("b", "15:20");  // 7: not too late for q, and nothing is for z
  EXPECT_THAT(site.news(),
              ElementsAre("q(7,0) finding.opened 15:00+1 n=1", "q(7,1) finding.closed 15:00+1 n=1",
                          "z(7,2) finding.opened 00:00+1 n=2"));
}

// One run that an eviction cuts in two is not two findings to whoever counts them.
TEST_P(FindingPolicies, CountARunOnceThatAnEvictionCuts) {
  Site site(GetParam(), {finder("p", "a", "low"), reader(kTwo)});
  site.add("a", "10:05");
  site.evict("p", "10:06");
  site.add("a", "11:05");  // 4: may be the run of 10:00
  EXPECT_THAT(site.news(), ElementsAre("p(2,0) finding.opened 10:00+1 n=1",
                                       "p(3,0) finding.closed 10:00+1 n=1 state-evicted",
                                       "p(3,1) coverage.gap state-evicted 1",
                                       "p(4,0) finding.opened 11:00+1 n=1"));
  site.add("a", "15:05");  // 5: is not
  EXPECT_THAT(site.news(), ElementsAre("p(5,0) finding.opened 15:00+1 n=1",
                                       "z(5,1) finding.opened 00:00+1 n=2"));
}

// A third finding grows the open window in silence; what comes when it is closed is told.
TEST_P(FindingPolicies, AreRestatedAsOthersAre) {
  Site site(GetParam(), {finder("p", "a", "low"), finder("q", "b", "high"), reader(kTwo)});
  site.add("a", "10:05");
  site.add("b", "15:05");
  site.add("a", "18:05");  // 4
  site.news();
  site.drain(Duration{25 * kHour.us});  // 5: findings are covered to midnight
  EXPECT_THAT(site.news(),
              ElementsAre("p(5,0) finding.closed 10:00+1 n=1", "p(5,1) finding.closed 18:00+1 n=1",
                          "q(5,2) finding.closed 15:00+1 n=1",
                          "z(5,3) finding.restated 00:00+1 n=3 was 2 window-closed"));
  site.add("b", "20:05");  // 6
  EXPECT_THAT(site.news(),
              ElementsAre("q(6,0) finding.opened 20:00+1 n=1", "q(6,1) finding.closed 20:00+1 n=1",
                          "z(6,2) finding.restated 00:00+1 n=4 was 3 late-data"));
  site.revise(6, "c");  // 7
  EXPECT_THAT(site.news(), ElementsAre("q(7,0) finding.withdrawn 20:00+1 n=1 no-longer-hol",
                                       "z(7,1) finding.restated 00:00+1 n=3 was 4 revised-data"));
  site.drain(Duration{49 * kHour.us});  // 8: the next day is over too
  EXPECT_THAT(site.news(), ElementsAre("z(8,0) finding.closed 00:00+1 n=3"));
}

// Both findings begin, and the one that there was is withdrawn, at one entry: n never falls.
TEST_P(FindingPolicies, AnEntryIsOneOccasion) {
  Site site(GetParam(), {finder("p", "a", "low"), finder("q", "b", "high"), finder("r", "c", "low"),
                         reader(kTwo)});
  site.add("a", "10:05");
  site.add("b", "15:05");
  site.news();
  site.revise(3, "c");  // q withdraws, r opens: still two
  EXPECT_THAT(site.news(), ElementsAre("q(4,0) finding.withdrawn 15:00+1 n=1 no-longer-hol",
                                       "r(4,1) finding.opened 15:00+1 n=1"));
}

// A run that begins earlier takes its record along, into the six hours where there is another.
TEST_P(FindingPolicies, ARecordMovesWithTheStartOfItsRun) {
  Site site(GetParam(), {finder("p", "a", "low"), finder("q", "b", "high"),
                         reader("window: 6h\nmeasure: {n: count()}\nreport_when: n >= 2\n")});
  site.add("b", "10:05");
  site.add("a", "12:05");  // 3: in the next six hours
  EXPECT_THAT(site.news(), ElementsAre("q(2,0) finding.opened 10:00+1 n=1",
                                       "p(3,0) finding.opened 12:00+1 n=1"));
  site.add("a", "11:05");  // 4
  EXPECT_THAT(site.news(), ElementsAre("p(4,0) finding.restated 11:00+2 n=1 was 1 run-changed",
                                       "z(4,1) finding.opened 06:00+1 n=2"));
}

// A finding lacks what its subject lacks: what rests on it is unknown, and its record nobody's.
TEST_P(FindingPolicies, AMissingFieldIsUnknown) {
  Site site(GetParam(), {finder("p", "a", "low"), finder("q", "b", "high"),
                         reader("for_each: organization\n" + kTwo)});
  site.add("a", "10:05");
  site.add("b", "15:05");
  EXPECT_THAT(site.news(), ElementsAre("p(2,0) finding.opened 10:00+1 n=1",
                                       "q(3,0) finding.opened 15:00+1 n=1"));
  EXPECT_EQ(site.coverage_of_reader().records_unknown, 2);
  EXPECT_EQ(site.coverage_of_reader().subjects, 0);
}

// It is evaluated over the findings that stand, and what it opens is historical.
TEST_P(FindingPolicies, ANewOneSeesTheFindingsThatStand) {
  const std::vector<std::string> others = {finder("p", "a", "low"), finder("q", "b", "high")};
  Site site(GetParam(), others);
  site.add("a", "10:05");
  site.add("b", "15:05");
  site.news();
  std::vector<std::string> all = others;
  all.push_back(reader(kTwo));
  site.activate(all);  // entry 4
  EXPECT_THAT(site.news(), ElementsAre("z(4,0) finding.opened 00:00+1 n=2 historical"));
  site.activate(others);
  EXPECT_THAT(site.news(),
              ElementsAre("z(5,0) finding.withdrawn 00:00+1 n=2 policy-change historical"));
}

TEST(FindingPoliciesExplained, ByTheFindingsOfTheOthers) {
  const std::vector<std::string> texts = {finder("p", "a", "low"), finder("q", "b", "high"),
                                          reader(kTwo)};
  Site site(EngineKind::kColumnar, texts);
  site.add("a", "10:05");
  site.add("b", "15:05");
  site.revise(3, "c");
  const auto set = set_of(texts);
  Explainer explainer(set->policies.back(), "account:s/a", std::nullopt, std::nullopt, set);
  explainer.take(site.entries());
  const Result<Explanation> explanation = explainer.explain();
  ASSERT_TRUE(explanation) << explanation.error().message;
  EXPECT_FALSE(explanation->any_holds());
  EXPECT_THAT(why_not(explainer.policy(), *explanation), HasSubstr("n is 1, 1 short"));
}

std::vector<std::string> codes_of(const std::string& text) {
  std::vector<std::string> codes;
  const std::vector<PolicyText> files{{"z.yaml", reader(text)}};
  for (const Diagnostic& diagnostic : load_policies(files, UtcTime{}).diagnostics) {
    if (diagnostic.level == DiagnosticLevel::kError) codes.push_back(diagnostic.code);
  }
  return codes;
}

// More findings can only raise, or only lower, what is compared.
TEST(FindingPoliciesRefused, WhatMoreFindingsCouldUndo) {
  const std::string measures =
      "window: 24h\nmeasure:\n  n: count()\n  kinds: distinct(finding.kind)\n"
      "  least: min(finding.rank)\n  ranks: sum(finding.rank)\n  mean: avg(finding.rank)\n"
      "  odd: sum(finding.rank - 2)\n  both: n + 2 * kinds\nreport_when: \"";
  for (const char* good : {"n >= 2", "n >= 2 and kinds > 1", "n > 3 or not (kinds < 2)", "2 <= n",
                           "least <= 1", "n + kinds - least > 4", "both / 2 > 3", "ranks > 4"}) {
    EXPECT_THAT(codes_of(measures + good + "\"\n"), IsEmpty()) << good;
  }
  for (const char* bad : {"n < 2", "n == 2", "n >= 2 and kinds < 3", "mean > 2", "odd > 2",
                          "n - kinds > 1", "n / kinds > 1", "least >= 2", "not (n > 3)"}) {
    EXPECT_THAT(codes_of(measures + bad + "\"\n"), ElementsAre("TW0723")) << bad;
  }
  EXPECT_THAT(codes_of("select: {a: {finding.rank: 4}}\n"), IsEmpty()) << "single findings";
  const std::string steps = "select: {a: {finding.rank: 1}, b: {finding.rank: 2}}\n";
  EXPECT_THAT(codes_of(steps + "sequence: {within: 1d, steps: [a, b]}\n"), IsEmpty());
  EXPECT_THAT(codes_of(steps + "absent: {select: a, after: b, for: 1d}\n"), ElementsAre("TW0723"));
  EXPECT_THAT(codes_of("window: {length: 1d, wait_for_late: 1h}\nmeasure: {n: count()}\n"
                       "report_when: n > 1\n"),
              ElementsAre("TW0722"));
  for (const char* others : {"deviation(n, peers(finding.kind), 30d)", "deviation(n, own, 30d)",
                             "cusum(n, own, 30d)", "lockstep(finding.policy, 1h)"}) {
    EXPECT_THAT(codes_of("window: 1d\nmeasure:\n  n: count()\n  odd: \"" + std::string(others) +
                         "\"\nreport_when: odd > 2\n"),
                ElementsAre("TW0723"))
        << others;
  }
}

TEST(FindingPoliciesRefused, WhatFindingsDoNotGoWith) {
  const std::string measures = "measure: {n: count()}\nreport_when: n > 1\n";
  EXPECT_THAT(codes_of("window: {session: 1h}\n" + measures), ElementsAre("TW0724"));
  EXPECT_THAT(codes_of("screen: {fields: [name], lists: [l], score: 0.9}\n"),
              testing::Contains("TW0731"));
  const std::string linkage =
      "---\nlinkage: l\ntitle: t\nlinks:\n  - {field: client.address, at_most: 5}\n";
  EXPECT_THAT(codes_of("for_each: cluster\nwindow: 1d\n" + measures + linkage),
              ElementsAre("TW0724"));
}

}  // namespace
}  // namespace tidewaiter
