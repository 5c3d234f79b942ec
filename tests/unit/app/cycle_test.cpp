#include "daemon/pipeline/cycle.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cycle_scene.h"
#include "daemon/pipeline/coverage_json.h"
#include "policies/screening/shipped_consequences.h"
#include "policies/sigma/policy_set.h"
#include "tests/unit/log_entries.h"

namespace tidewaiter {

/// Fails before and after every single write, one a life, and compares with a life without fault.
void CycleTest::expect_exactly_once() {
  ASSERT_TRUE(live());
  const auto want = findings();
  const auto want_messages = messages();
  std::int64_t cuts = 0;
  for (const bool after : {false, true}) {
    for (std::int64_t at = 0;; ++at) {
      std::filesystem::remove_all(config_.state);
      Fault fault{at, after};
      const auto cut = live(fault);
      if (cut) {
        ASSERT_LE(fault.seen, at) << "a write failed and nobody noticed";
        break;
      }
      ASSERT_EQ(cut.error().message, "killed");
      ++cuts;
      const auto rest = live();
      ASSERT_TRUE(rest) << rest.error().message;
      const std::string where =
          std::string(after ? "after" : "before") + " write " + std::to_string(at);
      EXPECT_EQ(findings(), want) << where;
      EXPECT_EQ(messages(), want_messages) << where;
      const VerifyReport report = verified();
      EXPECT_TRUE(report.ok()) << where << ": "
                               << (report.ok() ? "" : report.problems.front().message);
    }
  }
  EXPECT_GE(cuts, 16);
}

namespace {

using testing::HasSubstr;

TEST_F(CycleTest, FindsWhatIsPlanted) {
  const auto report = live();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->added, 9);
  EXPECT_EQ(report->opened, 2);
  EXPECT_EQ(report->historical, 1);
  // Entry 1 activates the policies, 2..3 and 4..6 are the backfill: a's third request is entry 4,
  // which makes certain what more data can only raise. b's third is entry 9.
  EXPECT_THAT(findings(), testing::ElementsAre(HasSubstr("account:gw/a 2026-01-01T10:00:00Z"),
                                               HasSubstr("account:gw/b 2026-01-01T11:00:00Z")));
  EXPECT_THAT(findings()[0], HasSubstr("historical at 4,0"));
  EXPECT_THAT(findings()[0], HasSubstr("n=3"));
  EXPECT_THAT(findings()[1], HasSubstr("at 9,0"));
  EXPECT_THAT(findings()[1], HasSubstr("n=4"));  // the late request restated it
}

TEST_F(CycleTest, AWindowThatBeginsBeforeTheEpochVerifies) {
  std::string policy = volume_policy("test.volume", "1");
  const std::string tumbling = "length: 1h,";
  policy.replace(policy.find(tumbling), tumbling.size(), "length: 24h, every: 1h,");
  use_policies({{"p.yaml", policy}});
  script_ = {{{usage_line("1", "1970-01-01T00:00:00Z", "a")},
              false,
              "1970-01-01T00:00:00Z",
              "1970-01-03T00:00:00Z"}};
  ASSERT_TRUE(live());
  // The first of the 24 windows of the record at 00:00 began 23 hours earlier.
  EXPECT_THAT(findings(), testing::ElementsAre(HasSubstr("account:gw/a 1969-12-31T01:00:00Z")));
  const VerifyReport report = verified();
  EXPECT_TRUE(report.ok()) << report.problems.front().message;
}

TEST_F(CycleTest, TellsHistoryOnceAndNewFindingsOneByOne) {
  ASSERT_TRUE(live());
  const auto pending = *ledger()->pending(100);
  ASSERT_EQ(pending.size(), 2U);
  EXPECT_THAT(pending[0].body, HasSubstr("\"type\":\"history.digest\""));
  EXPECT_THAT(pending[0].body, HasSubstr("\"findings\":1"));
  EXPECT_THAT(pending[1].body, HasSubstr("\"type\":\"finding.opened\""));
  for (const OutboxMessage& message : pending) {
    EXPECT_THAT(message.body, testing::Not(HasSubstr("gw/")));  // no subject leaves the house
  }
}

TEST_F(CycleTest, DoesNothingTwice) {
  ASSERT_TRUE(live());
  const auto before = findings();
  const auto head = *ledger()->head();
  const auto again = live();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->steps, 0);
  EXPECT_EQ(again->added, 0);
  EXPECT_EQ(*ledger()->head(), head);
  EXPECT_EQ(findings(), before);
}

