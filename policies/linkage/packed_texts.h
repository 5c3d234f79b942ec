#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// Texts, one behind the other, each found by a number of 32 bits: a text costs its bytes, one more
/// for its length (two from 128 bytes on, three from 16 KiB), and up to 3 for where the next one
/// may begin. They lie in blocks, so that more texts copy none, and are never taken out again.
/// Not thread-safe: one thread at a time.
class PackedTexts {
 public:
  using Place = std::uint32_t;

  /// How many blocks of 64 KiB there may be, so that a place has a number: 16 GiB. A text that is
  /// longer than a block counts as one.
  static constexpr std::size_t kMostBlocks = std::size_t{1} << 18U;

  explicit PackedTexts(std::size_t most_blocks = kMostBlocks) : most_blocks_(most_blocks) {}
  PackedTexts(const PackedTexts& other);
  PackedTexts(PackedTexts&&) noexcept = default;
  PackedTexts& operator=(const PackedTexts& other);
  PackedTexts& operator=(PackedTexts&&) noexcept = default;
  ~PackedTexts() = default;

  /// Throws std::length_error where there is room for no block more.
  Place add(std::string_view text);
  /// Valid until the next text comes. REQUIRES: `place` is what `add` gave.
  [[nodiscard]] std::string_view at(Place place) const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(blocks_);
    if constexpr (Archive::is_loading::value) make_room();
  }

 private:
  /// For what is to come, as there was before a copy or an archive.
  void make_room();

  std::size_t most_blocks_;
  std::vector<std::string> blocks_;
};

}  // namespace tidewaiter
