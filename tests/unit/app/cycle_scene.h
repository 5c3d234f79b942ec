#pragma once

// A pipeline over scripted sources, whose writes can fail or be cut off one by one.

#include <algorithm>
#include <iterator>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/app/config.h"
#include "daemon/app/state.h"
#include "daemon/pipeline/cycle.h"
#include "policies/language/load.h"
#include "policies/model/record_json.h"
#include "storage/verify/verify.h"
#include "temporary_folder.h"

namespace tidewaiter {

/// Stops the pipeline at its n-th write: before it happens or after it is durable, as a kill would.
/// Or lets that one write find no room, as a full disk would.
struct Fault {
  std::int64_t at = -1;  ///< counted from 0; −1: never
  bool after = false;
  ErrorCode code = ErrorCode::kCorruption;  ///< kUnavailable: no room; else fatal: a kill
  std::int64_t seen = 0;
  bool head_away = false;  ///< the ledger's head cannot be asked for

  /// 0: go on; 1: fail before; 2: fail after.
  int next() { return seen++ != at ? 0 : (after ? 2 : 1); }
};

inline tl::unexpected<Error> killed(const Fault& fault) { return fail(fault.code, "killed"); }

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
  Result<void> keep_list_issue(const std::string& text) override {
    return log_->keep_list_issue(text);
  }
  Result<std::string> list_issue(const Digest& digest) const override {
    return log_->list_issue(digest);
  }
  Result<bool> has_records_in(const Interval& times) const override {
    return log_->has_records_in(times);
  }
  Result<std::optional<Digest>> active_policy_set() const override {
    return log_->active_policy_set();
  }
  Result<Chunk> read(const LogOffset& after) const override { return log_->read(after); }
  Result<Digest> hash_at(std::int64_t seq) const override { return log_->hash_at(seq); }
  Result<LogOffset> head() const override { return log_->head(); }
  Result<LogEntry> entry(std::int64_t seq) const override { return log_->entry(seq); }
  Result<std::vector<SourceState>> sources() const override { return log_->sources(); }
  Result<void> tell_idle(std::vector<SourceState>& states) const override {
    return log_->tell_idle(states);
  }
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
  Result<TreeHead> head() const override {
    if (fault_.head_away) return fail(ErrorCode::kUnavailable, "the database is away");
    return ledger_->head();
  }
  Result<std::optional<Checkpoint>> signed_head() const override { return ledger_->signed_head(); }
  const std::string& origin() const override { return ledger_->origin(); }
  Result<std::optional<UtcTime>> earliest_run() const override { return ledger_->earliest_run(); }
  std::string verifier_key() const override { return ledger_->verifier_key(); }
  Result<std::string> entry(std::int64_t index) const override { return ledger_->entry(index); }
  Result<std::vector<Disclosure>> disclosures(std::int64_t index) const override {
    return ledger_->disclosures(index);
  }
  Result<std::vector<Digest>> inclusion_proof(std::int64_t index,
                                              std::int64_t size) const override {
    return ledger_->inclusion_proof(index, size);
  }
  Result<Digest> node(NodeId node) const override { return ledger_->node(node); }
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
  Result<std::vector<NoticedMessage>> messages_after(std::int64_t last) const override {
    return ledger_->messages_after(last);
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
inline std::vector<ScriptedPage> history() {
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
inline std::string shown(const FindingState& finding) {
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
    parts.engine = engine_;
    parts.snapshot = snapshot_;
    parts.snapshot_least = 1;
    parts.state_at_most = state_at_most_;
    parts.look_least = look_least_;
    parts.log = log_;
    parts.progress = progress_;
    auto cycle = Cycle::resume(std::move(parts));
    if (!cycle) return tl::unexpected(cycle.error());
    std::vector<Source> sources;
    SourceConfig source;
    source.name = "gw";
    source.idle = idle_;
    source.settles = settles_;
    sources.push_back({source, std::make_unique<ScriptedConnector>(script_, std::move(end)), false,
                       std::nullopt});
    if (auto told = (*cycle)->tell_last_deliveries(sources); !told)
      return tl::unexpected(told.error());
    (*cycle)->set_sources(std::move(sources));
    if (auto set = (*cycle)->set_policies(texts_, set_); !set) return tl::unexpected(set.error());
    Result<CycleReport> report = run_to_the_end(**cycle);
    if (!report) return report;
    (*cycle)->save_snapshot();
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
  Opened open_with(std::vector<Source> sources, ProgressSink progress = {},
                   Outbox* outbox = nullptr, Fault* fault = nullptr) {
    EXPECT_TRUE(init_state(config_, now_));
    const StatePaths paths = state_paths(config_);
    Opened opened;
    opened.records = *RecordLog::open(paths.records, RecordLog::Mode::kReadWrite);
    opened.book = *Ledger::open(paths.ledger, Ledger::Mode::kReadWrite);
    if (fault != nullptr) {
      opened.book = std::make_unique<FaultyLedger>(std::move(opened.book), *fault);
    }
    CycleParts parts;
    parts.records = opened.records.get();
    parts.ledger = opened.book.get();
    parts.now = [this] { return now_; };
    parts.progress = std::move(progress);
    parts.outbox = outbox;
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
  Duration settles_;
  EngineKind engine_ = EngineKind::kReference;
  std::optional<std::int64_t> state_at_most_;
  std::int64_t look_least_ = 1;
  std::filesystem::path snapshot_;  ///< where live() keeps one; empty: none
  EventLog* log_ = nullptr;
  ProgressSink progress_;
};

}  // namespace tidewaiter
