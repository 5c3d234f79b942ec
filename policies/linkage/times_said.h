#pragma once

#include <cstdint>

namespace tidewaiter {

/// How often something has been said and not been taken back, and a mark beside it, in 32 bits. A
/// count that has reached kMost stays there, as nobody knows any more how often that was: what it
/// is of counts as said from then on.
class TimesSaid {
 public:
  static constexpr std::uint32_t kMost = 0x7FFF'FFFF;

  TimesSaid() = default;
  /// REQUIRES: times <= kMost.
  explicit TimesSaid(std::uint32_t times) : times_and_mark_(times * kOnce) {}

  [[nodiscard]] std::uint32_t times() const { return times_and_mark_ / kOnce; }
  void add() {
    if (times() < kMost) times_and_mark_ += kOnce;
  }
  /// REQUIRES: times() > 0.
  void take_back() {
    if (times() < kMost) times_and_mark_ -= kOnce;
  }
  [[nodiscard]] bool is_marked() const { return times_and_mark_ % kOnce == 1; }
  void mark() { times_and_mark_ |= 1U; }
  void unmark() { times_and_mark_ &= ~1U; }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(times_and_mark_);
  }

 private:
  static constexpr std::uint32_t kOnce = 2;

  std::uint32_t times_and_mark_ = 0;
};

}  // namespace tidewaiter
