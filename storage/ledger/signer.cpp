#include "storage/ledger/signer.h"

#include <span>
#include <string_view>
#include <utility>

#include "storage/ledger/merkle.h"
#include "storage/ledger/tree_store.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> differs(std::int64_t index, std::string_view what) {
  return fail(ErrorCode::kCorruption, "entry " + std::to_string(index) + " of the ledger " +
                                          std::string(what) + "; nothing is signed");
}

/// Where the re-reading starts: the subtrees of the last signed tree.
Result<CompactRange> signed_range(LedgerStore& store, const std::optional<TreeHead>& last) {
  if (!last) return CompactRange();
  auto range = CompactRange::load(last->size, node_reader(store));
  if (range && range->root() != last->root) {
    return fail(ErrorCode::kCorruption,
                "the ledger's tree no longer has the root that was signed for " +
                    std::to_string(last->size) + " entries");
  }
  return range;
}

}  // namespace

Result<Checkpoint> open_checkpoint(const std::string& note, const VerifierKey& key) {
  const auto opened = verify_note(note, std::span(&key, 1));
  if (!opened) return tl::unexpected(opened.error());
  auto checkpoint = parse_checkpoint_body(opened->text);
  if (!checkpoint) return checkpoint;
  if (checkpoint->origin != key.name) {
    return fail(ErrorCode::kRefused, "a checkpoint of the origin `" + checkpoint->origin +
                                         "` is not one of `" + key.name + "`");
  }
  checkpoint->note = note;
  return checkpoint;
}

Result<CompactRange> rederive_tree(const LedgerStore& store, const std::optional<TreeHead>& last) {
  const auto again = store.connect_again();
  if (!again) return tl::unexpected(again.error());
  CompactRange range;
  const auto take = [&range](const StoredEntry& entry) -> Result<void> {
    if (entry.index != range.size()) return differs(range.size(), "is missing");
    if (append_leaf(range, leaf_hash(entry.body)) == entry.nodes) return {};
    return differs(entry.index, "has other bytes on disk than were hashed");
  };
  const auto read = (*again)->in_snapshot([&]() -> Result<void> {
    auto from = signed_range(**again, last);
    if (!from) return tl::unexpected(from.error());
    range = std::move(*from);
    return (*again)->read_entries(range.size(), take);
  });
  if (!read) return tl::unexpected(read.error());
  return range;
}

Result<Checkpoint> publish_head(Checkpoint head, const NumberedNote& last, const HeadRecord& to,
                                UtcTime now) {
  auto note = sign_note(checkpoint_body(head.origin, head.head), head.origin, to.key);
  if (!note) return tl::unexpected(note.error());
  head.note = std::move(*note);
  const NumberedCheckpoint signed_head{last.number + 1, std::move(head)};
  if (auto swapped = to.lock.swap(last, {signed_head.number, signed_head.checkpoint.note});
      !swapped) {
    return tl::unexpected(swapped.error());
  }
  if (auto stored = to.store.put_checkpoint(signed_head, now); !stored) {
    return tl::unexpected(stored.error());
  }
  return signed_head.checkpoint;
}

}  // namespace tidewaiter
