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

#include "daemon/app/config.h"
#include "daemon/app/state.h"
#include "daemon/pipeline/coverage_json.h"
#include "daemon/pipeline/policy_documents.h"
#include "policies/language/load.h"
#include "policies/model/record_json.h"
#include "storage/verify/verify.h"
#include "temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

/// Stops the pipeline at its n-th write: before it happens or after it is durable, as a kill would.
/// Or lets that one write find no room, as a full disk would.
struct Fault {
  std::int64_t at = -1;  ///< counted from 0; −1: never
  bool after = false;
  ErrorCode code = ErrorCode::kCorruption;  ///< kUnavailable: no room; else fatal: a kill
  std::int64_t seen = 0;

  /// 0: go on; 1: fail before; 2: fail after.
  int next() { return seen++ != at ? 0 : (after ? 2 : 1); }
};

tl::unexpected<Error> killed(const Fault& fault) { return fail(fault.code, "killed"); }

class FaultyLog : public RecordLog {
 public:
  FaultyLog(std::unique_ptr<RecordLog> log, Fault& fault) : log_(std::move(log)), fault_(fault) {}
  const std::string& log_id() const override { return log_->log_id(); }
  Result<PageReceipt> append(const Page& page, UtcTime now) override {
    const int what = fault_.next();
    if (what == 1) return killed(fault_);
    auto done = log_->append(page, now);
    if (what == 2) return killed(fault_);
    return done;
  }
  Result<std::int64_t> append_control(const Control& control, const std::string& documents,
                                      UtcTime now) override {
    const int what = fault_.next();
    if (what == 1) return killed(fault_);
    auto done = log_->append_control(control, documents, now);
    if (what == 2) return killed(fault_);
    return done;
  }
  Result<std::string> policy_documents(const Digest& hash) const override {
    return log_->policy_documents(hash);
  }
  Result<std::optional<Digest>> active_policy_set() const override {
    return log_->active_policy_set();
  }
  Result<Chunk> read(const LogOffset& after) const override { return log_->read(after); }
  Result<Digest> hash_at(std::int64_t seq) const override { return log_->hash_at(seq); }
  Result<LogOffset> head() const override { return log_->head(); }
  Result<LogEntry> entry(std::int64_t seq) const override { return log_->entry(seq); }
  Result<std::vector<SourceState>> sources() const override { return log_->sources(); }
  Result<SourceState> source(const std::string& name) const override { return log_->source(name); }
  Result<std::vector<Quarantined>> quarantine(const std::string& source,
                                              std::int64_t limit) const override {
    return log_->quarantine(source, limit);
  }
  Result<std::int64_t> drop_before(UtcTime before, UtcTime now) override {
    return log_->drop_before(before, now);
  }
  Result<std::optional<UtcTime>> dropped_before() const override { return log_->dropped_before(); }
  Result<void> check(const Passed& passed) const override { return log_->check(passed); }

 private:
  std::unique_ptr<RecordLog> log_;
  Fault& fault_;
};

class FaultyLedger : public Ledger {
 public:
  FaultyLedger(std::unique_ptr<Ledger> ledger, Fault& fault)
      : ledger_(std::move(ledger)), fault_(fault) {}
  Result<LedgerReceipt> commit(const LedgerCommit& commit, UtcTime now) override {
    const int what = fault_.next();
    if (what == 1) return killed(fault_);
    auto done = ledger_->commit(commit, now);
    if (what == 2) return killed(fault_);
    return done;
  }
  Result<Checkpoint> sign(UtcTime now) override {
    const int what = fault_.next();
    if (what == 1) return killed(fault_);
    auto done = ledger_->sign(now);
    if (what == 2) return killed(fault_);
    return done;
  }
  Result<TreeHead> head() const override { return ledger_->head(); }
  Result<std::optional<Checkpoint>> signed_head() const override { return ledger_->signed_head(); }
  const std::string& origin() const override { return ledger_->origin(); }
  Result<std::optional<UtcTime>> earliest_run() const override { return ledger_->earliest_run(); }
  std::string verifier_key() const override { return ledger_->verifier_key(); }
  Result<std::string> entry(std::int64_t index) const override { return ledger_->entry(index); }
  Result<std::vector<Digest>> inclusion_proof(std::int64_t index,
                                              std::int64_t size) const override {
    return ledger_->inclusion_proof(index, size);
  }
  Result<std::vector<Digest>> consistency_proof(std::int64_t old_size,
                                                std::int64_t size) const override {
    return ledger_->consistency_proof(old_size, size);
  }
  Result<Position> position() const override { return ledger_->position(); }
  Result<std::vector<FindingState>> findings(const FindingQuery& query) const override {
    return ledger_->findings(query);
  }
  Result<std::string> coverage() const override { return ledger_->coverage(); }
  Result<std::vector<OutboxMessage>> pending(std::int64_t limit) const override {
    return ledger_->pending(limit);
  }
  Result<void> mark_sent(std::int64_t id, UtcTime now) override {
    return ledger_->mark_sent(id, now);
  }