TEST_F(CycleTest, IsExactlyOnceWhereverItIsCutOff) { expect_exactly_once(); }

/// What a start judges again are the findings of others, too, and those that rest on them.
TEST_F(CycleTest, FindingsOfFindingsAreExactlyOnceWhereverItIsCutOff) {
  const std::string reader =
      "policy: test.reader\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\n"
      "kind: coordination\nseverity: high\nreads: finding\nfor_each: account\nwindow: 24h\n"
      "measure: {policies: distinct(finding.policy)}\nreport_when: policies >= 2\n";
  use_policies({{"p.yaml", volume_policy()},
                {"q.yaml", volume_policy("test.lower", "2")},
                {"r.yaml", reader}});
  expect_exactly_once();
  // The third request of each is what the second policy finds: entry 4 of the backfill, and 9.
  EXPECT_THAT(
      findings(),
      testing::IsSupersetOf({testing::AllOf(HasSubstr("test.reader account:gw/a 2026-01-01T00:00"),
                                            HasSubstr("historical at 4,1")),
                             testing::AllOf(HasSubstr("test.reader account:gw/b 2026-01-01T00:00"),
                                            HasSubstr(" at 9,1 "))}));
}

/// As before, but in one life: a write that finds no room is tried again.
TEST_F(CycleTest, AFullDiskDelaysAndLosesNothing) {
  ASSERT_TRUE(live());
  const auto want = findings();
  const auto want_messages = messages();
  std::int64_t pauses = 0;
  for (std::int64_t at = 0;; ++at) {
    std::filesystem::remove_all(config_.state);
    Fault fault{at, false, ErrorCode::kUnavailable};
    auto report = live(fault);
    if (fault.seen <= at) break;
    if (!report) {  // the activation of policies is part of a start
      ASSERT_EQ(at, 0) << report.error().message;
      ASSERT_EQ(report.error().code, ErrorCode::kUnavailable);
      report = live(fault);
    } else {
      ASSERT_TRUE(report->paused) << "write " << at << " failed and nobody noticed";
      ++pauses;
    }
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(findings(), want) << "write " << at;
    EXPECT_EQ(messages(), want_messages) << "write " << at;
    EXPECT_TRUE(verified().ok()) << "write " << at;
  }
  EXPECT_GE(pauses, 8);
}

TEST_F(CycleTest, ASourceThatNeverEndsLeavesTheOthersTheirTurn) {
  std::vector<Source> sources;
  sources.push_back(source_of("endless", std::make_unique<EndlessConnector>()));
  sources.push_back(
      source_of("gw", std::make_unique<ScriptedConnector>(script_, std::optional<Error>())));
  const Opened opened = open_with(std::move(sources));
  const auto report = opened.cycle->run(nullptr, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->pages, 3);  // one of the first source's, two of the second's first drain
  EXPECT_EQ(report->added, 4);
}

TEST_F(CycleTest, APullThatIsBrokenOffIsNoFailureAndBeatsUntilThen) {
  std::stop_source stop;
  std::vector<Source> sources;
  sources.push_back(source_of("gw", std::make_unique<BrokenOffConnector>(stop)));
  std::int64_t beats = 0;
  const Opened opened = open_with(std::move(sources), [&beats](const CycleProgress& progress) {
    if (progress.phase == CyclePhase::kPull) ++beats;
  });
  const auto report = opened.cycle->run(nullptr, stop.get_token());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->interrupted);
  EXPECT_TRUE(report->failures.empty());
  EXPECT_EQ(beats, 2);
}

TEST_F(CycleTest, AReplayStopsBetweenChunks) {
  ASSERT_TRUE(live());
  std::stop_source stop;
  std::int64_t chunks = 0;
  const Opened opened = open_with({}, [&](const CycleProgress& progress) {
    if (progress.phase == CyclePhase::kReplay && ++chunks == 2) stop.request_stop();
  });
  const auto report = opened.cycle->run(nullptr, stop.get_token());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->interrupted);
  EXPECT_EQ(chunks, 2);
  EXPECT_EQ(report->steps, 0);
}

