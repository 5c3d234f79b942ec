#pragma once

#include <cstdint>
#include <string>

#include "policies/model/error.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/ledger_store.h"
#include "storage/ledger/merkle.h"

namespace tidewaiter {

// The tree in column `nodes` of table `entry`: row i holds the hashes of all complete subtrees
// that end with leaf i, from level 0 up (docs/ledger-format.md §2).

/// Where a node lies: the row that its subtree ends with, and its first byte in `nodes`.
struct NodePlace {
  std::int64_t row = 0;
  std::int64_t byte = 0;
};
[[nodiscard]] NodePlace place_of(NodeId node);

/// The error for a node that is not at its place: kCorruption.
[[nodiscard]] tl::unexpected<Error> missing_node(NodeId node);

/// Reads nodes through `store`, which outlives the reader.
[[nodiscard]] NodeReader node_reader(LedgerStore& store);

/// The head of the log's first `size` entries, from stored nodes. Errors: those of the store.
[[nodiscard]] Result<TreeHead> tree_head(LedgerStore& store, std::int64_t size);

/// Appends a leaf; gives the column `nodes` of its row.
[[nodiscard]] std::string append_leaf(CompactRange& range, const Digest& leaf);

}  // namespace tidewaiter
