// The layout of C2SP tlog-tiles: the specification's own arithmetic, and logs that others have
// made.
#include "storage/ledger/tiles.h"

#include <map>
#include <span>

#include <gtest/gtest.h>

#include "storage/ledger/signed_note.h"
#include "tests/unit/verify/shared_vectors.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::from_hex;
using test::read_file;
using test::read_json;
using test::shared_vectors;

using Files = std::map<std::string, std::string>;

TileSink into(Files& files) {
  return [&files](const std::string& path, std::string_view bytes) -> Result<void> {
    EXPECT_TRUE(files.emplace(path, bytes).second) << path << " was made twice";
    return {};
  };
}

/// The files of the first `size` of `entries`, and the head.
std::pair<Files, TreeHead> log_of(const std::vector<std::string>& entries, std::size_t size) {
  Files files;
  TileWriter writer(into(files));
  for (std::size_t i = 0; i < size; ++i) EXPECT_TRUE(writer.append(entries[i]));
  EXPECT_TRUE(writer.finish());
  return {files, writer.head()};
}

std::vector<std::string> numbers(std::int64_t count) {
  std::vector<std::string> entries;
  for (std::int64_t i = 0; i < count; ++i) {
    std::string entry;
    for (int shift = 56; shift >= 0; shift -= 8) entry += static_cast<char>((i >> shift) & 0xff);
    entries.push_back(entry);
  }
  return entries;
}

TEST(TilePath, PutsThreeDigitsInAFolder) {
  EXPECT_EQ(tile_path({0, 0}), "tile/0/000");
  EXPECT_EQ(tile_path({1, 999}), "tile/1/999");
  EXPECT_EQ(tile_path({0, 1000}), "tile/0/x001/000");
  EXPECT_EQ(tile_path({0, 1'234'067}), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path({2, 0, 1}), "tile/2/000.p/1");
  EXPECT_EQ(bundle_path(273, 112), "tile/entries/273.p/112");
}

