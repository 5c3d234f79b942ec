#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/notify/event_log.h"
#include "daemon/notify/outbox.h"
#include "daemon/pipeline/progress.h"
#include "daemon/sources/connector.h"
#include "policies/engine/evaluation.h"
#include "policies/language/cleared_policies.h"
#include "policies/language/policy.h"
#include "policies/language/synced_lists.h"
#include "storage/ledger/ledger.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

struct CompiledSet;  // daemon/pipeline/policy_documents.h
class Judge;
class SnapshotReader;

/// One configured source at work.
struct Source {
  SourceConfig config;
  std::unique_ptr<Connector> connector;
  bool stopped = false;                  ///< failed for good: waits for a reload
  std::optional<UtcTime> last_delivery;  ///< when it last added something to the log
  std::string failure = {};  ///< the kind of error that its last pull ended with; empty: none
};

/// A source that could not be pulled, or lost some of its input. `stopped`: it is not asked again
/// before a reload.
struct SourceFailure {
  std::string source;
  Error error;
  bool stopped = false;
};

/// What a cycle did.
struct CycleReport {
  std::int64_t pages = 0;
  std::int64_t added = 0;  ///< records new to the log
  std::int64_t revised = 0;
  std::int64_t duplicates = 0;
  std::int64_t quarantined = 0;
  std::int64_t entries = 0;  ///< log entries judged for the first time
  std::int64_t steps = 0;    ///< new in the ledger
  std::int64_t opened = 0;
  std::int64_t historical = 0;  ///< of the opened ones
  std::int64_t restated = 0;
  std::int64_t withdrawn = 0;
  std::int64_t closed = 0;
  std::int64_t gaps = 0;
  /// Steps of a log of which somebody was erased that fit no finding of the ledger, and are in
  /// nothing: people are told.
  std::int64_t unmatched = 0;
  std::vector<SourceFailure> failures;
  /// Storage that refused for now: a full disk, a volume that is away. What it was to take waits
  /// and is tried again by the next cycle; nothing is lost.
  std::optional<Error> paused;
  bool interrupted = false;  ///< stopped on request before the end
};

/// What a cycle works with. Pointers outlive the cycle; `log` and `outbox` may be null.
struct CycleParts {
  RecordLog* records = nullptr;
  Ledger* ledger = nullptr;
  EventLog* log = nullptr;
  Outbox* outbox = nullptr;
  std::function<UtcTime()> now;
  ProgressSink progress;              ///< may be empty
  std::vector<std::string> channels;  ///< names that messages may go to
  std::map<std::string, std::string> grouped =
      {};  ///< by channel: what its messages are grouped by
  Duration sign_every{10 * kSecond.us};
  EngineKind engine = EngineKind::kColumnar;
  std::size_t threads = 1;  ///< that judge a batch
  /// Bytes that evaluation may hold before policies forget what they hold; nothing: any number.
  std::optional<std::int64_t> state_at_most = {};
  /// What evaluation holds is not looked at again before so many entries more are judged.
  std::int64_t look_least = 65'536;
  /// Whether a pull waits for requests that its sources have out. False: it goes on without them,
  /// and whoever runs the cycle is woken by the sources when they have something.
  bool patient = true;
  bool published_only = false;  ///< only published policies come into force: activations say so
  /// What stands in the log where ids of erased subjects stood (storage/records/erase_records.h).
  std::set<std::string> erased = {};
  /// A set that this process has compiled, or null: what the log has of the same documents is not
  /// compiled again. Cycle::set_policies() puts another in its place.
  std::shared_ptr<const CompiledSet> compiled = {};  // shared: what it was may be judged still
  /// Where snapshots of evaluation stand; empty: none are kept.
  std::filesystem::path snapshot = {};
  Duration snapshot_every{kHour.us};  ///< at the most; 0: none is written
  /// A snapshot is not worth its file while fewer entries than this would be judged again.
  std::int64_t snapshot_least = 20'000;
  /// None is written that leaves the file system fewer free bytes than this.
  std::int64_t snapshot_reserve = 0;
};

/// The whole way of a record, end to end: the file to read first.
///
///   pull     each due source, page by page, into the record log (page and cursor: one transaction)
///   judge    the log from where evaluation stands to its head, chunk by chunk
///   commit   steps, offset, messages and coverage into the ledger (one transaction)
///   sign     the ledger's head, when something is new and the last signature is old enough
///   deliver  messages, by a thread of their own
///
/// A kill at any instruction loses nothing and doubles nothing: pages are told apart by their
/// cursor and their records' identities; what evaluation knows is taken up from a snapshot or
/// rebuilt from the log, and its steps at or below the ledger's offset are dropped, for they are in
/// the ledger.
///
/// One thread at a time. Errors that return from a method are fatal to the process: storage that
/// refuses or contradicts itself. A source's own errors, and storage that is unavailable for now
/// (kUnavailable on append, commit or sign), are in the report.
class Cycle {
 public:
  /// Checks that the ledger's position lies in this log. Errors: kRefused if the log is another
  /// one, shorter than the ledger's offset, or has another hash there.
  [[nodiscard]] static Result<std::unique_ptr<Cycle>> resume(CycleParts parts);
  ~Cycle();

  /// Fills in when something last came from each of these sources.
  [[nodiscard]] Result<void> tell_last_deliveries(std::vector<Source>& sources) const;
  /// Puts other sources in the place of those there are; all of them count as not stopped. The next
  /// pull says in the log which of those that have stated coverage are not among them any more, and
  /// how long each takes to settle.
  void set_sources(std::vector<Source> sources);

