#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace tidewaiter {

/// Writes numbers as bytes, few for small ones: whole numbers as ULEB128 (DWARF 5, §7.6), seven
/// bits a byte, the least first; such as may be negative by zigzag, 0, −1, 1, −2, … as 0, 1, 2, 3.
/// These bytes stay in memory: they are no format of files.
class VarintWriter {
 public:
  static constexpr std::size_t kMost = 10;  ///< bytes of one whole number

  /// There is room for all that is written.
  explicit VarintWriter(std::uint8_t* bytes) : at_(bytes) {}

  void byte(unsigned value) { *at_++ = static_cast<std::uint8_t>(value); }
  void whole(std::uint64_t value) {
    constexpr std::uint64_t kMore = 0x80;
    for (; value >= kMore; value >>= 7U) byte(static_cast<unsigned>(value | kMore) & 0xFFU);
    byte(static_cast<unsigned>(value));
  }
  void number(std::int64_t value) {
    whole((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U));
  }
  /// value − base: few bytes where they are near. Both may be any numbers.
  void difference(std::int64_t value, std::int64_t base) {
    number(static_cast<std::int64_t>(static_cast<std::uint64_t>(value) -
                                     static_cast<std::uint64_t>(base)));
  }
  void real(double value) {
    std::memcpy(at_, &value, sizeof(value));
    at_ += sizeof(value);
  }
  [[nodiscard]] std::uint8_t* at() const { return at_; }

 private:
  std::uint8_t* at_;
};

/// Appends to `bytes` what `write(VarintWriter&)` writes: at most so many bytes. Where these are
/// few, `bytes` gets no more room than they take and a quarter: there are very many such lists.
template <class Write>
void append_varints(std::vector<std::uint8_t>& bytes, std::size_t most, const Write& write) {
  constexpr std::size_t kFew = 512;
  const std::size_t before = bytes.size();
  if (most <= kFew) {
    std::array<std::uint8_t, kFew> few;  // NOLINT(cppcoreguidelines-pro-type-member-init): written
    VarintWriter writer(few.data());
    write(writer);
    const auto after = before + static_cast<std::size_t>(writer.at() - few.data());
    if (after > bytes.capacity()) bytes.reserve(after + after / 4);
    bytes.insert(bytes.end(), few.data(), writer.at());
    return;
  }
  bytes.resize(before + most);
  VarintWriter writer(bytes.data() + before);
  write(writer);
  bytes.resize(static_cast<std::size_t>(writer.at() - bytes.data()));
}

/// Reads what VarintWriter has written, in the same order.
class VarintReader {
 public:
  /// The bytes outlive it, and hold all that is read.
  explicit VarintReader(const std::uint8_t* bytes) : at_(bytes) {}

  unsigned byte() { return *at_++; }
  std::uint64_t whole() {
    constexpr unsigned kMore = 0x80;
    std::uint64_t value = 0;
    unsigned shift = 0;
    unsigned one = byte();
    for (; one >= kMore; one = byte(), shift += 7U) {
      value |= static_cast<std::uint64_t>(one - kMore) << shift;
    }
    return value | static_cast<std::uint64_t>(one) << shift;
  }
  std::int64_t number() {
    const std::uint64_t value = whole();
    return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1U));
  }
  std::int64_t difference(std::int64_t base) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(base) +
                                     static_cast<std::uint64_t>(number()));
  }
  double real() {
    double value = 0;
    std::memcpy(&value, at_, sizeof(value));
    at_ += sizeof(value);
    return value;
  }
  void skip(std::size_t count) { at_ += count; }
  [[nodiscard]] const std::uint8_t* at() const { return at_; }

 private:
  const std::uint8_t* at_;
};

}  // namespace tidewaiter
