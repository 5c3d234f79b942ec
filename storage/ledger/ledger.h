#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/finding.h"
#include "policies/model/log.h"
#include "storage/evidence/disclosure.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/former_ledger.h"
#include "storage/ledger/merkle.h"

namespace tidewaiter {

class LedgerServer;

/// Where a ledger's parts lie. `lock` belongs on another volume than `database`.
struct LedgerPaths {
  std::filesystem::path database;  ///< ledger.db; nothing lies there if there is a `server`
  std::filesystem::path lock;      ///< lock.db: the last signed head, compare-and-swap
  std::filesystem::path key;       ///< Ed25519 seed, mode 0400, made by create()
  std::filesystem::path vault;     ///< vault.db: per-subject keys, apart from the ledger
  /// The key that wraps those of the vault (storage/evidence/wrapping_key.h); empty: they lie
  /// plain.
  std::filesystem::path vault_key = {};
  /// Keeps the tables in the place of `database`; null: they are that file. Shared, for paths are
  /// values that many hold, and it opens nothing by itself (storage/ledger/ledger_server.h).
  std::shared_ptr<const LedgerServer> server = nullptr;
};

/// Where the tables are, for people: the file, or the server's name.
[[nodiscard]] std::string place_of_tables(const LedgerPaths& paths);

/// Whether there is a ledger: its file, or its first row on a server. Errors: kUnavailable; those
/// of LedgerServer::has_ledger().
[[nodiscard]] Result<bool> has_ledger(const LedgerPaths& paths);

/// What can be done with a file alone. Errors: kRefused for a ledger on a server: `doing` cannot be
/// done there, and `instead` can.
[[nodiscard]] Result<void> require_file(const LedgerPaths& paths, std::string_view doing,
                                        std::string_view instead);

/// A message that must leave the house: committed with what it tells, sent later, marked when sent.
struct OutboxMessage {
  std::int64_t id = 0;
  std::string channel;  ///< a name from the configuration
  std::string body;     ///< JSON text
  UtcTime queued = {};  ///< by the clock of the commit; of one that is handed in: not said
};

/// A message of the outbox that is about a finding.
struct NoticedMessage {
  std::int64_t id = 0;
  std::string channel;
  std::string finding;  ///< empty: it names none
};

/// Something that is not a finding's step: "daemon.started", "policy.published", "config.changed".
/// `fields` is a JSON object of open members (no personal data).
struct LedgerEvent {
  std::string type;
  std::string fields;
};

/// One transaction of the pipeline.
struct LedgerCommit {
  std::vector<LedgerEvent> events;  ///< come before the steps
  std::vector<Step> steps;  ///< in order; those at or below the committed offset are refused
  std::optional<LogOffset> offset;  ///< new evaluator offset, not below the old one; steps need it
  std::string log_id;               ///< of the record log that the offset is in
  std::vector<OutboxMessage> outbox;  ///< ids are given by the ledger
  std::string coverage;               ///< JSON text for `status`; empty: unchanged
};

struct LedgerReceipt {
  std::int64_t first_index = 0;  ///< index of the first new entry
  std::int64_t size = 0;         ///< tree size after it
};

/// A finding as its entries leave it.
struct FindingState {
  std::string id;
  StepKind state = StepKind::kOpened;  ///< its last step
  bool ended = false;  ///< closed, and its run is still the one that it was closed with
  std::string policy;
  std::int64_t policy_version = 0;
  Digest policy_hash;
  Severity severity = Severity::kLow;
  std::string subject;  ///< to_text(Subject); empty if erased
  Interval run;
  std::int64_t windows = 0;
  std::vector<Figure> figures;
  bool historical = false;
  std::string reason;
  std::vector<std::int64_t> evidence;          ///< sequence numbers of records, or else
  std::vector<std::string> evidence_findings;  ///< ids of findings
  std::int64_t evidence_total = 0;
  EvidenceChoice evidence_choice = EvidenceChoice::kFirst;
  std::int64_t opened_seq = 0;
  std::int32_t opened_ordinal = 0;
  UtcTime recorded;                   ///< `ts` of its first entry
  std::vector<std::int64_t> entries;  ///< ledger indices of its steps, in order
  /// Those of them that say nothing else than what was said: restatements because names of others
  /// were cleared (restatement_reason.h) with run, figures and severity as before, and ends of a
  /// run before such.
  std::vector<std::int64_t> unchanged;
};

struct FindingQuery {
  std::string policy;     ///< empty: any
  std::string subject;    ///< exact text; empty: any
  std::string id_prefix;  ///< empty: any
  std::optional<Severity> at_least;
  bool open_only = false;   ///< leaves out withdrawn ones
  std::int64_t limit = -1;  ///< -1: all
};

/// The ledger: an append-only RFC 6962 log of JCS entries with signed C2SP checkpoints, in one
/// SQLite file (WAL, synchronous=FULL), or in the tables of a LedgerServer. docs/ledger-format.md
/// is the byte grammar. A commit is durable when commit() returns; it is signed when sign() has
/// returned.
///
/// One process writes (see StateLock in daemon/app, and LedgerServer::open); one thread at a time
/// uses an object.
/// Errors: kUnavailable (disk full, locked), kCorruption, kRefused (a head behind or beside its
/// lock store, a newer schema, a step or offset that goes back).
class Ledger {
 public:
  enum class Mode : std::uint8_t { kReadWrite, kReadOnly };

