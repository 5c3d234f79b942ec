#include "storage/ledger/signed_heads.h"

#include <string>
#include <utility>

#include "storage/ledger/signer.h"
#include "storage/ledger/tree_store.h"

namespace tidewaiter {
namespace {

std::string entries(std::int64_t size) { return std::to_string(size) + " entries"; }

Result<Checkpoint> open_head(const std::string& note, const VerifierKey& key,
                             const std::string& whose) {
  auto head = open_checkpoint(note, key);
  if (head) return head;
  return fail(ErrorCode::kCorruption, whose + " cannot be used: " + head.error().message);
}

Result<void> check_tree(LedgerStore& store, const TreeHead& locked) {
  const auto size = store.size();
  if (!size) return tl::unexpected(size.error());
  if (*size < locked.size) {
    return fail(ErrorCode::kRefused,
                "the ledger is behind its lock store: an older copy was put "
                "back or the tail was cut; the locked head has " +
                    entries(locked.size) + ", the database " + std::to_string(*size));
  }
  const auto head = tree_head(store, locked.size);
  if (!head) return tl::unexpected(head.error());
  if (head->root != locked.root) {
    return fail(ErrorCode::kRefused, "the ledger's first " + entries(locked.size) +
                                         " have another root than the head in the lock "
                                         "store: they were changed, or the log has forked");
  }
  return {};
}

/// Judges the numbers: the database has heads 1 to `last`, and lacks at most the locked one.
Result<void> check_numbers(std::int64_t count, std::int64_t last, std::int64_t locked) {
  if (count == last && last + 1 >= locked) return {};
  return fail(ErrorCode::kRefused, "the lock store holds signed head " + std::to_string(locked) +
                                       ", the database " + std::to_string(count) +
                                       " heads up to number " + std::to_string(last) +
                                       ": signed heads were removed from it");
}

}  // namespace

Result<LastHead> check_signed_heads(LedgerStore& store, const LockStore& lock,
                                    const VerifierKey& key) {
  const auto in_lock = lock.head();
  if (!in_lock) return tl::unexpected(in_lock.error());
  if (in_lock->note.empty()) {
    return fail(ErrorCode::kRefused,
                "the lock store holds no head, which every ledger has from its creation on: an "
                "older copy of the lock store was put back, or it was emptied");
  }
  auto locked = open_head(in_lock->note, key, "the head in the lock store");
  if (!locked) return tl::unexpected(locked.error());
  const auto stored = store.last_checkpoint();
  if (!stored) return tl::unexpected(stored.error());
  if (*stored) {
    const auto opened = open_head((*stored)->checkpoint.note, key, "the last stored checkpoint");
    if (!opened) return tl::unexpected(opened.error());
  }
  if (auto same = check_tree(store, locked->head); !same) return tl::unexpected(same.error());

  const std::int64_t last = *stored ? (*stored)->number : 0;
  const std::int64_t size = *stored ? (*stored)->checkpoint.head.size : 0;
  const bool is_stored = *stored && (*stored)->checkpoint.note == in_lock->note;
  if (last > in_lock->number || (!is_stored && size >= locked->head.size)) {
    return fail(ErrorCode::kRefused,
                "the database has signed head " + std::to_string(last) + " of " + entries(size) +
                    ", the lock store head " + std::to_string(in_lock->number) + " of " +
                    entries(locked->head.size) + ": an older copy of the lock store was put back");
  }
  const auto count = store.count_checkpoints();
  if (!count) return tl::unexpected(count.error());
  if (auto whole = check_numbers(*count, last, in_lock->number); !whole) {
    return tl::unexpected(whole.error());
  }
  if (is_stored != (last == in_lock->number)) {
    return fail(ErrorCode::kRefused,
                "the database and the lock store have different heads of number " +
                    std::to_string(in_lock->number));
  }
  return LastHead{{in_lock->number, std::move(*locked)}, is_stored};
}

}  // namespace tidewaiter
