#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/app/clock.h"
#include "daemon/app/cluster_cases.h"
#include "daemon/app/config.h"
#include "daemon/app/loaded_policies.h"
#include "daemon/app/notice_desk.h"
#include "daemon/app/policies_in_force.h"
#include "daemon/app/state.h"
#include "daemon/notify/cosignature_collector.h"
#include "daemon/notify/event_log.h"
#include "daemon/notify/outbox.h"
#include "daemon/outbound/http_client.h"
#include "daemon/pipeline/cycle.h"
#include "daemon/timestamp/timestamper.h"
#include "policies/engine/evaluation.h"
#include "policies/model/diagnostic.h"
#include "storage/ledger/ledger.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

class AddressEnricher;
struct HeldAddressFile;
class PushInbox;
class PushService;
struct TakenActs;

/// What a program decides about its App. Pointers outlive the App.
struct AppOptions {
  std::function<UtcTime()> now = system_now;
  EventLog* log = nullptr;  ///< null: silent
  /// What channels of kind `log` write to. Null: `log`; without either their messages wait.
  EventLog* notices = nullptr;
  ProgressSink progress;  ///< may be empty
  EngineKind engine = EngineKind::kColumnar;
  HttpClient* http = nullptr;  ///< null: a libcurl client of its own
  Variables variables;         ///< for secrets by environment and credential
  /// Called from another thread when a delivery has ended or a source's answer has come. Empty: a
  /// cycle waits for the answers that its sources are owed.
  std::function<void()> wake;
  std::int64_t snapshot_least = CycleParts().snapshot_least;  ///< see there
};

/// Owns everything that a running Tidewaiter has. start() is an ordered list of named steps; the
/// members are destroyed in reverse, always, so that a start that fails half-way cleans up too.
///
/// One thread at a time.
class App {
 public:
  /// Errors, and what the programs exit with: kInvalidInput (configuration or policies; each fault
  /// is in `diagnostics`), kRefused (state in use, ledger behind its lock, other log),
  /// kUnavailable, kCorruption. The state folder, keys and ledger are made if they are not there.
  /// `lock`: that of the state folder, where the caller has it already; it goes with the App.
  [[nodiscard]] static Result<std::unique_ptr<App>> start(
      Config config, AppOptions options, std::vector<Diagnostic>& diagnostics,
      std::optional<StateLock> lock = std::nullopt);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// One cycle over all sources, the head signed at its end; waits up to `delivery` for messages
  /// and cosignatures, and, where one is due, for a timestamp; `stop` ends the wait.
  /// Errors: also kUnavailable, if storage took not all of it; what it took is kept.
  [[nodiscard]] Result<CycleReport> run_once(const std::stop_token& stop,
                                             Duration delivery = Duration{10 * kSecond.us});

  /// Takes over another configuration: policies, sources, channels, log, sign interval. All or
  /// nothing: on any error (in `diagnostics`, or returned as kInvalidInput or kUnavailable) what
  /// was stays, but that what was published meanwhile is in the ledger. kRefused: state folder,
  /// reserve, threads and ledger paths cannot change while running, and paths of `policies` that
  /// name no file put no end to policies that are in force, which only `policies: []` does; a start
  /// refuses that too.
  [[nodiscard]] Result<void> reload(Config config, std::vector<Diagnostic>& diagnostics);

  /// Drops the days of records that are older than `retention.records`, by the clock and by what
  /// the sources that are not idle have drained, and that no finding has ever stood on. Nothing
  /// goes while the log has entries that are not judged, nor once a policy about clusters has been
  /// in force. Returns how many records went.
  [[nodiscard]] Result<std::int64_t> drop_old_records();

  /// Takes in what people have handed in about cases (daemon/app/acts.h): recorded or refused. An
  /// erasure that is due is carried out: all stores are closed for it and opened again, and the
  /// next cycle judges the log anew. One that could not be ended is tried again after an hour.
  /// Errors: those of take_acts(), and of a start.
  [[nodiscard]] Result<void> take_acts();

  /// Has cases merge and part as clusters did in what was judged since the last call
  /// (daemon/app/cluster_cases.h), and signs what was written. Errors: kUnavailable where it could
  /// not be written now, and then the next call tries again; those of the ledger.
  [[nodiscard]] Result<void> follow_clusters();

  /// Has policies look into the issues of published lists that are held now, and heed the
  /// clearances that hold: where there is another of either, or an issue was confirmed, the set
  /// comes into force with it. Errors: kUnavailable where
  /// the log has no room for it, and then the next call tries again; those of the log.
  [[nodiscard]] Result<void> look_into_lists();

