#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/ledger/checkpoint.h"
#include "storage/ledger/signed_note.h"
#include "storage/verify/problem_list.h"

namespace tidewaiter {

/// What heads are compared with.
struct DerivedTree {
  std::string origin;     ///< of entry 0
  std::int64_t size = 0;  ///< entries that were read
  /// False: more entries may be there, behind one that could not be read, which was reported.
  bool whole = true;
  std::map<std::int64_t, Digest> roots;  ///< at the sizes of the stored heads
  std::optional<VerifierKey> key;        ///< absent: none is known, which was reported
};

/// A row of `checkpoint`.
struct StoredHead {
  std::int64_t number = 0;  ///< as the row says
  std::int64_t size = 0;    ///< as the row says
  std::string note;
};

/// The rows of `checkpoint` by their numbers. SQLite's exceptions pass through.
[[nodiscard]] std::vector<StoredHead> read_checkpoints(SQLite::Database& database);

/// Reads a note by the format: one signature, a checkpoint's body. Judges nothing of it.
/// Errors: kInvalidInput.
[[nodiscard]] Result<Checkpoint> read_head(const std::string& note);

/// The size that a note claims, without judging it; absent if it cannot be read.
[[nodiscard]] std::optional<std::int64_t> claimed_size(const std::string& note);

/// Checks every stored checkpoint, and that none is missing in front of another; returns the size
/// of the last valid one.
[[nodiscard]] std::int64_t check_checkpoints(const std::vector<StoredHead>& heads,
                                             const DerivedTree& tree, ProblemList& problems);

/// What the lock store holds.
struct LockContent {
  std::string origin;
  NumberedNote head;  ///< empty only inside the ledger's creation
};

/// Reads lock.db and checks its schema. Absent if it cannot be read, which is reported.
[[nodiscard]] std::optional<LockContent> read_lock(const std::filesystem::path& path,
                                                   ProblemList& problems);

/// Compares the lock store with the entries and the stored checkpoints. Returns the locked size,
/// 0 if the lock store holds no valid head.
[[nodiscard]] std::int64_t check_lock(const LockContent& lock, const std::vector<StoredHead>& heads,
                                      const DerivedTree& tree, ProblemList& problems);

}  // namespace tidewaiter
