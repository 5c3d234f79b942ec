#include "policies/engine/packed_inputs.h"

#include <bit>

namespace tidewaiter {
namespace {

// A head: how many words the input takes, how many measures it has, and what is left out.
constexpr unsigned kMeasuresShift = 32;
constexpr std::uint64_t kWordsMask = 0xFFFFFFF;
constexpr std::uint64_t kIsCertain = std::uint64_t{1} << 28U;
constexpr std::uint64_t kHasWeight = std::uint64_t{1} << 29U;  // else it weighs 1
constexpr std::uint64_t kHasSize = std::uint64_t{1} << 30U;    // else it has none

// The byte of a measure: its role in the two low bits, and these.
constexpr unsigned kRoleMask = 3;
constexpr unsigned kIsKnown = 4;
constexpr unsigned kHasKey = 8;      // else it is 0, or that of the number
constexpr unsigned kHasNumber = 16;  // else it is +0
constexpr unsigned kKeyOfNumber = 32;
constexpr unsigned kHasGroup = 64;  // else it is 0

constexpr std::size_t kBytesOfWord = 8;
constexpr std::size_t kBitsOfByte = 8;
constexpr std::size_t kFixedWords = 4;

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
  const std::size_t begin = words.size();
  std::uint64_t head = static_cast<std::uint64_t>(input.measures.size()) << kMeasuresShift;
  if (input.certain) head |= kIsCertain;
  if (input.weight != 1) head |= kHasWeight;
  if (input.size != kLeastSize) head |= kHasSize;
  words.push_back(0);
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
  words[begin] = head | (words.size() - begin);
}

}  // namespace

std::size_t PackedInputs::end_of(std::size_t at) const {
  return at + static_cast<std::size_t>(words_[at] & kWordsMask);
}

std::int64_t PackedInputs::seq_at(std::size_t at) const {
  return static_cast<std::int64_t>(words_[at + 1]);
}

void PackedInputs::read(std::size_t at, Input& input) const {
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
  std::size_t at = 0;
  while (at < words_.size() && seq_at(at) < seq) at = end_of(at);
  return at;
}

void PackedInputs::add(const Input& input) {
  if (words_.empty() || last_seq_ < input.seq) {
    append(input, words_);
    last_seq_ = input.seq;
    return;
  }
  remove(input.seq);
  std::vector<std::uint64_t> words;
  append(input, words);
  const auto place = static_cast<std::ptrdiff_t>(lower_bound(input.seq));
  words_.insert(words_.begin() + place, words.begin(), words.end());
}

void PackedInputs::remove(std::int64_t seq) {
  const std::size_t at = lower_bound(seq);
  if (at == words_.size() || seq_at(at) != seq) return;
  words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(at),
               words_.begin() + static_cast<std::ptrdiff_t>(end_of(at)));
}

void PackedInputs::forget_before(std::int64_t pane) {
  std::vector<std::uint64_t> left;
  for (std::size_t at = 0; at < words_.size(); at = end_of(at)) {
    if (static_cast<std::int64_t>(words_[at + kFixedWords - 1]) < pane) continue;
    left.insert(left.end(), words_.begin() + static_cast<std::ptrdiff_t>(at),
                words_.begin() + static_cast<std::ptrdiff_t>(end_of(at)));
  }
  words_.swap(left);
}

}  // namespace tidewaiter
