#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

// The members that a native line may have, each by a small number: a catalogue field by its
// FieldId (the fixed fields time, duration, requests and source among them), the five others by
// the constants here. Shared by the reader and the writer of record_json.h alone.

/// One more than the greatest slot; as a slot: no such member.
inline constexpr std::uint8_t kMemberSlots = 128;

inline constexpr std::uint8_t kSlotKind = 123;
inline constexpr std::uint8_t kSlotId = 124;
inline constexpr std::uint8_t kSlotObserved = 125;
inline constexpr std::uint8_t kSlotCompleteness = 126;
inline constexpr std::uint8_t kSlotRevision = 127;

/// The name of a slot that has one.
[[nodiscard]] std::string_view member_name(std::uint8_t slot);

/// What comparing with a pattern reads: more than any name has, and no more than simdjson asks for
/// behind a text.
inline constexpr std::size_t kPatternBytes = 32;

/// A name in its quotes and the colon behind it as whole words, so that comparing needs no loop
/// over characters.
struct MemberPattern {
  using Words = std::array<std::uint64_t, kPatternBytes / sizeof(std::uint64_t)>;
  static_assert(kPatternBytes == 4 * sizeof(std::uint64_t));
  Words text{};
  Words mask{};  ///< of the bytes that count

  /// The bits by which it differs from what stands at `at`, where kPatternBytes may be read.
  [[nodiscard]] std::uint64_t differences(const char* at) const {
    Words words;
    std::memcpy(words.data(), at, sizeof(words));
    std::uint64_t found = ((words[0] ^ text[0]) & mask[0]) | ((words[1] ^ text[1]) & mask[1]);
    if (mask[2] != 0) {  // few names are so long
      found |= ((words[2] ^ text[2]) & mask[2]) | ((words[3] ^ text[3]) & mask[3]);
    }
    return found;
  }
  [[nodiscard]] bool stands_at(const char* at) const { return differences(at) == 0; }
};

/// By slot. The pattern of a slot without a name stands nowhere.
[[nodiscard]] const std::array<MemberPattern, kMemberSlots + 1>& member_patterns();

/// The slot of a name, or kMemberSlots.
[[nodiscard]] std::uint8_t find_member(std::string_view name);

/// All names.
[[nodiscard]] std::vector<std::string_view> member_names();

/// The member name nearest to `name`, if one is near (did_you_mean.h).
[[nodiscard]] std::optional<std::string> nearest_member(std::string_view name);

}  // namespace tidewaiter
