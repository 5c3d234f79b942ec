#include "policies/engine/packed_inputs.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace tidewaiter {
namespace {

// A head: how many measures the input has, and what is left out.
constexpr unsigned kMeasuresShift = 3;
constexpr std::uint64_t kIsCertain = 1;
constexpr std::uint64_t kHasWeight = 2;  // else it weighs 1
constexpr std::uint64_t kHasSize = 4;    // else it has none

// The byte of a measure: its role in the two low bits, and these.
constexpr unsigned kRoleMask = 3;
constexpr unsigned kIsKnown = 4;
constexpr unsigned kHasKey = 8;      // else it is 0, or that of the number
constexpr unsigned kHasNumber = 16;  // else it is +0
constexpr unsigned kKeyOfNumber = 32;
constexpr unsigned kHasGroup = 64;  // else it is 0

auto as_difference(std::size_t i) { return static_cast<std::ptrdiff_t>(i); }

unsigned byte_of(const MeasureInput& measure) {
  auto byte = static_cast<unsigned>(measure.role);
  if (measure.known) byte |= kIsKnown;
  const bool has_number = std::bit_cast<std::uint64_t>(measure.number) != 0;
  if (has_number) byte |= kHasNumber;
  if (has_number && measure.key == key_of(measure.number)) {
    byte |= kKeyOfNumber;
  } else if (measure.key != 0) {
    byte |= kHasKey;
  }
  if (measure.group != 0) byte |= kHasGroup;
  return byte;
}

void append_values(const MeasureInput& measure, unsigned byte, VarintWriter& writer) {
  if ((byte & kHasKey) != 0) writer.number(measure.key);
  if ((byte & kHasNumber) != 0) writer.real(measure.number);
  if ((byte & kHasGroup) != 0) writer.number(measure.group);
}

void read_values(unsigned byte, VarintReader& reader, MeasureInput& measure) {
  measure.role = static_cast<MeasureInput::Role>(byte & kRoleMask);
  measure.known = (byte & kIsKnown) != 0;
  if ((byte & kHasKey) != 0) measure.key = reader.number();
  if ((byte & kHasNumber) != 0) measure.number = reader.real();
  if ((byte & kKeyOfNumber) != 0) measure.key = key_of(measure.number);
  if ((byte & kHasGroup) != 0) measure.group = reader.number();
}

}  // namespace

void PackedInputs::append(const Input& input, std::vector<std::uint8_t>& bytes) const {
  constexpr std::size_t kMostOfMeasure = 1 + 2 * VarintWriter::kMost + sizeof(double);
  const std::size_t most = 6 * VarintWriter::kMost + input.measures.size() * kMostOfMeasure;
  std::uint64_t head = static_cast<std::uint64_t>(input.measures.size()) << kMeasuresShift;
  if (input.certain) head |= kIsCertain;
  if (input.weight != 1) head |= kHasWeight;
  if (input.size != kLeastSize) head |= kHasSize;
  append_varints(bytes, most, [&](VarintWriter& writer) {
    writer.whole(head);
    writer.difference(input.seq, base_.seq);
    writer.difference(input.pane, base_.pane);
    writer.difference(input.time, base_.time);
    if ((head & kHasWeight) != 0) writer.number(input.weight);
    if ((head & kHasSize) != 0) writer.number(input.size);
    VarintWriter roles(writer.at());
    writer = VarintWriter(writer.at() + input.measures.size());
    for (const MeasureInput& measure : input.measures) {
      const unsigned byte = byte_of(measure);
      roles.byte(byte);
      append_values(measure, byte, writer);
    }
  });
}

PackedInputs::Place PackedInputs::place_at(std::size_t i) const {
  VarintReader reader(bytes_.data() + starts_[i]);
  (void)reader.whole();
  Place place;
  place.seq = reader.difference(base_.seq);
  place.pane = reader.difference(base_.pane);
  place.time = reader.difference(base_.time);
  return place;
}

void PackedInputs::read(std::size_t i, Input& input) const {
  VarintReader reader(bytes_.data() + starts_[i]);
  const std::uint64_t head = reader.whole();
  input.seq = reader.difference(base_.seq);
  input.pane = reader.difference(base_.pane);
  input.time = reader.difference(base_.time);
  input.certain = (head & kIsCertain) != 0;
  input.weight = (head & kHasWeight) != 0 ? reader.number() : 1;
  input.size = (head & kHasSize) != 0 ? reader.number() : kLeastSize;
  input.measures.assign(static_cast<std::size_t>(head >> kMeasuresShift), {});
  VarintReader roles(reader.at());
  reader.skip(input.measures.size());
  for (MeasureInput& measure : input.measures) read_values(roles.byte(), reader, measure);
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
  if (starts_.empty()) base_ = {input.seq, input.pane, input.time};
  const std::size_t place = lower_bound(input.seq);
  if (place == starts_.size()) {
    starts_.push_back(bytes_.size());
    append(input, bytes_);
    last_seq_ = input.seq;
    return;
  }
  remove(input.seq);
  last_seq_ = std::max(last_seq_, input.seq);
  std::vector<std::uint8_t> bytes;
  append(input, bytes);
  const std::size_t start = place < starts_.size() ? starts_[place] : bytes_.size();
  for (std::size_t later = place; later < starts_.size(); ++later) starts_[later] += bytes.size();
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
  for (std::size_t later = place; later < starts_.size(); ++later) starts_[later] -= end - start;
  note_last();
}

void PackedInputs::note_last() {
  if (!starts_.empty()) last_seq_ = place_at(starts_.size() - 1).seq;
}

void PackedInputs::copy(const PackedInputs& other, std::size_t i) {
  base_ = other.base_;
  starts_.push_back(bytes_.size());
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
  std::size_t end = 0;
  for (std::size_t& start : inputs.starts_) {
    start = end;
    end += static_cast<std::size_t>(reader.whole());
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
