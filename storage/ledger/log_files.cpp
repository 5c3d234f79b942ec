#include "storage/ledger/log_files.h"

#include "storage/ledger/tiles.h"

namespace tidewaiter {
namespace {

Result<std::string> hashes_of(const Ledger& ledger, const TileId& tile) {
  std::string bytes;
  for (std::int64_t i = 0; i < tile.width; ++i) {
    const Result<Digest> node =
        ledger.node({kLevelsOfATile * tile.level, tile.index * kTileWidth + i});
    if (!node) return tl::unexpected(node.error());
    bytes.append(reinterpret_cast<const char*>(node->bytes.data()), node->bytes.size());
  }
  return bytes;
}

Result<std::string> entries_of(const Ledger& ledger, const TileId& tile) {
  std::string bytes;
  for (std::int64_t i = 0; i < tile.width; ++i) {
    const Result<std::string> entry = ledger.entry(tile.index * kTileWidth + i);
    if (!entry) return tl::unexpected(entry.error());
    if (auto added = append_to_bundle(*entry, bytes); !added) return tl::unexpected(added.error());
  }
  return bytes;
}

}  // namespace

Result<std::optional<std::string>> read_log_file(const Ledger& ledger, std::int64_t size,
                                                 std::string_view path) {
  const Result<TreeHead> head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  if (size > head->size) {
    return fail(ErrorCode::kInvalidInput, "the ledger has only " + std::to_string(head->size) +
                                              " of " + std::to_string(size) + " entries");
  }
  const std::optional<TileName> name = parse_tile_path(path);
  if (!name || name->tile.width > tile_width(name->tile.level, name->tile.index, size)) {
    return std::optional<std::string>();
  }
  Result<std::string> bytes =
      name->entries ? entries_of(ledger, name->tile) : hashes_of(ledger, name->tile);
  if (!bytes) return tl::unexpected(bytes.error());
  return std::optional(std::move(*bytes));
}

}  // namespace tidewaiter
