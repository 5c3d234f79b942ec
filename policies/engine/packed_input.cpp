#include "policies/engine/packed_input.h"

#include <bit>

namespace tidewaiter {
namespace {

// An input is its head; seq, pane and time; weight and size, where the head says that they are
// there; a byte a measure; and the values that these bytes say are there.

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

void append_input(const Input& input, const InputPlace& base, std::vector<std::uint8_t>& bytes) {
  constexpr std::size_t kMostOfMeasure = 1 + 2 * VarintWriter::kMost + sizeof(double);
  const std::size_t most = 6 * VarintWriter::kMost + input.measures.size() * kMostOfMeasure;
  std::uint64_t head = static_cast<std::uint64_t>(input.measures.size()) << kMeasuresShift;
  if (input.certain) head |= kIsCertain;
  if (input.weight != 1) head |= kHasWeight;
  if (input.size != kLeastSize) head |= kHasSize;
  append_varints(bytes, most, [&](VarintWriter& writer) {
    writer.whole(head);
    writer.difference(input.seq, base.seq);
    writer.difference(input.pane, base.pane);
    writer.difference(input.time, base.time);
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

InputPlace read_place(VarintReader& reader, const InputPlace& base) {
  (void)reader.whole();
  InputPlace place;
  place.seq = reader.difference(base.seq);
  place.pane = reader.difference(base.pane);
  place.time = reader.difference(base.time);
  return place;
}

void read_input(VarintReader& reader, const InputPlace& base, Input& input) {
  const std::uint64_t head = reader.whole();
  input.seq = reader.difference(base.seq);
  input.pane = reader.difference(base.pane);
  input.time = reader.difference(base.time);
  input.certain = (head & kIsCertain) != 0;
  input.weight = (head & kHasWeight) != 0 ? reader.number() : 1;
  input.size = (head & kHasSize) != 0 ? reader.number() : kLeastSize;
  input.measures.assign(static_cast<std::size_t>(head >> kMeasuresShift), {});
  VarintReader roles(reader.at());
  reader.skip(input.measures.size());
  for (MeasureInput& measure : input.measures) read_values(roles.byte(), reader, measure);
}

}  // namespace tidewaiter
