#include "storage/verify/head_check.h"

#include <algorithm>

#include "storage/verify/ledger_file.h"

namespace tidewaiter {

namespace {

/// Checks one stored checkpoint; true if it holds. What it can only be told not to fit because
/// entries could not be read is not told again.
bool check_head(const StoredHead& head, const DerivedTree& tree, ProblemList& problems) {
  const std::string name = "the checkpoint of size " + std::to_string(head.size);
  const Result<Checkpoint> checkpoint = read_head(head.note);
  if (!checkpoint) {
    problems.add(VerifyFailure::kHead, name + " cannot be read: " + checkpoint.error().message);
    return false;
  }
  bool holds = true;
  const auto refuse = [&](VerifyFailure failure, std::int64_t index, const std::string& why) {
    problems.add(failure, index, name + " " + why);
    holds = false;
  };
  if (checkpoint->head.size != head.size) {
    refuse(VerifyFailure::kHead, -1,
           "says " + std::to_string(checkpoint->head.size) + " in its note");
  }
  if (!tree.origin.empty() && checkpoint->origin != tree.origin) {
    refuse(VerifyFailure::kHead, -1, "is of the origin `" + checkpoint->origin.substr(0, 80) + "`");
  }
  const auto verified = tree.key ? verify_note(head.note, std::span(&*tree.key, 1))
                                 : Result<SignedNote>(fail(ErrorCode::kRefused, ""));
  if (head.size > tree.size && !tree.whole) {
    holds = false;
  } else if (head.size > tree.size) {
    refuse(VerifyFailure::kHead, tree.size,
           "covers more than the " + std::to_string(tree.size) + " entries: the tail was cut");
  } else if (const auto root = tree.roots.find(head.size);
             root == tree.roots.end() || root->second != checkpoint->head.root) {
    refuse(VerifyFailure::kHead, -1,
           std::string("has another root than the entries") +
               (verified ? ": one of its entries was changed" : ""));
  }
  if (tree.key && !verified) {
    refuse(VerifyFailure::kSignature, -1,
           "is not signed by the log's key: " + verified.error().message);
  }
  return holds;
}

/// Reports the checkpoints with the numbers first to last as missing; fewer than one means that the
/// numbers do not begin at 1.
void report_gap(std::int64_t first, std::int64_t last, ProblemList& problems) {
  if (last < first) {
    problems.add(VerifyFailure::kHead, "the numbers of the checkpoints do not begin at 1");
    return;
  }
  problems.add(VerifyFailure::kHead, "the checkpoints with the numbers " + std::to_string(first) +
                                         " to " + std::to_string(last) + " are missing");
}

/// The tree and the lock store agree; the rows of `checkpoint` may lack the locked head alone,
/// which then has the next number.
void check_locked_number(std::int64_t locked, bool is_stored, const std::vector<StoredHead>& heads,
                         ProblemList& problems) {
  const std::int64_t last = heads.empty() ? 0 : heads.back().number;
  if (locked == (is_stored ? last : last + 1)) return;
  problems.add(
      VerifyFailure::kLock,
      "the lock store holds signed head " + std::to_string(locked) +
          (is_stored ? ", the database has the same one under the number "
                     : ", the last checkpoint of the database, an older one, has the number ") +
          std::to_string(last) +
          (locked > last ? ": checkpoints were removed" : ": the numbers were changed"));
}

}  // namespace

std::vector<StoredHead> read_checkpoints(SQLite::Database& database) {
  std::vector<StoredHead> heads;
  SQLite::Statement select(database, "SELECT number, size, note FROM checkpoint ORDER BY number");
  while (select.executeStep()) {
    heads.push_back({select.getColumn(0).getInt64(), select.getColumn(1).getInt64(),
                     select.getColumn(2).getString()});
  }
  return heads;
}

Result<Checkpoint> read_head(const std::string& note) {
  const Result<SignedNote> parsed = parse_signed_note(note);
  if (!parsed) return tl::unexpected(parsed.error());
  if (parsed->signatures.size() != 1) {
    return fail(ErrorCode::kInvalidInput, "it has more than one signature");
  }
  return parse_checkpoint_body(parsed->text);
}

std::optional<std::int64_t> claimed_size(const std::string& note) {
  const Result<Checkpoint> head = read_head(note);
  return head ? std::optional(head->head.size) : std::nullopt;
}

std::int64_t check_checkpoints(const std::vector<StoredHead>& heads, const DerivedTree& tree,
                               ProblemList& problems) {
  std::int64_t signed_size = 0;
  std::int64_t last = 0;
  std::int64_t number = 0;
  for (const StoredHead& head : heads) {
    if (head.number != number + 1) report_gap(number + 1, head.number - 1, problems);
    number = head.number;
    if (head.size <= last) {
      problems.add(VerifyFailure::kHead,
                   "the sizes of the checkpoints do not rise at " + std::to_string(head.size));
    }
    last = head.size;
    if (check_head(head, tree, problems)) signed_size = std::max(signed_size, head.size);
  }
  return signed_size;
}

std::optional<LockContent> read_lock(const std::filesystem::path& path, ProblemList& problems) {
  const auto refuse = [&problems](const std::string& why) {
    problems.add(VerifyFailure::kLock, "the lock store cannot be used: " + why);
    return std::nullopt;
  };
  const Result<OpenedFile> opened = open_for_verification(path);
  if (!opened) return refuse(opened.error().message);
  try {
    const bool holds =
        check_tables(*opened->database, LedgerFileKind::kLock, VerifyFailure::kLock, problems);
    check_integrity(*opened->database, VerifyFailure::kLock, problems);
    if (!holds) return std::nullopt;
    SQLite::Statement select(*opened->database, "SELECT origin, number, note FROM head");
    if (!select.executeStep()) return refuse("it has no row");
    LockContent lock{select.getColumn(0).getString(),
                     {select.getColumn(1).getInt64(), select.getColumn(2).getString()}};
    if (select.executeStep()) return refuse("it has more than one row");
    return lock;
  } catch (const SQLite::Exception& e) {
    return refuse(e.what());
  }
}

std::int64_t check_lock(const LockContent& lock, const std::vector<StoredHead>& heads,
                        const DerivedTree& tree, ProblemList& problems) {
  const auto refuse = [&problems](std::int64_t index, const std::string& why) {
    problems.add(VerifyFailure::kLock, index, why);
    return std::int64_t{0};
  };
  const std::int64_t stored = heads.empty() ? 0 : heads.back().size;
  if (lock.origin != tree.origin) {
    return refuse(-1, "the lock store belongs to the origin `" + lock.origin.substr(0, 80) + "`");
  }
  if (lock.head.note.empty()) {
    return refuse(-1,
                  "the lock store holds no head, which every ledger has from its creation on: an "
                  "older lock store was put back, or it was emptied");
  }
  const Result<Checkpoint> head = read_head(lock.head.note);
  if (!head)
    return refuse(-1, "the head in the lock store cannot be read: " + head.error().message);
  if (tree.key) {
    const auto verified = verify_note(lock.head.note, std::span(&*tree.key, 1));
    if (!verified) {
      return refuse(-1, "the head in the lock store is not signed by the log's key: " +
                            verified.error().message);
    }
  }
  const std::int64_t locked = head->head.size;
  const std::string sizes = "the lock store holds a head of size " + std::to_string(locked);
  if (head->origin != tree.origin) {
    return refuse(
        -1, "the head in the lock store is of the origin `" + head->origin.substr(0, 80) + "`");
  }
  if (locked > tree.size) {
    return refuse(tree.size, sizes + ", the database has " + std::to_string(tree.size) +
                                 " entries: an older copy was put back, or the tail was cut");
  }
  const auto root = tree.roots.find(locked);
  if (root == tree.roots.end() || root->second != head->head.root) {
    return refuse(-1, sizes +
                          ", and the entries have another root there: they were changed, or "
                          "the log has forked");
  }
  if (locked < stored) {
    return refuse(-1, sizes + ", the database one of size " + std::to_string(stored) +
                          ": an older lock store was put back");
  }
  if (locked == stored && heads.back().note != lock.head.note) {
    return refuse(-1, sizes + ", and the database another note of that size");
  }
  check_locked_number(lock.head.number, locked == stored, heads, problems);
  return locked;
}

}  // namespace tidewaiter
