#include "storage/ledger/tree_store.h"

#include <cstring>

#include <SQLiteCpp/SQLiteCpp.h>

#include "storage/sqlite/sqlite_error.h"

namespace tidewaiter {
namespace {

constexpr int kHashBytes = 32;

Result<Digest> read_node(SQLite::Database& database, NodeId id) {
  const std::int64_t row = ((id.index + 1) << id.level) - 1;
  try {
    SQLite::Statement select(database, "SELECT substr(nodes, ?, 32) FROM entry WHERE idx = ?");
    select.bind(1, kHashBytes * id.level + 1);
    select.bind(2, row);
    Digest digest;
    if (!select.executeStep() || select.getColumn(0).getBytes() != kHashBytes) {
      return fail(ErrorCode::kCorruption, "the ledger's tree has no node of level " +
                                              std::to_string(id.level) + " at entry " +
                                              std::to_string(row));
    }
    std::memcpy(digest.bytes.data(), select.getColumn(0).getBlob(), digest.bytes.size());
    return digest;
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the ledger's tree"));
  }
}

}  // namespace

Result<std::int64_t> tree_size(SQLite::Database& database) {
  try {
    return database.execAndGet("SELECT coalesce(max(idx) + 1, 0) FROM entry").getInt64();
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(sqlite_error(e, "read the ledger's size"));
  }
}

NodeReader node_reader(SQLite::Database& database) {
  return [&database](NodeId id) { return read_node(database, id); };
}

Result<TreeHead> tree_head(SQLite::Database& database, std::int64_t size) {
  const auto range = CompactRange::load(size, node_reader(database));
  if (!range) return tl::unexpected(range.error());
  return TreeHead{size, range->root()};
}

std::string append_leaf(CompactRange& range, const Digest& leaf) {
  std::string nodes;
  range.append(leaf, [&nodes](NodeId, const Digest& digest) {
    nodes.append(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
  });
  return nodes;
}

}  // namespace tidewaiter
