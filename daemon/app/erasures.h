#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/app/config.h"
#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/ledger/ledger.h"
#include "storage/review/erasure_book.h"

namespace tidewaiter {

// Erasures that two people have asked for, carried out (docs/operations.md, Holds and erasure).
// Each goes through these steps, in this order; whatever is interrupted is taken up again, and done
// once:
//
//   snapshot  of evaluation removed: it holds texts of records; and why messages did not go
//   rulings   told to records.db, all that it does not have yet: the words go that say them
//   records   written anew in records.db, with a token in the place of the subject's id
//   exhibits  that are kept of the subject's cases: their keys, then the files
//   words     of what people did about the subject's cases
//   ledger    what it discloses of the subject, and the subject's keys in the vault
//   compact   nothing is left of either in the databases' unused room and WALs
//   executed  the entry that says so, signed
//   request   the words of the request itself, which named the subject until here

/// Asked before each step: false leaves the rest for another time.
using GoOn = std::function<bool()>;

/// An erasure that was carried out.
struct DoneErasure {
  std::string id;
  std::int64_t entry = 0;  ///< index of its `erasure.executed`
  std::string token;
  std::int64_t records = 0;
  std::int64_t findings = 0;  ///< of these and those below what this process removed
  std::int64_t disclosures = 0;
  std::int64_t keys = 0;
  std::int64_t words = 0;
  std::int64_t exhibits = 0;  ///< whatever process destroyed them
  /// Why what attempts to attach have left is there still; empty: nothing is.
  std::string exhibits_left = {};
};

struct ErasureRun {
  std::vector<DoneErasure> done;
  bool interrupted = false;  ///< by `go_on`
  /// Why one of them could not be carried out now; it waits, and the stores fit each other.
  std::optional<Error> waits = std::nullopt;
};

/// What stands by erasures that two people have asked for.
struct DueErasures {
  bool any = false;            ///< that can be carried out, as far as is known beforehand
  std::optional<Error> waits;  ///< why another cannot: nobody knows whom it is about, or a hold
};

/// Whether a subject can be erased from where the ledger is. Errors: kRefused for one on a server,
/// which is told before anything is asked for or taken apart.
[[nodiscard]] Result<void> require_erasable(const LedgerPaths& paths);

/// Reads every entry.
[[nodiscard]] Result<DueErasures> due_erasures(const StatePaths& paths);

/// Carries out all that are due. The caller holds the state's lock and has none of its stores open.
/// On a server all wait. One waits where the words of its request are gone, and nobody knows whom
/// it is about; while somebody reads a store; and where there is no room. Errors: those of the
/// stores; after one the record log may be another than the ledger has judged, and nothing else may
/// be done before the next call has gone on.
[[nodiscard]] Result<ErasureRun> execute_erasures(const StatePaths& paths, UtcTime now,
                                                  const GoOn& go_on);

/// What an erasure of a subject would do now, and what speaks against it.
struct ErasurePlan {
  std::string subject;
  std::int64_t records = 0;
  std::int64_t findings = 0;
  std::int64_t disclosures = 0;
  std::int64_t exhibits = 0;                ///< that are kept
  std::vector<std::string> cases;           ///< whose words and exhibits go
  std::optional<Hold> hold;                 ///< keeps the subject
  std::optional<UtcTime> to_be_kept_until;  ///< its findings: despite_retention has to be said
  std::vector<std::string> reports;  ///< issued, in the state folder, that name it: they stay
  std::vector<std::string> drafts;   ///< likewise, not issued: their files go
};

/// Errors: kInvalidInput for a subject that is no id; those of the stores.
[[nodiscard]] Result<ErasurePlan> plan_erasure(const StatePaths& paths, const Ledger& ledger,
                                               const std::string& subject, UtcTime now);

/// Whether a text names a subject: its text, or its id where that is long enough not to be there by
/// chance, as a word of its own.
[[nodiscard]] bool mentions_subject(std::string_view text, std::string_view subject);

/// Whom a hold or an erasure is about, from the words of its first act; nothing where they are
/// gone.
[[nodiscard]] Result<std::optional<std::string>> subject_of(const std::filesystem::path& state,
                                                            const Act& act);

}  // namespace tidewaiter