TEST(TilePath, ReadsBackAndKnowsNoOther) {
  for (const std::int64_t index :
       {0LL, 9LL, 999LL, 1000LL, 1'234'067LL, 36'028'797'018'963'967LL}) {
    for (const std::int64_t width : {1LL, 255LL, 256LL}) {
      const auto tile = parse_tile_path(tile_path({3, index, width}));
      ASSERT_TRUE(tile) << index << " " << width;
      EXPECT_FALSE(tile->entries);
      EXPECT_EQ(tile->tile.level, 3);
      EXPECT_EQ(tile->tile.index, index);
      EXPECT_EQ(tile->tile.width, width);
      const auto bundle = parse_tile_path(bundle_path(index, width));
      ASSERT_TRUE(bundle) << index << " " << width;
      EXPECT_TRUE(bundle->entries);
      EXPECT_EQ(bundle->tile.index, index);
      EXPECT_EQ(bundle->tile.width, width);
    }
  }
  for (const char* bad : {"",
                          "tile",
                          "tile/",
                          "tile/0",
                          "tile/0/",
                          "tile/0/0",
                          "tile/0/0000",
                          "tile/00/000",
                          "tile/-1/000",
                          "tile/x/000",
                          "tile/0/001/000",
                          "tile/0/x000/001",
                          "tile/0/x001/x000",
                          "tile/0/000.p/0",
                          "tile/0/000.p/256",
                          "tile/0/000.p/01",
                          "tile/0/000.p/",
                          "tile/0/000.p",
                          "tile/0/000/",
                          "/tile/0/000",
                          "tile/0/../000",
                          "tile//000",
                          "tile/entries/",
                          "tile/0/x999/x999/x999/x999/x999/x999/999",
                          "tile/8/000",
                          "tile/2147483647/000",
                          "checkpoint"}) {
    EXPECT_FALSE(parse_tile_path(bad)) << bad;
  }
}

// C2SP tlog-tiles, "Merkle Tree": its examples of 256 and of 70,000 leaves.
TEST(TileWidth, IsThatOfTheSpecificationsExamples) {
  EXPECT_EQ(tile_width(0, 0, 256), 256);
  EXPECT_EQ(tile_width(0, 1, 256), 0);
  EXPECT_EQ(tile_width(1, 0, 256), 1);
  EXPECT_EQ(tile_width(0, 272, 70'000), 256);
  EXPECT_EQ(tile_width(0, 273, 70'000), 112);
  EXPECT_EQ(tile_width(0, 274, 70'000), 0);
  EXPECT_EQ(tile_width(1, 0, 70'000), 256);
  EXPECT_EQ(tile_width(1, 1, 70'000), 17);
  EXPECT_EQ(tile_width(2, 0, 70'000), 1);
  EXPECT_EQ(tile_width(3, 0, 70'000), 0);
}

TEST(TileWriter, WritesEachFileThatTheWidthsAskForOnce) {
  const auto [files, head] = log_of(numbers(70'000), 70'000);
  EXPECT_EQ(head.size, 70'000);
  std::size_t expected = 0;
  for (std::int32_t level = 0; level < 4; ++level) {
    for (std::int64_t i = 0; tile_width(level, i, 70'000) > 0; ++i, ++expected) {
      const std::int64_t width = tile_width(level, i, 70'000);
      const auto file = files.find(tile_path({level, i, width}));
      ASSERT_NE(file, files.end()) << tile_path({level, i, width});
      EXPECT_EQ(file->second.size(), static_cast<std::size_t>(width) * 32);
    }
  }
  EXPECT_EQ(expected, 274U + 2 + 1);
  EXPECT_EQ(files.size(), expected + 274);  // as many bundles as tiles of level 0
}

TEST(TileWriter, OfNothingWritesNothing) {
  const auto [files, head] = log_of({}, 0);
  EXPECT_TRUE(files.empty());
  EXPECT_EQ(head.root, empty_tree_root());
}

TEST(TileWriter, RefusesAnEntryThatNoBundleHolds) {
  Files files;
  TileWriter writer(into(files));
  EXPECT_TRUE(writer.append(std::string(65'535, 'x')));
  EXPECT_EQ(writer.append(std::string(65'536, 'x')).error().code, ErrorCode::kInvalidInput);
}

TEST(TileWriter, PassesTheSinksErrorOn) {
  TileWriter writer([](const std::string&, std::string_view) -> Result<void> {
    return fail(ErrorCode::kUnavailable, "no room");
  });
  EXPECT_TRUE(writer.append("entry"));
  EXPECT_EQ(writer.finish().error().message, "no room");
}

TEST(ParseBundle, GivesTheEntriesOrSaysWhereItEnds) {
  const std::string two("\0\1a\0\0", 5);  // "a" and an empty entry
  EXPECT_EQ(parse_bundle(two, 2).value(), (std::vector<std::string_view>{"a", ""}));
  EXPECT_EQ(parse_bundle("", 0).value().size(), 0U);
  EXPECT_NE(parse_bundle(two, 3).error().message.find("has 2 entries"), std::string::npos);
  EXPECT_NE(parse_bundle(two, 1).error().message.find("has 2 entries"), std::string::npos);
  const std::string_view cut(two.data(), 4);
  EXPECT_NE(parse_bundle(cut, 2).error().message.find("within its entry 1"), std::string::npos);
  EXPECT_FALSE(parse_bundle(std::string_view("\0\2a", 3), 1));
}

TEST(TileVectors, AreTheFilesOfTesserasLogAtEverySize) {
  TIDEWAITER_NEEDS_VECTORS();
  const fs::path log = shared_vectors() / "tlog-tiles-log";
  const VerifierKey key =
      parse_verifier_key(
          "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
          .value();
  const std::string all = read_file(log / "tile/entries/000.p/15");
  std::vector<std::string> entries;
  const auto bundle = parse_bundle(all, 15).value();
  for (const std::string_view entry : bundle) entries.emplace_back(entry);
  for (std::size_t size = 0; size <= 15; ++size) {
    const auto [files, head] = log_of(entries, size);
    for (const auto& [path, bytes] : files) EXPECT_EQ(bytes, read_file(log / path)) << path;
    EXPECT_EQ(files.size(), size == 0 ? 0U : 2U);
    const std::string note = read_file(log / ("checkpoint." + std::to_string(size)));
    const auto verified = verify_note(note, std::span(&key, 1));
    ASSERT_TRUE(verified) << verified.error().message;
    const Checkpoint checkpoint = parse_checkpoint_body(verified->text).value();
    EXPECT_EQ(checkpoint.head, head) << size;
    EXPECT_EQ(checkpoint_body("example.com/log/testdata", head), verified->text);
  }
}

TEST(TileVectors, HaveThePathsAndWidthsOfTheSpecification) {
  TIDEWAITER_NEEDS_VECTORS();
  const json vectors = read_json(shared_vectors() / "c2sp-examples/tiles.json");
  EXPECT_EQ(vectors["index_paths"].size(), 4U);
  for (const auto& [index, path] : vectors["index_paths"].items()) {
    EXPECT_EQ(tile_path({0, std::stoll(index)}), "tile/0/" + path.get<std::string>());
  }
  EXPECT_EQ(vectors["tree_70000"].size(), 6U);
  EXPECT_EQ(vectors["tree_256"].size(), 3U);
  for (const auto& [name, size] : {std::pair("tree_70000", 70'000), std::pair("tree_256", 256)}) {
    for (const auto& [what, expected] : vectors[name].items()) {
      // `full_levelL`: whole tiles of the level; `partial_levelL_width`: the width of the one
      // after.
      const bool full = what.starts_with("full_level");
      const std::int32_t level = what.at(what.find("level") + 5) - '0';
      std::int64_t index = 0;
      while (tile_width(level, index, size) == kTileWidth) ++index;
      EXPECT_EQ(full ? index : tile_width(level, index, size), expected.get<std::int64_t>())
          << name << ' ' << what;
    }
  }
}

TEST(TileVectors, AreThoseOfTheDerivedLedgerAndOfSeventyThousandLeaves) {
  TIDEWAITER_NEEDS_VECTORS();
  const json vectors = read_json(shared_vectors() / "derived/ledger-v1.json");
  std::vector<std::string> entries;
  for (const json& entry : vectors["entries"]) entries.push_back(entry["bytes_utf8"]);
  const auto [files, head] = log_of(entries, entries.size());
  EXPECT_EQ(files.at("tile/entries/000.p/5"), from_hex(vectors["entry_bundle_hex"]));
  EXPECT_EQ(files.at("tile/0/000.p/5"), from_hex(vectors["tile_0_000_p_5_hex"]));

  const auto [tiles, ignored] = log_of(numbers(70'000), 70'000);
  const json& digests = vectors["synthetic_tree"]["tiles_sha256"];
  EXPECT_EQ(digests.size(), 6U);
  for (const auto& [path, digest] : digests.items()) {
    ASSERT_TRUE(tiles.contains(path)) << path;
    EXPECT_EQ(to_hex(sha256(tiles.at(path))), digest) << path;
  }
}

}  // namespace
}  // namespace tidewaiter
