#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/merkle.h"

namespace tidewaiter {

// The files of a log by C2SP tlog-tiles: hash tiles of 256 nodes of the tree's levels 0, 8, 16, …,
// and entry bundles of 256 entries; the last of each level may be narrower, and then has another
// path. Files never change once they are there. All functions are pure.

/// Nodes of a full tile, entries of a full bundle.
inline constexpr std::int64_t kTileWidth = 256;
/// Levels of the tree that one level of tiles stands for: 2^8 = kTileWidth.
inline constexpr std::int32_t kLevelsOfATile = 8;
/// Of a log of 2^63 - 1 entries.
inline constexpr std::int32_t kMostTileLevel = 7;
inline constexpr std::size_t kMaxTileEntryBytes = 65'535;

/// Tile `index` of tile level `level`: nodes [256·index, 256·index + width) of tree level 8·level.
struct TileId {
  std::int32_t level = 0;
  std::int64_t index = 0;
  std::int64_t width = kTileWidth;  ///< 1 to kTileWidth
};

/// "tile/0/x001/x234/067", with ".p/5" behind it if only 5 wide.
[[nodiscard]] std::string tile_path(const TileId& tile);
/// The same for entries: "tile/entries/x001/x234/067".
[[nodiscard]] std::string bundle_path(std::int64_t index, std::int64_t width);

/// What a path of the layout names: a tile, or the bundle of the entries that tile `index` of level
/// 0 stands for.
struct TileName {
  bool entries = false;
  TileId tile;
};
/// Nothing for a path that tile_path() and bundle_path() do not give.
[[nodiscard]] std::optional<TileName> parse_tile_path(std::string_view path);

/// How wide the tile, or bundle, `index` of tile level `level` is in a tree of `size` leaves: 0 if
/// it has none.
[[nodiscard]] std::int64_t tile_width(std::int32_t level, std::int64_t index, std::int64_t size);

/// What can be read of a bundle, which may be damaged.
struct BundleReading {
  std::vector<std::string_view> entries;  ///< the first ones, at most as many as were expected
  std::string fault;                      ///< what is wrong behind them; empty: nothing
};
[[nodiscard]] BundleReading read_bundle(std::string_view bytes, std::int64_t count);

/// The entries of a bundle. Errors: kInvalidInput unless `bytes` are exactly `count` entries, each
/// behind its length as two bytes, big-endian.
[[nodiscard]] Result<std::vector<std::string_view>> parse_bundle(std::string_view bytes,
                                                                 std::int64_t count);

/// Appends an entry to a bundle, behind its length. Errors: kInvalidInput over kMaxTileEntryBytes.
[[nodiscard]] Result<void> append_to_bundle(std::string_view entry, std::string& bundle);

/// Takes each file of a log: its path and its bytes, which it does not keep. Its errors end the
/// writing.
using TileSink = std::function<Result<void>(const std::string& path, std::string_view bytes)>;

/// Makes the files of a log from its entries in order, each file once. Holds one unfinished file of
/// each level: 4 MiB of entries of the ledger's size, and 8 KiB for every 256-fold of the tree.
class TileWriter {
 public:
  explicit TileWriter(TileSink sink) : sink_(std::move(sink)) {}

  /// Errors: kInvalidInput for an entry over kMaxTileEntryBytes; those of the sink. After an error
  /// the writer is of no more use.
  [[nodiscard]] Result<void> append(std::string_view entry);
  /// Gives the sink what is narrower than full. Nothing may be appended after it.
  [[nodiscard]] Result<void> finish();

  [[nodiscard]] TreeHead head() const { return {range_.size(), range_.root()}; }

 private:
  Result<void> write_bundle(std::int64_t width);

  TileSink sink_;
  CompactRange range_;
  std::map<std::int32_t, std::string> nodes_;  // by tile level: of the tile that is not full yet
  std::string bundle_;
};

}  // namespace tidewaiter
