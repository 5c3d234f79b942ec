#include "storage/ledger/tiles.h"

#include <algorithm>
#include <utility>

#include "storage/ledger/c2sp_text.h"

namespace tidewaiter {
namespace {

/// Three digits at a time, all but the last three behind an x.
std::string index_path(std::int64_t index) {
  std::string path;
  for (bool last = true; last || index > 0; index /= 1000, last = false) {
    std::string digits = std::to_string(index % 1000);
    digits.insert(0, 3 - digits.size(), '0');
    path.insert(0, last ? digits : "x" + digits + "/");
  }
  return path;
}

std::string path_of(const std::string& kind, std::int64_t index, std::int64_t width) {
  std::string path = "tile/" + kind + "/" + index_path(index);
  if (width < kTileWidth) path += ".p/" + std::to_string(width);
  return path;
}

std::size_t length_at(std::string_view bytes) {
  return static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])) << 8U |
         static_cast<unsigned char>(bytes[1]);
}

}  // namespace

std::string tile_path(const TileId& tile) {
  return path_of(std::to_string(tile.level), tile.index, tile.width);
}

std::string bundle_path(std::int64_t index, std::int64_t width) {
  return path_of("entries", index, width);
}

std::optional<TileName> parse_tile_path(std::string_view path) {
  constexpr std::size_t kLongest = 64;  // of an index that has 63 bits, with all that stands around
  constexpr std::string_view kTile = "tile/";
  if (path.size() > kLongest || !path.starts_with(kTile)) return std::nullopt;
  std::string_view rest = path.substr(kTile.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view kind = rest.substr(0, slash);
  rest.remove_prefix(slash + 1);
  TileName name;
  name.entries = kind == "entries";
  if (!name.entries) {
    const auto level = decimal_of(kind);
    if (!level || *level > kMostTileLevel) return std::nullopt;
    name.tile.level = static_cast<std::int32_t>(*level);
  }
  if (const std::size_t part = rest.find(".p/"); part != std::string_view::npos) {
    const auto width = decimal_of(rest.substr(part + 3));
    if (!width || *width < 1) return std::nullopt;
    name.tile.width = *width;
    rest = rest.substr(0, part);
  }
  std::string digits(rest);
  std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  const auto index = decimal_of(digits);
  if (!index) return std::nullopt;
  name.tile.index = *index;
  // Numbers have one way to be written, and so has a path.
  const std::string canonical =
      name.entries ? bundle_path(name.tile.index, name.tile.width) : tile_path(name.tile);
  if (canonical != path) return std::nullopt;
  return name;
}

std::int64_t tile_width(std::int32_t level, std::int64_t index, std::int64_t size) {
  std::int64_t nodes = size;
  for (std::int32_t i = 0; i < level; ++i) nodes /= kTileWidth;
  if (index > nodes / kTileWidth) return 0;
  return std::min(nodes - index * kTileWidth, kTileWidth);
}

BundleReading read_bundle(std::string_view bytes, std::int64_t count) {
  const auto expected = static_cast<std::size_t>(count);
  BundleReading reading;
  std::vector<std::string_view>& entries = reading.entries;
  while (!bytes.empty() && reading.fault.empty()) {
    if (bytes.size() < 2 || bytes.size() - 2 < length_at(bytes)) {
      reading.fault =
          entries.size() < expected
              ? "it ends within its entry " + std::to_string(entries.size()) + ", counted from 0"
              : "it goes on behind its last entry";
      break;
    }
    entries.push_back(bytes.substr(2, length_at(bytes)));
    bytes.remove_prefix(2 + entries.back().size());
  }
  if (reading.fault.empty() && entries.size() != expected) {
    reading.fault = "it has " + std::to_string(entries.size()) + " entries; expected " +
                    std::to_string(expected);
  }
  if (entries.size() > expected) entries.resize(expected);
  return reading;
}

Result<std::vector<std::string_view>> parse_bundle(std::string_view bytes, std::int64_t count) {
  BundleReading reading = read_bundle(bytes, count);
  if (!reading.fault.empty()) return fail(ErrorCode::kInvalidInput, reading.fault);
  return std::move(reading.entries);
}

Result<void> append_to_bundle(std::string_view entry, std::string& bundle) {
  if (entry.size() > kMaxTileEntryBytes) {
    return fail(ErrorCode::kInvalidInput, "an entry has " + std::to_string(entry.size()) +
                                              " bytes; a bundle takes at most " +
                                              std::to_string(kMaxTileEntryBytes));
  }
  const auto length = static_cast<std::uint16_t>(entry.size());
  bundle += static_cast<char>(length >> 8U);
  bundle += static_cast<char>(length & 0xFFU);
  bundle += entry;
  return {};
}

Result<void> TileWriter::append(std::string_view entry) {
  if (auto added = append_to_bundle(entry, bundle_); !added) return added;
  std::vector<TileId> full;
  range_.append(leaf_hash(entry), [this, &full](NodeId node, const Digest& hash) {
    if (node.level % kLevelsOfATile != 0) return;
    const std::int32_t level = node.level / kLevelsOfATile;
    nodes_[level].append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
    if ((node.index + 1) % kTileWidth == 0) full.push_back({level, node.index / kTileWidth});
  });
  if (range_.size() % kTileWidth == 0) {
    if (auto written = write_bundle(kTileWidth); !written) return written;
  }
  for (const TileId& tile : full) {
    if (auto written = sink_(tile_path(tile), nodes_[tile.level]); !written) return written;
    nodes_[tile.level].clear();
  }
  return {};
}

Result<void> TileWriter::finish() {
  if (const std::int64_t rest = range_.size() % kTileWidth; rest > 0) {
    if (auto written = write_bundle(rest); !written) return written;
  }
  std::int64_t nodes = range_.size();
  for (const auto& [level, bytes] : nodes_) {
    if (!bytes.empty()) {
      auto written = sink_(tile_path({level, nodes / kTileWidth, nodes % kTileWidth}), bytes);
      if (!written) return written;
    }
    nodes /= kTileWidth;
  }
  return {};
}

/// The bundle that ends with the last entry.
Result<void> TileWriter::write_bundle(std::int64_t width) {
  auto written = sink_(bundle_path((range_.size() - 1) / kTileWidth, width), bundle_);
  bundle_.clear();
  return written;
}

}  // namespace tidewaiter
