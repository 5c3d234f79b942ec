#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policies/model/time.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/former_ledger.h"
#include "storage/ledger/trust_policy.h"

namespace tidewaiter {

class TimestampAuthorities;
struct StoredTimestamp;

/// What a check of a ledger found, by the kind of failure, the worst first, but for kQuorum, which
/// is the least: it is the verdict only where all else holds. Each has an exit code of its own
/// (docs/ledger-format.md).
enum class VerifyFailure : std::uint8_t {
  kNone,
  kUnreadable,  ///< not a ledger database, not readable, or damaged as a SQLite file
  kSchema,      ///< tables, triggers or stored settings differ from the format's
  kEntry,       ///< an entry's bytes, form or index
  kTree,        ///< a stored tree node
  kHead,        ///< a stored head or checkpoint
  kSignature,   ///< a checkpoint's signature
  kLock,        ///< the lock store contradicts the database: older copy, cut tail, fork
  kProjection,  ///< findings, steps or disclosures differ from what the entries say
  kUnsigned,    ///< entries at the end that no checkpoint covers; only if VerifyInput::all_signed
  kQuorum,      ///< no valid checkpoint has the cosignatures that the trust policy asks for
  kTimestamp,   ///< a time-stamp token does not hold, or none is there to be checked
};

struct VerifyProblem {
  VerifyFailure failure = VerifyFailure::kNone;
  std::int64_t index = -1;  ///< the first bad entry, where one can be named
  std::string message;      ///< one line for people, safe for a terminal
};

/// A head that an authority has seen.
struct TimestampedHead {
  std::int64_t size = 0;  ///< entries under it
  UtcTime time;
  Duration accuracy;      ///< how far the true time may lie on either side; 0: not stated
  std::string authority;  ///< subject of its certificate: not safe for a terminal
  UtcTime expires;        ///< end of that certificate
};

/// A witness that cosigned a head.
struct Cosigner {
  std::string name;
  std::int64_t seconds = 0;  ///< since 1970, as the witness says
};

/// A head whose cosignatures are what a trust policy asks for.
struct WitnessedHead {
  std::int64_t size = 0;  ///< 0: there is none
  std::vector<Cosigner> cosigners;
};

struct VerifyReport {
  std::string origin;                   ///< as the database has it: not safe for a terminal
  std::optional<FormerLedger> follows;  ///< the ledger that this one goes on for, as entry 0 has it
  TreeHead head;                        ///< re-derived from the entries
  std::int64_t signed_size =
      0;  ///< size of the last valid checkpoint; nothing shows who wrote the entries after it
  /// Absent without a trust policy, and with one whose quorum is nobody.
  std::optional<WitnessedHead> witnessed;
  /// Worst first, so that kQuorum is in front only if it is alone. Empty: nothing contradicts the
  /// entries.
  std::vector<VerifyProblem> problems;
  std::vector<std::string> notes;  ///< what was not checked, and why
  /// Tokens that hold, by size and then by time; absent without VerifyInput::authorities.
  std::optional<std::vector<TimestampedHead>> timestamps;
  [[nodiscard]] bool ok() const { return problems.empty(); }
  /// How many entries a checkpoint covers that is valid: signed, and witnessed if that is asked.
  [[nodiscard]] std::int64_t covered_size() const {
    return witnessed ? std::min(witnessed->size, signed_size) : signed_size;
  }
};

struct VerifyInput {
  std::filesystem::path database;
  std::optional<std::filesystem::path> lock;  ///< absent: not compared, and said so
  /// C2SP vkey, from outside the database. Empty: the key that the ledger names for itself is
  /// taken, and said so; that shows nothing about who signed.
  std::string verifier_key;
  bool all_signed = false;  ///< entries that no checkpoint covers are a problem, not a note
  /// Trust root from outside: the logs' keys, of which `verifier_key` stands for those of a policy
  /// that lists none, and whose cosignatures make a checkpoint valid.
  std::optional<TrustPolicy> policy = std::nullopt;
  /// The last checkpoint with its cosignatures, which a database does not hold.
  std::optional<std::filesystem::path> witnessed = std::nullopt;
  /// Whom time-stamp tokens are believed of; they lie in `timestamps` beside the database. Outlives
  /// the call. Null: not judged, and said so.
  const TimestampAuthorities* authorities = nullptr;
  std::filesystem::path timestamps = {};  ///< the folder of tokens, where it lies elsewhere
  /// The tokens, of whoever copied a server's tables and read them before: one that came since is
  /// of a head that the copy does not have. Absent: they are read from the folder.
  std::shared_ptr<const Result<std::vector<StoredTimestamp>>> tokens = nullptr;
};

/// Re-derives everything that the ledger says from its entries: form of each entry, leaf hashes,
/// tree nodes, roots of every stored checkpoint, signatures, projections, and the lock store.
/// Changes no file and puts none beside them: a database with a WAL or a journal is copied into a
/// folder for temporary files first, which needs as much room as they take. Links no network code.
/// What it does not cover is listed in docs/ledger-format.md. Of each kind of failure the first
/// twenty problems are listed. Where there are two cores a second thread runs meanwhile, on a
/// connection of its own; the report is the same without it. Memory grows with the findings, by
/// some 400 bytes each, and with the steps, by 40.
[[nodiscard]] VerifyReport verify_ledger(const VerifyInput& input);

}  // namespace tidewaiter
