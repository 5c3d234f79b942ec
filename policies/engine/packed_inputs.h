#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "policies/engine/accumulators.h"

namespace tidewaiter {

/// Inputs in order of their sequence numbers, each in as few words as what differs from nothing
/// takes: an Input with its measures is some 200 bytes, of which a count and a distinct value need
/// 50. Reading gives back what was added, bit for bit. Costs: adding and removing cost the inputs
/// of later numbers: none, as long as they come in order. One thread at a time.
class PackedInputs {
 public:
  /// Replaces the input of the same number.
  void add(const Input& input);
  /// Nothing happens if there is none of this number.
  void remove(std::int64_t seq);
  /// Forgets all inputs of panes before `pane`.
  void forget_before(std::int64_t pane);

  [[nodiscard]] bool empty() const { return starts_.empty(); }
  /// Calls `visit(const Input&)` for each, in order; the input is valid until it returns. What
  /// visits must not change these inputs.
  template <class Visit>
  void each(const Visit& visit) const {
    Input input;
    for (const std::size_t start : starts_) {
      read(start, input);
      visit(static_cast<const Input&>(input));
    }
  }

 private:
  void read(std::size_t start, Input& input) const;
  /// The place in starts_ of the first input of this number or a greater one.
  [[nodiscard]] std::size_t lower_bound(std::int64_t seq) const;

  /// Of each input: its head, seq, time and pane; weight and size, where the head says that they
  /// are there; a byte a measure, eight a word; and the values that these bytes say are there.
  std::vector<std::uint64_t> words_;
  std::vector<std::size_t> starts_;  ///< where each begins
};

}  // namespace tidewaiter