TEST_F(CycleTest, LostInputIsReportedAndTheSourceGoesOn) {
  Fault never;
  const auto report = live(never, Error{ErrorCode::kNotFound, "`a.jsonl` is gone"});
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->failures.size(), 1U);
  EXPECT_FALSE(report->failures[0].stopped);
  const auto book = ledger();
  std::int64_t told = 0;
  for (std::int64_t i = 0; i < book->head()->size; ++i) {
    const std::string entry = *book->entry(i);
    EXPECT_THAT(entry, testing::Not(HasSubstr("a.jsonl")));
    if (entry.find("source-lost-input") != std::string::npos) ++told;
  }
  EXPECT_EQ(told, 1);
}

TEST_F(CycleTest, ASignatureIsDueAfterTheClockWasSetBack) {
  const Opened opened = open_with({});
  ASSERT_TRUE(opened.cycle->record_event("daemon.started", "{}"));
  ASSERT_TRUE(opened.cycle->sign());
  ASSERT_TRUE(opened.cycle->record_event("daemon.stopped", "{}"));
  EXPECT_EQ(opened.cycle->sign_due(), now_ + Duration{10 * kSecond.us});
  now_ = now_ - kDay;
  ASSERT_TRUE(opened.cycle->sign_due());
  EXPECT_LE(*opened.cycle->sign_due(), now_);
}

/// Writes an entry, and cannot have it signed.
class UnsignedGate : public NoticeGate {
 public:
  Result<std::vector<Departure>> let_out(Ledger& ledger, std::vector<OutboxMessage> /*waiting*/,
                                         UtcTime now) override {
    LedgerCommit commit;
    commit.events.push_back({"notice.dead", R"({"message":1,"channel":"siem"})"});
    EXPECT_TRUE(ledger.commit(commit, now));
    return fail(ErrorCode::kUnavailable, "the disk is full");
  }
  Result<void> give_up(Ledger& /*ledger*/, const Departure& /*departure*/,
                       UtcTime /*now*/) override {
    return {};
  }
  [[nodiscard]] std::int64_t kept_back() const override { return 0; }
  [[nodiscard]] std::optional<UtcTime> next() const override { return std::nullopt; }
};

TEST_F(CycleTest, ASignatureIsDueForWhatTheOutboxWrote) {
  UnsignedGate gate;
  OutboxOptions gated;
  gated.gate = &gate;
  Outbox outbox(std::move(gated));
  const Opened opened = open_with({}, {}, &outbox);
  ASSERT_TRUE(opened.cycle->record_event("daemon.started", "{}"));
  ASSERT_TRUE(opened.cycle->sign());
  EXPECT_EQ(opened.cycle->sign_due(), std::nullopt);
  const auto report = opened.cycle->run(nullptr, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->paused);
  EXPECT_EQ(opened.cycle->sign_due(), now_ + Duration{10 * kSecond.us});
}

/// All is signed and nothing is due, so that the look for growth is what meets the database first.
TEST_F(CycleTest, ADatabaseThatIsAwayWhenAllIsSignedPauses) {
  Outbox outbox(OutboxOptions{});
  Fault fault;
  const Opened opened = open_with({}, {}, &outbox, &fault);
  ASSERT_TRUE(opened.cycle->record_event("daemon.started", "{}"));
  ASSERT_TRUE(opened.cycle->sign());
  fault.head_away = true;
  for (int turn = 0; turn < 3; ++turn) {
    const auto report = opened.cycle->run(nullptr, {});
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_TRUE(report->paused);
    EXPECT_EQ(report->paused->message, "the database is away");
  }
  fault.head_away = false;
  const auto report = opened.cycle->run(nullptr, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_FALSE(report->paused);
}

TEST_F(CycleTest, IdsAreAFunctionOfTheLogAndTheStep) {
  ASSERT_TRUE(live());
  const auto records = RecordLog::open(state_paths(config_).records, RecordLog::Mode::kReadOnly);
  const auto all = ledger()->findings({});
  for (const FindingState& finding : *all) {
    EXPECT_EQ(finding.id, finding_id((*records)->log_id(), finding.policy, finding.opened_seq,
                                     finding.opened_ordinal));
  }
}

TEST_F(CycleTest, ANewPolicySetIsPublishedAndActivatedOnce) {
  ASSERT_TRUE(live());
  use_policies({{"p.yaml", volume_policy("test.volume", "4")}});
  const auto report = live();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->withdrawn, 1);  // a had three requests
  EXPECT_EQ(report->restated, 1);   // b's finding is now by another policy hash
  const auto again = live();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->steps, 0);
  std::int64_t published = 0;
  const auto book = ledger();
  for (std::int64_t i = 0; i < book->head()->size; ++i) {
    if (book->entry(i)->find("\"policy.published\"") != std::string::npos) ++published;
  }
  EXPECT_EQ(published, 2);
}

