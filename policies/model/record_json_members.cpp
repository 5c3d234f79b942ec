#include "policies/model/record_json_members.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <vector>

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

  [[nodiscard]] std::uint8_t find(std::string_view name) const {
    for (std::size_t i = hash(name);; ++i) {
      const std::uint8_t slot = buckets_[i % kBuckets];
      if (slot == kMemberSlots || names_[slot] == name) return slot;
    }
  }

 private:
  static constexpr std::size_t kBuckets = 1024;

  static std::size_t hash(std::string_view name) {
    std::uint32_t h = 2'166'136'261U;  // FNV-1a
    for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 16'777'619U;
    return h ^ (h >> 15U);
  }

  void add(std::uint8_t slot, std::string_view name) {
    names_[slot] = name;
    std::size_t i = hash(name);
    while (buckets_[i % kBuckets] != kMemberSlots) ++i;
    buckets_[i % kBuckets] = slot;
  }

  std::array<std::string_view, kMemberSlots> names_{};
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

/// Levenshtein distance, row by row.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view member_name(std::uint8_t slot) { return table().name(slot); }

std::uint8_t find_member(std::string_view name) { return table().find(name); }

std::string_view nearest_member(std::string_view name) {
  std::string_view best;
  std::size_t best_distance = name.size() < 5 ? 2 : 3;  // exclusive
  if (name.size() > 64) return best;
  for (std::uint8_t slot = 0; slot < kMemberSlots; ++slot) {
    const std::string_view candidate = member_name(slot);
    if (candidate.empty()) continue;
    if (const std::size_t d = distance(name, candidate); d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

}  // namespace tidewaiter
