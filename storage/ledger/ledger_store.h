#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/ledger/commit_rules.h"
#include "storage/ledger/entry.h"
#include "storage/ledger/ledger.h"

namespace tidewaiter {

/// The one row of table `ledger`.
struct LedgerIdentity {
  std::string origin;
  std::string verifier_key;
};

/// What a commit writes, in order: the entries of its events, then those of its steps.
struct CommitRows {
  const LedgerCommit& commit;
  std::int64_t first = 0;  ///< index of the first entry
  std::span<const BuiltEntry> entries;
  std::span<const std::string> nodes;  ///< column `nodes` of each (tree_store.h)
  UtcTime ts;
};

/// A row of table `entry` as a second reader finds it. The bytes live until the next one.
struct StoredEntry {
  std::int64_t index = 0;
  std::string_view nodes;
  std::string_view body;
};

/// The tables of a ledger (docs/ledger-format.md §2), wherever they are kept. It asks and puts;
/// what may be put, and what is signed, is decided above it, once for all stores.
///
/// One thread at a time uses an object. What is put is durable when in_transaction() has returned,
/// or, outside of it, when the call has. Errors of all: kUnavailable (another try may do),
/// kCorruption, kRefused (a constraint).
class LedgerStore {
 public:
  virtual ~LedgerStore() = default;

  /// Another connection to the same tables, for reading: it shares no cache with this one.
  [[nodiscard]] virtual Result<std::unique_ptr<LedgerStore>> connect_again() const = 0;

  /// Runs `work` in one transaction that no other writer comes between; takes all back if it fails.
  using Work = std::function<Result<void>()>;
  [[nodiscard]] virtual Result<void> in_transaction(const Work& work) = 0;
  /// Runs `work` on one state of the tables, whoever writes meanwhile.
  [[nodiscard]] virtual Result<void> in_snapshot(const Work& work) = 0;

  [[nodiscard]] virtual Result<LedgerIdentity> identity() = 0;
  [[nodiscard]] virtual Result<std::int64_t> size() = 0;
  /// Errors: kCorruption for a node that is missing.
  [[nodiscard]] virtual Result<Digest> node(NodeId node) = 0;
  /// The bytes of an entry. Errors: kNotFound.
  [[nodiscard]] virtual Result<std::string> entry(std::int64_t index) = 0;
  /// Gives `take` every row from entry `from` on, by rising index; its first error ends the
  /// reading.
  [[nodiscard]] virtual Result<void> read_entries(
      std::int64_t from, const std::function<Result<void>(const StoredEntry&)>& take) = 0;
  /// By name.
  [[nodiscard]] virtual Result<std::vector<Disclosure>> disclosures(std::int64_t index) = 0;
  /// The checkpoint with the largest number, its signature not judged.
  [[nodiscard]] virtual Result<std::optional<NumberedCheckpoint>> last_checkpoint() = 0;
  [[nodiscard]] virtual Result<std::int64_t> count_checkpoints() = 0;
  [[nodiscard]] virtual Result<CommitBasis> basis() = 0;
  /// The id of a finding about `subject`, if there is one that names it. An empty subject is
  /// nobody.
  [[nodiscard]] virtual Result<std::optional<std::string>> finding_about(
      const std::string& subject) = 0;
  /// Ledger::findings().
  [[nodiscard]] virtual Result<std::vector<FindingState>> findings(const FindingQuery& query) = 0;
  /// Ledger::earliest_run(). Errors: kCorruption for a finding's entry without a run.
  [[nodiscard]] virtual Result<std::optional<UtcTime>> earliest_run() = 0;
  [[nodiscard]] virtual Result<std::string> coverage() = 0;
  /// Ledger::pending().
  [[nodiscard]] virtual Result<std::vector<OutboxMessage>> pending(std::int64_t limit) = 0;
  /// Messages with a greater id than `last`, sent or not, oldest first.
  [[nodiscard]] virtual Result<std::vector<NoticedMessage>> messages_after(std::int64_t last) = 0;

  /// The row that begins a ledger.
  [[nodiscard]] virtual Result<void> put_identity(const LedgerIdentity& identity, UtcTime now) = 0;
  /// Errors: kRefused for a finding that is opened twice, or goes on without having been opened.
  [[nodiscard]] virtual Result<void> put_commit(const CommitRows& rows) = 0;
  [[nodiscard]] virtual Result<void> put_checkpoint(const NumberedCheckpoint& signed_head,
                                                    UtcTime now) = 0;
  /// A message that was marked before keeps its first time. Errors: kNotFound.
  [[nodiscard]] virtual Result<void> mark_sent(std::int64_t outbox_id, UtcTime now) = 0;
};

}  // namespace tidewaiter
