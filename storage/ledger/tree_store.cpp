#include "storage/ledger/tree_store.h"

namespace tidewaiter {

NodePlace place_of(NodeId node) {
  constexpr std::int64_t kHashBytes = 32;
  return {((node.index + 1) << node.level) - 1, kHashBytes * node.level};
}

tl::unexpected<Error> missing_node(NodeId node) {
  return fail(ErrorCode::kCorruption, "the ledger's tree has no node of level " +
                                          std::to_string(node.level) + " at entry " +
                                          std::to_string(place_of(node).row));
}

NodeReader node_reader(LedgerStore& store) {
  return [&store](NodeId node) { return store.node(node); };
}

Result<TreeHead> tree_head(LedgerStore& store, std::int64_t size) {
  const auto range = CompactRange::load(size, node_reader(store));
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
