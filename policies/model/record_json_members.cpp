#include "policies/model/record_json_members.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include "policies/model/did_you_mean.h"
#include "policies/model/field.h"

namespace tidewaiter {
namespace {

/// Name → slot by open addressing: the table is sparse, so that most names are found at once.
class MemberTable {
 public:
  MemberTable() {
    assert(fields().size() <= kSlotKind);
    for (std::size_t id = 0; id < fields().size(); ++id) {
      add(static_cast<std::uint8_t>(id), fields()[id].name);
    }
    add(kSlotKind, "kind");
    add(kSlotId, "id");
    add(kSlotObserved, "observed");
    add(kSlotCompleteness, "completeness");
    add(kSlotRevision, "revision");
  }

  [[nodiscard]] std::string_view name(std::uint8_t slot) const { return names_[slot]; }

  [[nodiscard]] const auto& patterns() const { return patterns_; }

  [[nodiscard]] std::uint8_t find(std::string_view name) const {
    for (std::size_t i = hash(name);; ++i) {
      const std::uint8_t slot = buckets_[i % kBuckets];
      if (slot == kMemberSlots || names_[slot] == name) return slot;
    }
  }

 private:
  static constexpr std::size_t kBuckets = 1024;

  static MemberPattern pattern_of(std::string_view text) {
    assert(text.size() <= kPatternBytes);
    std::array<char, kPatternBytes> mask{};
    std::fill_n(mask.begin(), text.size(), '\xFF');
    MemberPattern pattern;
    std::memcpy(pattern.text.data(), text.data(), text.size());
    std::memcpy(pattern.mask.data(), mask.data(), mask.size());
    return pattern;
  }

  static std::size_t hash(std::string_view name) {
    std::uint32_t h = 2'166'136'261U;  // FNV-1a
    for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 16'777'619U;
    return h ^ (h >> 15U);
  }

  void add(std::uint8_t slot, std::string_view name) {
    names_[slot] = name;
    patterns_[slot] = pattern_of('"' + std::string(name) + "\":");
    std::size_t i = hash(name);
    while (buckets_[i % kBuckets] != kMemberSlots) ++i;
    buckets_[i % kBuckets] = slot;
  }

  std::array<std::string_view, kMemberSlots> names_{};
  /// Where there is no name: a quote and a NUL, which no text in JSON begins with.
  std::array<MemberPattern, kMemberSlots + 1> patterns_ = [] {
    std::array<MemberPattern, kMemberSlots + 1> all;
    all.fill(pattern_of(std::string_view("\"\0", 2)));
    return all;
  }();
  std::array<std::uint8_t, kBuckets> buckets_ = [] {
    std::array<std::uint8_t, kBuckets> all{};
    all.fill(kMemberSlots);
    return all;
  }();
};

const MemberTable& table() {
  static const MemberTable members;
  return members;
}

}  // namespace

std::string_view member_name(std::uint8_t slot) { return table().name(slot); }

const std::array<MemberPattern, kMemberSlots + 1>& member_patterns() { return table().patterns(); }

std::uint8_t find_member(std::string_view name) { return table().find(name); }

std::vector<std::string_view> member_names() {
  std::vector<std::string_view> names;
  for (std::uint8_t slot = 0; slot < kMemberSlots; ++slot) {
    if (!member_name(slot).empty()) names.push_back(member_name(slot));
  }
  return names;
}

std::optional<std::string> nearest_member(std::string_view name) {
  return did_you_mean(name, member_names());
}

}  // namespace tidewaiter
