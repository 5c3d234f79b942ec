#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tidewaiter {

/// A hash of texts for tables in memory, by a key of its own, made at random: whoever chooses texts
/// (names of accounts, end users, hashes of prompts) does not choose which of them meet in a table,
/// and cannot make it a list. Copies have the same key.
///
/// Folded products of 64 bits, both halves of each joined by XOR, as in wyhash (Wang Yi,
/// github.com/wangyi-fudan/wyhash) and foldhash (O. Peters): not cryptographic, so nothing that
/// leaves the process, or is shown, may be such a hash. Costs some nanoseconds, and a product for
/// each 16 bytes. Any thread.
class TextHash {
 public:
  TextHash();

  /// `among` tells apart equal texts of several tables, or of several kinds in one.
  [[nodiscard]] std::uint64_t operator()(std::string_view text, std::uint64_t among = 0) const;

  /// For snapshots: a table that is read goes on under the key by which it was made.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(key_);
  }

 private:
  std::array<std::uint64_t, 4> key_;
};

}  // namespace tidewaiter