  /// Makes `set`, compiled from `texts`, these issues and these clearances, the one in force: an
  /// entry of the log, if the log's active set is another. The next judge() comes to it. The log
  /// keeps the issues already (RecordLog::keep_list_issue).
  [[nodiscard]] Result<void> set_policies(std::span<const PolicyText> texts, const PolicySet& set,
                                          const SyncedLists& lists = {},
                                          std::span<const PolicyClearance> clearances = {});
  /// Policies, by id, that the last set_policies() put in force with another meaning under the
  /// version that they had before.
  [[nodiscard]] const std::vector<std::string>& versions_not_raised() const {
    return versions_not_raised_;
  }

  /// What people have ruled on links, in the order in which it began to hold. The next pull tells
  /// the log those that it does not have.
  void set_rulings(std::vector<LinkRuled> rulings) { rulings_ = std::move(rulings); }

  /// Brings evaluation to the log's head, and the ledger with it.
  [[nodiscard]] Result<void> judge(const std::stop_token& stop, CycleReport& report);
  /// REQUIRES: the whole log is judged: what an eviction says, it says of all that stands before
  /// it.
  [[nodiscard]] Result<bool> evict_beyond_limit();
  [[nodiscard]] Result<void> judge_to_head(const std::stop_token& stop, CycleReport& report);

  /// Pulls the sources named in `due` (all, if null), and those for which an answer has come since,
  /// judging as it goes.
  [[nodiscard]] Result<void> pull(const std::set<std::string>* due, const std::stop_token& stop,
                                  CycleReport& report);

  /// One cycle: pull, judge, sign when due, deliver what can be. While the ledger cannot be
  /// written nothing more is pulled.
  [[nodiscard]] Result<CycleReport> run(const std::set<std::string>* due,
                                        const std::stop_token& stop);

  /// Signs the head if it is not signed. Errors: also kUnavailable.
  [[nodiscard]] Result<Checkpoint> sign();
  /// When the next signature is due; nothing if the head is signed.
  [[nodiscard]] std::optional<UtcTime> sign_due() const;

  /// Writes a snapshot of evaluation if one is kept, enough has been judged since the last, and
  /// what is judged is committed; run() does it too, at most every `snapshot_every`. One that
  /// cannot be written is told to the log: it is a cache.
  void save_snapshot();

  /// Writes one event of the program into the ledger: "daemon.started". Errors: also kUnavailable;
  /// then it waits for the next cycle.
  [[nodiscard]] Result<void> record_event(std::string type, std::string fields);

  void set_channels(std::vector<std::string> channels,
                    std::map<std::string, std::string> grouped = {});
  void set_published_only(bool only) { parts_.published_only = only; }
  void set_sign_every(Duration every) { parts_.sign_every = every; }
  void set_snapshot_every(Duration every) { parts_.snapshot_every = every; }
  [[nodiscard]] const std::vector<Source>& sources() const { return sources_; }
  /// Whether the log says that the source is idle, or removed: it holds nothing back.
  [[nodiscard]] bool is_idle(const std::string& source) const;
  /// See Judge.
  [[nodiscard]] bool has_judged_clusters() const;
  [[nodiscard]] std::vector<PolicyCoverage> coverage() const;

 private:
  explicit Cycle(CycleParts parts);
  /// A judge that goes on from a snapshot, or begins at the log's first entry.
  [[nodiscard]] Result<void> make_judge(const LogOffset& committed);
  [[nodiscard]] bool keeps_snapshots() const;
  /// Null: there is none, or it is of no use.
  [[nodiscard]] std::unique_ptr<SnapshotReader> open_snapshot();
  void take_up(SnapshotReader& snapshot);
  void discard_snapshot(const Error& why);
  void tell_snapshot(std::string_view event, const Error& why) const;
  [[nodiscard]] bool has_room_for_snapshot() const;
  void save_snapshot_when_due();
  void compare_versions(const Digest& former, std::span<const PolicyText> texts);
  [[nodiscard]] Result<void> pull_source(Source& source, const std::stop_token& stop,
                                         CycleReport& report);
  [[nodiscard]] Result<bool> take_page(Source& source, std::string& cursor, Page page,
                                       CycleReport& report);
  [[nodiscard]] Result<void> source_failed(Source& source, const Error& error, CycleReport& report);
  [[nodiscard]] Result<void> note_idle(Source& source);
  [[nodiscard]] Result<void> note_gap(const Source& source);
  [[nodiscard]] Result<void> note_sources(const std::stop_token& stop);
  [[nodiscard]] Result<void> note_rulings();
  [[nodiscard]] Result<void> note_removed();
  [[nodiscard]] Result<void> note_settling();
  [[nodiscard]] Result<void> note_events();
  [[nodiscard]] Result<void> deliver(CycleReport& report);
  [[nodiscard]] Result<void> note_growth();
  [[nodiscard]] Result<void> or_pause(const Error& error, std::string_view doing,
                                      CycleReport& report);
  void resumed();
  void tell_restated(const Source& source, const PageReceipt& receipt) const;
  void tell_pull(const Source& source, UtcTime start, const CycleReport& before,
                 const CycleReport& report) const;

  CycleParts parts_;
  std::unique_ptr<Judge> judge_;
  std::vector<Source> sources_;
  std::vector<LinkRuled> rulings_;
  std::vector<std::string> versions_not_raised_;
  std::optional<UtcTime> last_sign_;      ///< the last attempt
  std::optional<UtcTime> last_snapshot_;  ///< likewise, or when one was taken up
  bool unsigned_ = false;
  bool sources_told_ = false;          ///< the log says of sources_ what it has to know
  std::vector<LedgerEvent> events_;    ///< not in the ledger yet
  std::optional<UtcTime> pause_told_;  ///< when a pause was logged last; nothing: none is on
};

}  // namespace tidewaiter
