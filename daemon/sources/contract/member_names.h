#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tidewaiter {

/// The members of an object that a reader takes; all others are passed over. A name has one slot of
/// a table that it can be in, which its length and three of its characters tell, so that it is
/// compared with one other and not with all. The table is made when it is compiled: a multiplier is
/// looked for that sends no two names to one slot. Immutable: any thread.
template <std::size_t N>
class MemberNames {
 public:
  /// Each of `names` is at its place in that list. None is empty or of more than 255 bytes, and no
  /// two are alike in length and first, middle and last character: else it does not compile.
  consteval explicit MemberNames(const std::array<std::string_view, N>& names) : names_(names) {
    static_assert(N > 0 && N <= kSlots / 4);
    for (multiplier_ = kFirstMultiplier; !fill(); multiplier_ += 2) {
      if (multiplier_ > kFirstMultiplier + 20'000) throw "two of the names are too much alike";
    }
  }

  /// Nothing for a member that is not taken.
  [[nodiscard]] constexpr std::optional<std::size_t> place_of(std::string_view name) const {
    if (name.empty()) return std::nullopt;
    const std::size_t place = places_[slot_of(name)];
    if (place == N || names_[place] != name) return std::nullopt;
    return place;
  }

 private:
  static constexpr unsigned kBits = 7;
  static constexpr std::size_t kSlots = std::size_t{1} << kBits;
  static constexpr std::uint32_t kFirstMultiplier = 2'654'435'769;  // 2^32 / the golden ratio

  [[nodiscard]] constexpr std::size_t slot_of(std::string_view name) const {
    const auto byte = [name](std::size_t i) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(name[i]));
    };
    const std::size_t last = name.size() - 1;
    const std::uint32_t key = static_cast<std::uint32_t>(name.size()) << 24U ^ byte(0) << 16U ^
                              byte(name.size() / 2) << 8U ^ byte(last);
    return key * multiplier_ >> (32U - kBits);
  }

  /// False if two names have one slot by the multiplier.
  constexpr bool fill() {
    places_.fill(static_cast<std::uint8_t>(N));
    for (std::size_t i = 0; i < N; ++i) {
      if (names_[i].empty() || names_[i].size() > 255) throw "a name is empty, or too long";
      std::uint8_t& place = places_[slot_of(names_[i])];
      if (place != N) return false;
      place = static_cast<std::uint8_t>(i);
    }
    return true;
  }

  std::array<std::string_view, N> names_;
  std::uint32_t multiplier_ = 0;
  std::array<std::uint8_t, kSlots> places_{};  ///< N: no name
};

template <std::size_t N>
MemberNames(const std::array<std::string_view, N>&) -> MemberNames<N>;

}  // namespace tidewaiter
