#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "policies/engine/packed_input.h"
#include "policies/model/varint.h"

namespace tidewaiter {

/// Inputs in order of their sequence numbers, each in few bytes (packed_input.h). Reading gives
/// back what was added, bit for bit. Costs: adding and removing cost the inputs of later numbers:
/// none, as long as they come in order. One thread at a time.
class PackedInputs {
 public:
  /// Replaces the input of the same number.
  void add(const Input& input);
  /// Nothing happens if there is none of this number.
  void remove(std::int64_t seq);
  /// Forgets all inputs of panes before `pane`.
  void forget_before(std::int64_t pane) {
    keep([pane](std::int64_t one) { return one >= pane; });
  }
  /// Forgets all inputs but those for whose pane `stays(pane)`.
  template <class Stays>
  void keep(const Stays& stays) {
    std::size_t gone = 0;
    while (gone < starts_.size() && stays(place_at(gone).pane)) ++gone;
    if (gone == starts_.size()) return;
    PackedInputs left;
    for (std::size_t i = 0; i < starts_.size(); ++i) {
      if (i < gone || (i > gone && stays(place_at(i).pane))) left.copy(*this, i);
    }
    *this = std::move(left);
  }
  void clear() { *this = PackedInputs(); }

  [[nodiscard]] bool empty() const { return starts_.empty(); }
  [[nodiscard]] std::size_t size() const { return starts_.size(); }
  /// Calls `visit(const Input&)` for each, in order; the input is valid until it returns. What
  /// visits must not change these inputs.
  template <class Visit>
  void each(const Visit& visit) const {
    Input input;
    for (std::size_t i = 0; i < starts_.size(); ++i) {
      read(i, input);
      visit(static_cast<const Input&>(input));
    }
  }

  /// All that read_from() needs to make them again.
  void append_to(std::vector<std::uint8_t>& bytes) const;
  [[nodiscard]] static PackedInputs read_from(VarintReader& reader);
  /// Goes past them.
  static void skip(VarintReader& reader);

  template <class Archive>
  void serialize(Archive& archive) {
    archive(last_seq_, base_, bytes_, starts_);
  }

 private:
  [[nodiscard]] InputPlace place_at(std::size_t i) const;
  [[nodiscard]] std::size_t end_of(std::size_t i) const {
    return i + 1 < starts_.size() ? starts_[i + 1] : bytes_.size();
  }
  void read(std::size_t i, Input& input) const;
  /// Appends one of `other`, whose base these have.
  void copy(const PackedInputs& other, std::size_t i);
  /// The place in starts_ of the first input of this number or a greater one.
  [[nodiscard]] std::size_t lower_bound(std::int64_t seq) const;

  void note_last();
  /// Where an input begins that is appended. Throws std::length_error where the inputs of one
  /// subject come to two gigabytes.
  [[nodiscard]] std::uint32_t next_start() const;

  std::int64_t last_seq_ = 0;  ///< the greatest of those that are there
  InputPlace base_;            ///< of the first input that was added: others are near it
  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint32_t> starts_;  ///< where each begins
};

}  // namespace tidewaiter
