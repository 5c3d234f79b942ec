#include "policies/engine/packed_inputs.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace tidewaiter {
namespace {

// A head: how many measures the input has, and what is left out.
constexpr unsigned kMeasuresShift = 32;
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

constexpr std::size_t kBytesOfWord = 8;
constexpr std::size_t kBitsOfByte = 8;
constexpr std::size_t kSeqWord = 1;
constexpr std::size_t kPaneWord = 3;

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

void append_values(const MeasureInput& measure, unsigned byte, std::vector<std::uint64_t>& words) {
  if ((byte & kHasKey) != 0) words.push_back(static_cast<std::uint64_t>(measure.key));
  if ((byte & kHasNumber) != 0) words.push_back(std::bit_cast<std::uint64_t>(measure.number));
  if ((byte & kHasGroup) != 0) words.push_back(static_cast<std::uint64_t>(measure.group));
}

/// The words of an input.
void append(const Input& input, std::vector<std::uint64_t>& words) {
  std::uint64_t head = static_cast<std::uint64_t>(input.measures.size()) << kMeasuresShift;
  if (input.certain) head |= kIsCertain;
  if (input.weight != 1) head |= kHasWeight;
  if (input.size != kLeastSize) head |= kHasSize;
  words.push_back(head);
  words.push_back(static_cast<std::uint64_t>(input.seq));
  words.push_back(static_cast<std::uint64_t>(input.time));
  words.push_back(static_cast<std::uint64_t>(input.pane));
  if ((head & kHasWeight) != 0) words.push_back(static_cast<std::uint64_t>(input.weight));
  if ((head & kHasSize) != 0) words.push_back(static_cast<std::uint64_t>(input.size));
  const std::size_t bytes = words.size();
  words.resize(bytes + (input.measures.size() + kBytesOfWord - 1) / kBytesOfWord);
  for (std::size_t m = 0; m < input.measures.size(); ++m) {
    const unsigned byte = byte_of(input.measures[m]);
    words[bytes + m / kBytesOfWord] |= std::uint64_t{byte} << (m % kBytesOfWord * kBitsOfByte);
    append_values(input.measures[m], byte, words);
  }
}

}  // namespace

void PackedInputs::read(std::size_t start, Input& input) const {
  std::size_t at = start;
  const std::uint64_t head = words_[at];
  const auto next = [this, &at] { return words_[at++]; };
  const auto next_number = [&next] { return static_cast<std::int64_t>(next()); };
  ++at;
  input.seq = next_number();
  input.time = next_number();
  input.pane = next_number();
  input.certain = (head & kIsCertain) != 0;
  input.weight = (head & kHasWeight) != 0 ? next_number() : 1;
  input.size = (head & kHasSize) != 0 ? next_number() : kLeastSize;
  input.measures.assign(static_cast<std::size_t>(head >> kMeasuresShift), {});
  const std::size_t bytes = at;
  at += (input.measures.size() + kBytesOfWord - 1) / kBytesOfWord;
  for (std::size_t m = 0; m < input.measures.size(); ++m) {
    const auto byte = static_cast<unsigned>(
        words_[bytes + m / kBytesOfWord] >> (m % kBytesOfWord * kBitsOfByte) & 0xFFU);
    MeasureInput& measure = input.measures[m];
    measure.role = static_cast<MeasureInput::Role>(byte & kRoleMask);
    measure.known = (byte & kIsKnown) != 0;
    if ((byte & kHasKey) != 0) measure.key = next_number();
    if ((byte & kHasNumber) != 0) measure.number = std::bit_cast<double>(next());
    if ((byte & kKeyOfNumber) != 0) measure.key = key_of(measure.number);
    if ((byte & kHasGroup) != 0) measure.group = next_number();
  }
}

std::size_t PackedInputs::lower_bound(std::int64_t seq) const {
  const auto seq_at = [this](std::size_t start) {
    return static_cast<std::int64_t>(words_[start + kSeqWord]);
  };
  // They come mostly in order.
  if (starts_.empty() || seq_at(starts_.back()) < seq) return starts_.size();
  return static_cast<std::size_t>(std::ranges::lower_bound(starts_, seq, {}, seq_at) -
                                  starts_.begin());
}

void PackedInputs::add(const Input& input) {
  const std::size_t place = lower_bound(input.seq);
  if (place == starts_.size()) {
    starts_.push_back(words_.size());
    append(input, words_);
    return;
  }
  remove(input.seq);
  std::vector<std::uint64_t> words;
  append(input, words);
  const std::size_t start = place < starts_.size() ? starts_[place] : words_.size();
  for (std::size_t later = place; later < starts_.size(); ++later) starts_[later] += words.size();
  starts_.insert(starts_.begin() + static_cast<std::ptrdiff_t>(place), start);
  words_.insert(words_.begin() + static_cast<std::ptrdiff_t>(start), words.begin(), words.end());
}

void PackedInputs::remove(std::int64_t seq) {
  const std::size_t place = lower_bound(seq);
  if (place == starts_.size()) return;
  const std::size_t start = starts_[place];
  if (static_cast<std::int64_t>(words_[start + kSeqWord]) != seq) return;
  const std::size_t end = place + 1 < starts_.size() ? starts_[place + 1] : words_.size();
  words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(start),
               words_.begin() + static_cast<std::ptrdiff_t>(end));
  starts_.erase(starts_.begin() + static_cast<std::ptrdiff_t>(place));
  for (std::size_t later = place; later < starts_.size(); ++later) starts_[later] -= end - start;
}

void PackedInputs::forget_before(std::int64_t pane) {
  PackedInputs left;
  for (std::size_t i = 0; i < starts_.size(); ++i) {
    const std::size_t start = starts_[i];
    if (static_cast<std::int64_t>(words_[start + kPaneWord]) < pane) continue;
    const std::size_t end = i + 1 < starts_.size() ? starts_[i + 1] : words_.size();
    left.starts_.push_back(left.words_.size());
    left.words_.insert(left.words_.end(), words_.begin() + static_cast<std::ptrdiff_t>(start),
                       words_.begin() + static_cast<std::ptrdiff_t>(end));
  }
  *this = std::move(left);
}

}  // namespace tidewaiter