  /// Has addresses looked up in the files that stand there now: one that was put there since, and
  /// is at rest, is opened, and where it cannot be, the former goes on to answer; the log says so.
  void renew_addresses();

  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] const PolicySet& policies() const { return policies_.set; }
  [[nodiscard]] Cycle& cycle() { return *cycle_; }
  [[nodiscard]] RecordLog& records() { return *records_; }
  [[nodiscard]] Ledger& ledger() { return *ledger_; }
  [[nodiscard]] Outbox& outbox() { return *outbox_; }
  [[nodiscard]] Timestamper& timestamper() { return *timestamper_; }
  [[nodiscard]] CosignatureCollector& witnesses() { return *witnesses_; }
  [[nodiscard]] const InitReport& made() const { return made_; }  ///< what start() had to make

 private:
  App(Config config, AppOptions options);

  /// Gives the cycle what people have ruled on links.
  [[nodiscard]] Result<void> note_rulings();
  /// Reads what people have cleared, for look_into_lists().
  [[nodiscard]] Result<void> note_clearances();

  void tell_acts(const TakenActs& done) const;
  void note_waiting_erasure(const std::optional<Error>& waits);
  /// What follows from acts that the ledger has: rulings for the cycle, erasures.
  [[nodiscard]] Result<void> follow_acts();

  /// Records what was published since, and holds the policies against it.
  [[nodiscard]] Result<void> take_publications(const LoadedPolicies& loaded);

  /// With no store open. What cannot be erased now is told, and waits for the next start.
  [[nodiscard]] Result<void> carry_out_erasures();
  [[nodiscard]] Result<void> open_ledger();
  /// Closes the stores, carries out, and opens again what was open.
  [[nodiscard]] Result<void> stop_to_erase();
  /// The same while the daemon runs. Errors: kRefused where it cannot go on.
  [[nodiscard]] Result<void> erase_now();

  [[nodiscard]] Result<void> start_policies(std::vector<Diagnostic>& diagnostics);
  void log_publication() const;
  [[nodiscard]] Result<void> start_state(std::vector<Diagnostic>& diagnostics);
  [[nodiscard]] Result<void> start_ledger(std::vector<Diagnostic>& diagnostics);
  [[nodiscard]] Result<void> start_records(std::vector<Diagnostic>& diagnostics);
  [[nodiscard]] Result<void> start_outbox(std::vector<Diagnostic>& diagnostics);
  [[nodiscard]] Result<void> start_timestamper(std::vector<Diagnostic>& diagnostics);
  [[nodiscard]] Result<void> start_witnesses(std::vector<Diagnostic>& diagnostics);
  [[nodiscard]] PushInbox* inbox() const;
  [[nodiscard]] bool listens_elsewhere(const Config& config) const;
  [[nodiscard]] Result<void> start_push(std::vector<Diagnostic>& diagnostics);
  [[nodiscard]] Result<void> start_cycle(std::vector<Diagnostic>& diagnostics);
  [[nodiscard]] Result<void> start_addresses(std::vector<Diagnostic>& diagnostics);
  void log_addresses(const std::vector<HeldAddressFile>& files) const;
  [[nodiscard]] Result<void> start_sources(std::vector<Diagnostic>& diagnostics);

  // In order of starting; destroyed from the last to the first.
  Config config_;
  AppOptions options_;
  LoadedPolicies policies_;
  PoliciesInForce in_force_;
  std::optional<StateLock> lock_;
  InitReport made_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<RecordLog> records_;
  std::unique_ptr<HttpClient> own_http_;
  std::unique_ptr<HttpClient> traced_http_;  ///< sends through own_http_
  ClusterCases cluster_cases_;
  std::unique_ptr<NoticeDesk> desk_;  ///< the outbox's gate
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<Timestamper> timestamper_;
  std::unique_ptr<CosignatureCollector> witnesses_;
  std::unique_ptr<PushService> push_;           ///< sources of the cycle take from its inbox
  std::shared_ptr<AddressEnricher> addresses_;  ///< asked by sources of the cycle; may be null
  std::unique_ptr<Cycle> cycle_;
  bool acts_followed_ = true;           ///< a start looks at what the acts that it finds ask for
  std::optional<UtcTime> erase_again_;  ///< when an erasure that waits is tried again
};

}  // namespace tidewaiter