 private:
  std::unique_ptr<Ledger> ledger_;
  Fault& fault_;
};

struct ScriptedPage {
  std::vector<std::string> lines;
  bool backfill = false;
  std::string drained_from;  ///< empty: the page ends no drain
  std::string drained_to;
};

/// Delivers pages of a script; the cursor is the number of pages delivered.
class ScriptedConnector : public Connector {
 public:
  ScriptedConnector(std::vector<ScriptedPage> script, std::optional<Error> end)
      : script_(std::move(script)), end_(std::move(end)) {}

  Result<std::optional<Page>> next(const std::string& cursor, UtcTime, const PullWatch&) override {
    const std::size_t index = cursor.empty() ? 0 : std::stoul(cursor);
    if (index >= script_.size()) {
      if (end_) return tl::unexpected(*end_);
      return std::nullopt;
    }
    const ScriptedPage& script = script_[index];
    Page page;
    page.source = "gw";
    page.backfill = script.backfill;
    Record defaults;
    defaults.source = "gw";
    for (const std::string& line : script.lines) {
      auto record = reader_.read(std::string_view(line).substr(0, line.size() - 1), defaults);
      if (!record) return tl::unexpected(record.error());
      page.records.push_back(std::move(*record));
    }
    if (!script.drained_to.empty()) {
      page.drained = Interval{*parse_time(script.drained_from), *parse_time(script.drained_to)};
    }
    page.cursor = std::to_string(index + 1);
    return page;
  }
  PullProgress progress() const override { return {}; }
  Result<std::vector<std::string>> check(const std::string&, UtcTime) override {
    return std::vector<std::string>{};
  }

 private:
  std::vector<ScriptedPage> script_;
  std::optional<Error> end_;
  RecordJsonReader reader_;
};

/// Backfill with a burst of `a`, then live pages with a burst of `b` that is restated by late data.
std::vector<ScriptedPage> history() {
  const std::string day = "2026-01-01T";
  return {
      {{usage_line("1", day + "10:05:00Z", "a"), usage_line("2", day + "10:06:00Z", "a")},
       true,
       "",
       ""},
      {{usage_line("3", day + "10:07:00Z", "a"), usage_line("4", day + "10:08:00Z", "b")},
       true,
       day + "10:00:00Z",
       day + "11:00:00Z"},
      {{usage_line("5", day + "11:01:00Z", "b"), usage_line("6", day + "11:02:00Z", "b")},
       false,
       "",
       ""},
      {{usage_line("7", day + "11:03:00Z", "b")}, false, day + "11:00:00Z", day + "12:00:00Z"},
      {{usage_line("8", day + "11:04:00Z", "b"), usage_line("9", day + "12:10:00Z", "c")},
       false,
       day + "12:00:00Z",
       day + "13:00:00Z"},
      {{}, false, day + "13:00:00Z", day + "14:00:00Z"},
  };
}

/// Has something new whenever it is asked, and says each time that this was all.
class EndlessConnector : public ScriptedConnector {
 public:
  EndlessConnector() : ScriptedConnector({}, std::nullopt) {}
  Result<std::optional<Page>> next(const std::string& cursor, UtcTime now,
                                   const PullWatch&) override {
    Page page;
    page.source = "endless";
    page.drained = Interval{now - kHour, now};
    page.cursor = cursor + "x";
    return page;
  }
};

/// Is asked to stop while it reads.
class BrokenOffConnector : public ScriptedConnector {
 public:
  explicit BrokenOffConnector(std::stop_source& stop)
      : ScriptedConnector({}, std::nullopt), stop_(stop) {}
  Result<std::optional<Page>> next(const std::string&, UtcTime, const PullWatch& watch) override {
    if (auto goes_on = watch.between_blocks(); !goes_on) return tl::unexpected(goes_on.error());
    stop_.request_stop();
    auto broken_off = watch.between_blocks();
    EXPECT_FALSE(broken_off);
    return tl::unexpected(broken_off.error());
  }

 private:
  std::stop_source& stop_;
};