// A later version of the program ships another date: what was judged stays, and is judged anew by
// the set that the same texts are now.
TEST_F(CycleTest, GoesOnOverALogThatWasJudgedByOtherRules) {
  script_ = {{{R"({"kind":"account","id":"1","time":"2026-01-01T10:00:00Z","account":"a",)"
               R"("name":"Queen Bee"})"
               "\n"},
              false,
              "2026-01-01T10:00:00Z",
              "2026-01-01T11:00:00Z"}};
  use_policies(
      {{"p.yaml",
        "policy: test.blocked\nversion: 1\ntitle: t\nstatus: active\nbasis: [{control: c}]\n"
        "kind: sanctions\nseverity: low\nreads: account\n"
        "screen: {fields: [name], lists: [sdn], score: 0.93, obligations: [block]}\n---\n"
        "list: sdn\ntitle: t\nconsequences: SDN\nvalues: [{value: Queen Bee, programs: "
        "[SYRIA]}]\n"}});
  const PolicySet shipped = set_;
  ConsequenceTable table = shipped_table();
  table["SDN"] = std::make_shared<const Consequences>(
      Consequences::Part{"SDN", {}, {{{}, Obligation::kBlock, {}, "EO 1", {}, {}}}, {}});
  set_ = load_policy_set(texts_, UtcTime{0}, table).set;
  snapshot_ = folder_ / "snapshot";
  engine_ = EngineKind::kColumnar;
  ASSERT_NE(set_.hash, shipped.hash);
  const auto first = live();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->opened, 1);

  // SYRIA ended with 2025-06-30 (EO 14312): what it asks in 2026 is not known.
  set_ = shipped;
  const auto second = live();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->withdrawn, 1);
  std::filesystem::remove(snapshot_);  // all of it is judged again
  const auto third = live();
  ASSERT_TRUE(third) << third.error().message;
  EXPECT_EQ(third->steps, 0);
}

TEST_F(CycleTest, RefusesAnotherOrAShorterLog) {
  ASSERT_TRUE(live());
  const auto records = state_paths(config_).records;
  for (const char* suffix : {"", "-wal", "-shm"})
    std::filesystem::remove(records.string() + suffix);
  const auto other = live();
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kRefused);
  EXPECT_THAT(other.error().message, HasSubstr("belongs to the record log"));
}

TEST_F(CycleTest, RefusesALogThatWasPutBack) {
  script_.resize(2);
  ASSERT_TRUE(live());
  const auto records = state_paths(config_).records;
  std::filesystem::copy_file(records, folder_ / "old.db");
  script_ = history();
  ASSERT_TRUE(live());
  for (const char* suffix : {"", "-wal", "-shm"})
    std::filesystem::remove(records.string() + suffix);
  std::filesystem::copy_file(folder_ / "old.db", records);
  const auto put_back = live();
  ASSERT_FALSE(put_back);
  EXPECT_EQ(put_back.error().code, ErrorCode::kRefused);
  EXPECT_THAT(put_back.error().message, HasSubstr("the record log ends at entry 6"));
}

