#include "policies/engine/packed_inputs.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace tidewaiter {
namespace {

auto as_difference(std::size_t i) { return static_cast<std::ptrdiff_t>(i); }

}  // namespace

InputPlace PackedInputs::place_at(std::size_t i) const {
  VarintReader reader(bytes_.data() + starts_[i]);
  return read_place(reader, base_);
}

void PackedInputs::read(std::size_t i, Input& input) const {
  VarintReader reader(bytes_.data() + starts_[i]);
  read_input(reader, base_, input);
}

std::size_t PackedInputs::lower_bound(std::int64_t seq) const {
  // They come mostly in order.
  if (starts_.empty() || last_seq_ < seq) return starts_.size();
  std::size_t first = 0;
  for (std::size_t count = starts_.size(); count > 0;) {
    const std::size_t half = count / 2;
    const bool before = place_at(first + half).seq < seq;
    if (before) first += half + 1;
    count = before ? count - half - 1 : half;
  }
  return first;
}

void PackedInputs::add(const Input& input) {
  if (starts_.empty()) base_ = input_place(input);
  const std::size_t place = lower_bound(input.seq);
  if (place == starts_.size()) {
    // There are very many such lists: doubling would leave a third of their room empty.
    const std::size_t count = starts_.size() + 1;
    if (count > starts_.capacity()) starts_.reserve(count + count / 4);
    starts_.push_back(next_start());
    append_input(input, base_, bytes_);
    last_seq_ = input.seq;
    return;
  }
  remove(input.seq);
  last_seq_ = std::max(last_seq_, input.seq);
  std::vector<std::uint8_t> bytes;
  append_input(input, base_, bytes);
  const std::uint32_t end = next_start();
  const std::uint32_t start = place < starts_.size() ? starts_[place] : end;
  const auto size = static_cast<std::uint32_t>(bytes.size());
  for (std::size_t later = place; later < starts_.size(); ++later) starts_[later] += size;
  starts_.insert(starts_.begin() + as_difference(place), start);
  bytes_.insert(bytes_.begin() + as_difference(start), bytes.begin(), bytes.end());
}

void PackedInputs::remove(std::int64_t seq) {
  const std::size_t place = lower_bound(seq);
  if (place == starts_.size() || place_at(place).seq != seq) return;
  const std::size_t start = starts_[place];
  const std::size_t end = end_of(place);
  bytes_.erase(bytes_.begin() + as_difference(start), bytes_.begin() + as_difference(end));
  starts_.erase(starts_.begin() + as_difference(place));
  const auto size = static_cast<std::uint32_t>(end - start);
  for (std::size_t later = place; later < starts_.size(); ++later) starts_[later] -= size;
  note_last();
}

std::uint32_t PackedInputs::next_start() const {
  // What one input takes is far less than what is left then.
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max() / 2;
  if (bytes_.size() > kMost) throw std::length_error("more inputs of one subject than can be kept");
  return static_cast<std::uint32_t>(bytes_.size());
}

void PackedInputs::note_last() {
  if (!starts_.empty()) last_seq_ = place_at(starts_.size() - 1).seq;
}

void PackedInputs::copy(const PackedInputs& other, std::size_t i) {
  base_ = other.base_;
  starts_.push_back(next_start());
  bytes_.insert(bytes_.end(), other.bytes_.begin() + as_difference(other.starts_[i]),
                other.bytes_.begin() + as_difference(other.end_of(i)));
  last_seq_ = other.place_at(i).seq;
}

void PackedInputs::append_to(std::vector<std::uint8_t>& bytes) const {
  append_varints(bytes, (4 + starts_.size()) * VarintWriter::kMost, [this](VarintWriter& writer) {
    writer.number(base_.seq);
    writer.number(base_.pane);
    writer.number(base_.time);
    writer.whole(starts_.size());
    for (std::size_t i = 0; i < starts_.size(); ++i) writer.whole(end_of(i) - starts_[i]);
  });
  bytes.insert(bytes.end(), bytes_.begin(), bytes_.end());
}

PackedInputs PackedInputs::read_from(VarintReader& reader) {
  PackedInputs inputs;
  inputs.base_.seq = reader.number();
  inputs.base_.pane = reader.number();
  inputs.base_.time = reader.number();
  inputs.starts_.resize(static_cast<std::size_t>(reader.whole()));
  std::uint32_t end = 0;
  for (std::uint32_t& start : inputs.starts_) {
    start = end;
    end += static_cast<std::uint32_t>(reader.whole());
  }
  inputs.bytes_.assign(reader.at(), reader.at() + end);
  reader.skip(end);
  inputs.note_last();
  return inputs;
}

void PackedInputs::skip(VarintReader& reader) {
  for (int base = 0; base < 3; ++base) (void)reader.number();
  std::size_t size = 0;
  for (auto count = reader.whole(); count > 0; --count) {
    size += static_cast<std::size_t>(reader.whole());
  }
  reader.skip(size);
}

}  // namespace tidewaiter