/// One finding as text, without what differs between two logs: ids.
std::string shown(const FindingState& finding) {
  std::string out =
      finding.policy + " " + finding.subject + " " + format_time(finding.run.from) + " " +
      std::string(step_name(finding.state)) + (finding.historical ? " historical" : "") + " at " +
      std::to_string(finding.opened_seq) + "," + std::to_string(finding.opened_ordinal) +
      " steps " + std::to_string(finding.entries.size());
  for (const Figure& figure : finding.figures) {
    out += " " + figure.name + "=" + format_value(figure.value, figure.type);
  }
  return out;
}

class CycleTest : public testing::Test {
 protected:
  CycleTest() {
    Environment environment;
    environment.working_folder = folder_.path();
    environment.host_name = "test";
    config_ = default_config(environment);
    use_policies({{"p.yaml", volume_policy()}});
  }

  void use_policies(std::vector<PolicyText> texts) {
    texts_ = std::move(texts);
    LoadOutcome outcome = load_policies(texts_, UtcTime{0});
    ASSERT_FALSE(has_errors(outcome.diagnostics)) << to_text(outcome.diagnostics.front());
    set_ = std::move(outcome.set);
  }

  /// One life of a process: opens all, runs a cycle, and drops all.
  Result<CycleReport> live(Fault& fault, std::optional<Error> end = std::nullopt) {
    const StatePaths paths = state_paths(config_);
    if (auto made = init_state(config_, now_); !made) return tl::unexpected(made.error());
    auto records = RecordLog::open(paths.records, RecordLog::Mode::kReadWrite);
    if (!records) return tl::unexpected(records.error());
    auto ledger = Ledger::open(paths.ledger, Ledger::Mode::kReadWrite);
    if (!ledger) return tl::unexpected(ledger.error());
    FaultyLog log(std::move(*records), fault);
    FaultyLedger book(std::move(*ledger), fault);
    CycleParts parts;
    parts.records = &log;
    parts.ledger = &book;
    parts.now = [this] { return now_; };
    parts.channels = {"operations"};
    parts.engine = EngineKind::kReference;
    auto cycle = Cycle::resume(std::move(parts));
    if (!cycle) return tl::unexpected(cycle.error());
    std::vector<Source> sources;
    SourceConfig source;
    source.name = "gw";
    source.idle = idle_;
    sources.push_back({source, std::make_unique<ScriptedConnector>(script_, std::move(end)), false,
                       std::nullopt});
    if (auto told = (*cycle)->tell_last_deliveries(sources); !told)
      return tl::unexpected(told.error());
    (*cycle)->set_sources(std::move(sources));
    if (auto set = (*cycle)->set_policies(texts_, set_); !set) return tl::unexpected(set.error());
    Result<CycleReport> report = run_to_the_end(**cycle);
    if (!report) return report;
    if (auto signed_head = (*cycle)->sign(); !signed_head) {
      if (signed_head.error().code != ErrorCode::kUnavailable) {
        return tl::unexpected(signed_head.error());
      }
      report->paused = signed_head.error();
      signed_head = (*cycle)->sign();
      if (!signed_head) return tl::unexpected(signed_head.error());
    }
    return report;
  }

  /// Cycles until one has nothing to do, as the daemon's loop makes them; their sum.
  static Result<CycleReport> run_to_the_end(Cycle& cycle) {
    CycleReport sum;
    for (;;) {
      Result<CycleReport> report = cycle.run(nullptr, {});
      if (!report) return report;
      sum.added += report->added;
      sum.steps += report->steps;
      sum.opened += report->opened;
      sum.historical += report->historical;
      sum.restated += report->restated;
      sum.withdrawn += report->withdrawn;
      if (report->paused) sum.paused = report->paused;
      std::ranges::move(report->failures, std::back_inserter(sum.failures));
      if (report->pages == 0 && !report->paused) return sum;
    }
  }

  /// Both stores of the configuration's state, open, with a cycle over other sources.
  struct Opened {
    std::unique_ptr<RecordLog> records;
    std::unique_ptr<Ledger> book;
    std::unique_ptr<Cycle> cycle;
  };
  Opened open_with(std::vector<Source> sources, ProgressSink progress = {}) {
    EXPECT_TRUE(init_state(config_, now_));
    const StatePaths paths = state_paths(config_);
    Opened opened;
    opened.records = *RecordLog::open(paths.records, RecordLog::Mode::kReadWrite);
    opened.book = *Ledger::open(paths.ledger, Ledger::Mode::kReadWrite);
    CycleParts parts;
    parts.records = opened.records.get();
    parts.ledger = opened.book.get();
    parts.now = [this] { return now_; };
    parts.progress = std::move(progress);
    parts.engine = EngineKind::kReference;
    opened.cycle = *Cycle::resume(std::move(parts));
    EXPECT_TRUE(opened.cycle->tell_last_deliveries(sources));
    opened.cycle->set_sources(std::move(sources));
    return opened;
  }
  static Source source_of(std::string name, std::unique_ptr<Connector> connector) {
    Source source;
    source.config.name = std::move(name);
    source.connector = std::move(connector);
    return source;
  }

