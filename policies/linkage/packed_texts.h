#pragma once

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

  /// REQUIRES: what there is, is less than 16 GiB.
  Place add(std::string_view text);
  /// Valid until the next text comes. REQUIRES: `place` is what `add` gave.
  [[nodiscard]] std::string_view at(Place place) const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(blocks_);
  }

 private:
  std::vector<std::string> blocks_;
};

}  // namespace tidewaiter
