#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "policies/engine/accumulators.h"
#include "policies/model/varint.h"

namespace tidewaiter {

/// Which input, and when: what those near it have nearly the same of.
struct InputPlace {
  std::int64_t seq = 0;
  std::int64_t pane = 0;
  std::int64_t time = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(seq, pane, time);
  }
};

[[nodiscard]] inline InputPlace input_place(const Input& input) {
  return {input.seq, input.pane, input.time};
}

/// Appends an input in as few bytes as what differs from nothing, or from `base`, takes: an Input
/// with eight measures is some 400 bytes, of which one with counts, sums and a distinct value needs
/// 30. They end where they end: inputs may follow one another.
void append_input(const Input& input, const InputPlace& base, std::vector<std::uint8_t>& bytes);

/// What append_input() has appended with the same base, bit for bit; goes past it.
void read_input(VarintReader& reader, const InputPlace& base, Input& input);
/// The same of its place alone, past which the reader goes, and not past the rest.
[[nodiscard]] InputPlace read_place(VarintReader& reader, const InputPlace& base);

}  // namespace tidewaiter