  Result<CycleReport> live() {
    Fault never;
    return live(never);
  }

  std::unique_ptr<Ledger> ledger() {
    return *Ledger::open(state_paths(config_).ledger, Ledger::Mode::kReadOnly);
  }
  std::vector<std::string> findings() {
    std::vector<std::string> out;
    const auto all = ledger()->findings({});
    for (const FindingState& finding : *all) out.push_back(shown(finding));
    return out;
  }
  std::vector<std::string> messages() {
    std::vector<std::string> out;
    const auto pending = ledger()->pending(1000);
    for (const OutboxMessage& message : *pending) {
      // Origin is the same; a finding's id is not.
      out.push_back(message.channel + " " +
                    message.body.substr(0, message.body.find("finding\":\"")));
    }
    return out;
  }
  VerifyReport verified() {
    const LedgerPaths paths = state_paths(config_).ledger;
    return verify_ledger({paths.database, paths.lock, ledger()->verifier_key()});
  }

  void expect_exactly_once();

  TemporaryFolder folder_;
  Config config_;
  UtcTime now_ = *parse_time("2026-01-02T00:00:00Z");
  std::vector<ScriptedPage> script_ = history();
  std::vector<PolicyText> texts_;
  PolicySet set_;
  std::optional<Duration> idle_;
};

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

TEST(PolicyDocuments, CompileToTheSameSet) {
  const std::vector<PolicyText> texts = {{"a \"b\".yaml", volume_policy("test.one")},
                                         {"c.yaml", volume_policy("test.two", "7")}};
  const PolicySet set = load_policies(texts, UtcTime{0}).set;
  const std::string packed = pack_documents(texts);
  const auto again = compile_documents(packed, set.hash);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->hash, set.hash);
  EXPECT_EQ(again->policies.size(), 2U);
  const auto wrong = compile_documents(packed, sha256("other"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(compile_documents("{", set.hash).error().code, ErrorCode::kCorruption);
}

TEST(PolicyDocuments, HoldAllThatTheSetIsMadeOf) {
  const std::vector<PolicyText> texts = {
      {"p/pack.yaml", "pack: p\ntitle: P\nincludes: [a.yaml, documents/]\n"},
      {"p/a.yaml", volume_policy("test.one") +
                       "exempt: [{under: license:l, where: 'account in list:partners', "
                       "approved_by: legal}]\n"},
      {"p/b.yaml", volume_policy("test.left-out")},
      {"p/documents/l.yaml",
       "license: l\nnumber: D1\nauthority: BIS\nin_force: [{until: 2026-12-31}]\n"
       "countries: [DE]\n"},
      {"p/documents/e.yaml",
       "exemption: e\npolicies: [\"test.*\"]\nwhere: {account: a}\nuntil: 2026-12-31\n"
       "approved_by: legal\nreason: r\n"},
      {"p/documents/m.yaml",
       "list: partners\ntitle: M\nvalues: [{value: b, until: 2026-06-30}]\n"}};
  const LoadOutcome loaded = load_policies(texts, UtcTime{0});
  ASSERT_FALSE(has_errors(loaded.diagnostics)) << to_text(loaded.diagnostics.front());
  ASSERT_EQ(loaded.set.policies.size(), 1U);
  EXPECT_EQ(loaded.set.policies[0].exempt.size(), 2U);
  const auto again = compile_documents(pack_documents(texts), loaded.set.hash);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->hash, loaded.set.hash);
  // Without one of them it is another set, or none.
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::vector<PolicyText> part = texts;
    part.erase(part.begin() + static_cast<std::ptrdiff_t>(i));
    const bool same = compile_documents(pack_documents(part), loaded.set.hash).has_value();
    EXPECT_EQ(same, texts[i].path == "p/b.yaml") << texts[i].path;
  }
}

TEST(Progress, EstimatesTheTimeLeftFromBytes) {
  const ProgressMeter meter(CyclePhase::kPull, "gw", UtcTime{0});
  const CycleProgress progress = meter.at(UtcTime{2 * kSecond.us}, 1000, 0, 25, 100, false);
  EXPECT_DOUBLE_EQ(progress.records_per_second, 500.0);
  EXPECT_EQ(progress.left, Duration{6 * kSecond.us});  // a quarter took two seconds
  EXPECT_EQ(meter.at(UtcTime{0}, 0, 0, 0, 0, false).left, std::nullopt);
}

}  // namespace
}  // namespace tidewaiter
