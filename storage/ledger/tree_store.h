#pragma once

#include <cstdint>
#include <string>

#include "policies/model/error.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/merkle.h"

namespace SQLite {
class Database;
}

namespace tidewaiter {

// The tree in column `nodes` of table `entry`: row i holds the hashes of all complete subtrees
// that end with leaf i, from level 0 up (docs/ledger-format.md §2).
// Errors of all that read: kCorruption for a node that is missing, kUnavailable.

/// How many entries the log has.
[[nodiscard]] Result<std::int64_t> tree_size(SQLite::Database& database);

/// Reads nodes through `database`, which outlives the reader.
[[nodiscard]] NodeReader node_reader(SQLite::Database& database);

/// The head of the log's first `size` entries, from stored nodes.
[[nodiscard]] Result<TreeHead> tree_head(SQLite::Database& database, std::int64_t size);

/// Appends a leaf; gives the column `nodes` of its row.
[[nodiscard]] std::string append_leaf(CompactRange& range, const Digest& leaf);

}  // namespace tidewaiter