TEST_F(CycleTest, SaysOnceThatASourceIsIdle) {
  idle_ = kHour;
  ASSERT_TRUE(live());
  const auto size = [this] {
    return (*RecordLog::open(state_paths(config_).records, RecordLog::Mode::kReadOnly))
        ->head()
        ->seq;
  };
  const std::int64_t before = size();
  now_ = now_ + Duration{59 * kMinute.us};
  ASSERT_TRUE(live());
  EXPECT_EQ(size(), before);
  now_ = now_ + Duration{2 * kMinute.us};
  ASSERT_TRUE(live());
  EXPECT_EQ(size(), before + 1);
  now_ = now_ + kDay;
  ASSERT_TRUE(live());
  EXPECT_EQ(size(), before + 1);
}

TEST_F(CycleTest, SaysOnceHowLongASourceSettlesAheadOfItsRecords) {
  settles_ = Duration{6 * kHour.us};
  ASSERT_TRUE(live());
  ASSERT_TRUE(live());
  settles_ = kHour;
  ASSERT_TRUE(live());
  const auto log = RecordLog::open(state_paths(config_).records, RecordLog::Mode::kReadOnly);
  std::vector<std::string> said;
  std::int64_t last = 0;
  for (const LogEntry& entry : read_all(**log)) {
    last = entry.seq;
    const auto* control = std::get_if<Control>(&entry.body);
    const auto* settles = control != nullptr ? std::get_if<SourceSettles>(control) : nullptr;
    if (settles == nullptr) continue;
    said.push_back(std::to_string(entry.seq) + " " + settles->source + " " +
                   format_duration(settles->within));
  }
  // Entry 1 is the policy set; the last one follows what the first two lives have read.
  EXPECT_THAT(said, testing::ElementsAre("2 gw 6h", std::to_string(last) + " gw 1h"));
}

TEST_F(CycleTest, ASourceThatFailsIsReportedAndStopsAlone) {
  Fault never;
  const auto report = live(never, Error{ErrorCode::kInvalidInput, "line 3 is `bad`"});
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_EQ(report->failures.size(), 1U);
  EXPECT_TRUE(report->failures[0].stopped);
  EXPECT_EQ(report->opened, 2);  // what came before the error is judged
  const auto book = ledger();
  std::int64_t gaps = 0;
  for (std::int64_t i = 0; i < book->head()->size; ++i) {
    const std::string entry = *book->entry(i);
    EXPECT_THAT(entry, testing::Not(HasSubstr("line 3")));
    if (entry.find("source-stopped") != std::string::npos) ++gaps;
  }
  EXPECT_EQ(gaps, 1);
  EXPECT_TRUE(verified().ok());
}

TEST_F(CycleTest, ASourceThatIsAwayIsAskedAgain) {
  Fault never;
  const auto report = live(never, Error{ErrorCode::kUnavailable, "away"});
  ASSERT_TRUE(report);
  ASSERT_EQ(report->failures.size(), 1U);
  EXPECT_FALSE(report->failures[0].stopped);
}

TEST_F(CycleTest, StopsBetweenPiecesOnRequest) {
  std::stop_source stop;
  stop.request_stop();
  const StatePaths paths = state_paths(config_);
  ASSERT_TRUE(init_state(config_, now_));
  auto records = *RecordLog::open(paths.records, RecordLog::Mode::kReadWrite);
  auto book = *Ledger::open(paths.ledger, Ledger::Mode::kReadWrite);
  CycleParts parts;
  parts.records = records.get();
  parts.ledger = book.get();
  parts.now = [this] { return now_; };
  parts.engine = EngineKind::kReference;
  auto cycle = *Cycle::resume(std::move(parts));
  ASSERT_TRUE(cycle->set_policies(texts_, set_));
  const auto report = cycle->run(nullptr, stop.get_token());
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->interrupted);
}

TEST_F(CycleTest, KeepsCoverageForStatus) {
  ASSERT_TRUE(live());
  const auto coverage = coverage_from_json(*ledger()->coverage());
  ASSERT_TRUE(coverage) << coverage.error().message;
  ASSERT_EQ(coverage->policies.size(), 1U);
  EXPECT_EQ(coverage->policies[0].policy, "test.volume");
  EXPECT_EQ(coverage->policies[0].records_read, 9);
  EXPECT_EQ(coverage->policies[0].records_selected, 9);
}

}  // namespace
}  // namespace tidewaiter