  /// Makes an empty ledger with its key, lock store and vault, and signs its first entry; refuses
  /// if any of them is there. On a server the empty tables are there before. Killed before it
  /// returns it leaves parts behind: see creation.h. `origin` is the log's name in checkpoints:
  /// "tidewaiter.example.org/ledger", no spaces or '+'. `former`: the ledger that it goes on for,
  /// if there was one; what former_head() refuses is.
  [[nodiscard]] static Result<void> create(
      const LedgerPaths& paths, const std::string& origin, UtcTime now,
      const std::optional<FormerLedger>& former = std::nullopt);

  /// Opens. kReadWrite first reads every entry again through a second connection, hashes it and
  /// compares the whole tree, which takes about a second for half a million entries (bench_append,
  /// `open_writer`), then checks database and lock store against each other. It answers kCorruption
  /// naming the first entry that was removed or changed, or a head that the key did not sign, and
  /// kRefused with the reason if the database is behind its lock store or has another root at the
  /// locked size, if signed heads were removed, or if the lock store is older or empty.
  [[nodiscard]] static Result<std::unique_ptr<Ledger>> open(const LedgerPaths& paths, Mode mode);
  virtual ~Ledger() = default;

  /// One transaction: entries, tree nodes, projections, outbox and offset together.
  /// A subject that is named for the first time gets its key in the vault. Errors: kRefused if a
  /// finding names a subject already and the vault has no key for it.
  [[nodiscard]] virtual Result<LedgerReceipt> commit(const LedgerCommit& commit, UtcTime now) = 0;

  /// Re-reads what is new through a second connection, re-hashes it, signs the head and swaps it
  /// into the lock store, then stores it. Gives the signed checkpoint; does nothing new if the
  /// head is signed already.
  [[nodiscard]] virtual Result<Checkpoint> sign(UtcTime now) = 0;

  [[nodiscard]] virtual Result<TreeHead> head() const = 0;  ///< of the tree, signed or not
  [[nodiscard]] virtual Result<std::optional<Checkpoint>> signed_head() const = 0;
  [[nodiscard]] virtual const std::string& origin() const = 0;
  [[nodiscard]] virtual std::string verifier_key() const = 0;  ///< C2SP vkey

  /// The exact bytes of entry `index`. Errors: kNotFound.
  [[nodiscard]] virtual Result<std::string> entry(std::int64_t index) const = 0;
  /// What is told apart from entry `index`, by name; nothing for an entry that tells all, and where
  /// it was erased. Personal.
  [[nodiscard]] virtual Result<std::vector<Disclosure>> disclosures(std::int64_t index) const = 0;
  /// The node of a subtree that is complete in head(). Errors: kCorruption if there is none.
  [[nodiscard]] virtual Result<Digest> node(NodeId node) const = 0;
  [[nodiscard]] virtual Result<std::vector<Digest>> inclusion_proof(std::int64_t index,
                                                                    std::int64_t size) const = 0;
  [[nodiscard]] virtual Result<std::vector<Digest>> consistency_proof(std::int64_t old_size,
                                                                      std::int64_t size) const = 0;

  /// Where evaluation stands, and in which log; seq 0 before the first commit.
  struct Position {
    std::string log_id;
    LogOffset offset;
  };
  [[nodiscard]] virtual Result<Position> position() const = 0;

  /// Findings in the order in which they were opened.
  [[nodiscard]] virtual Result<std::vector<FindingState>> findings(
      const FindingQuery& query) const = 0;
  /// The earliest start of a run that any step of any finding has stated; nothing without findings.
  [[nodiscard]] virtual Result<std::optional<UtcTime>> earliest_run() const = 0;
  [[nodiscard]] virtual Result<std::string> coverage()
      const = 0;  ///< JSON text of the last commit that had one

  /// Messages that are not sent, oldest first: at most `limit` of each channel, so that a channel
  /// that takes nothing hides no other.
  [[nodiscard]] virtual Result<std::vector<OutboxMessage>> pending(std::int64_t limit) const = 0;
  /// Messages with a greater id than `last`, sent or not, oldest first.
  [[nodiscard]] virtual Result<std::vector<NoticedMessage>> messages_after(
      std::int64_t last) const = 0;
  [[nodiscard]] virtual Result<void> mark_sent(std::int64_t outbox_id, UtcTime now) = 0;
};

}  // namespace tidewaiter
