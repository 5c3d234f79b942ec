#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/text_hash.h"

namespace tidewaiter {

inline constexpr std::uint32_t kNoText = 0xFFFFFFFF;

/// Numbers the different texts of one field, 0, 1, 2, …, for the life of an evaluation. Of one
/// thread.
class Dictionary {
 public:
  [[nodiscard]] std::uint32_t intern(std::string_view text);

  /// As intern() of each text in turn, ids[i] of texts[i]; as many ids as texts. A dictionary of
  /// many texts is far larger than the cache: here what a text needs is fetched while others are
  /// looked up, so that the misses overlap.
  void intern_all(std::span<const std::string_view> texts, std::span<std::uint32_t> ids);

  /// Stays where it is while the dictionary lives.
  [[nodiscard]] std::string_view text(std::uint32_t id) const { return texts_[id]; }
  [[nodiscard]] std::size_t size() const { return texts_.size(); }

  /// For snapshots: its texts in the order of their numbers. What reads them is empty.
  template <class Archive>
  void serialize(Archive& archive) {
    std::uint64_t count = texts_.size();
    archive(count);
    for (std::uint64_t id = 0; id < count; ++id) {
      std::string text(id < texts_.size() ? texts_[id] : std::string_view());
      archive(text);
      if (id == texts_.size()) (void)intern(text);
    }
  }

 private:
  /// A text by part of its hash, so that other texts are mostly told apart without a look at them.
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t id = kNoText;
  };

  void intern_many(std::span<const std::string_view> texts, std::span<std::uint32_t> ids);
  [[nodiscard]] std::uint32_t hash_of(std::string_view text) const {
    return static_cast<std::uint32_t>(hash_(text));
  }
  [[nodiscard]] std::uint32_t find_or_add(std::uint32_t hash, std::string_view text);
  [[nodiscard]] std::string_view keep(std::string_view text);
  void grow();

  TextHash hash_;                        ///< texts are for customers to choose
  std::vector<std::string_view> texts_;  ///< by number, in blocks_
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::span<char> room_;  ///< what is left of the last block
  /// Open addressing: a power of two, at least half of it free. A chain of nodes would cost a cache
  /// miss more for each text.
  std::vector<Slot> slots_;
  std::uint32_t last_ = kNoText;  ///< logs come in stretches of one text
};

}  // namespace tidewaiter
