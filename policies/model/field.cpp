#include "policies/model/field.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "policies/model/field_catalogue.h"

namespace tidewaiter {
namespace {

using catalogue::kCatalogue;

static_assert(kCatalogue[kFieldTime].name == "time" &&
              kCatalogue[kFieldDuration].name == "duration" &&
              kCatalogue[kFieldRequests].name == "requests" &&
              kCatalogue[kFieldSource].name == "source");

constexpr Field kCluster =
    catalogue::row("cluster", ValueType::kString, "", "", 0, catalogue::kIdOfSource,
                   "accounts that are linked: their least name");

constexpr std::array<std::string_view, kRecordKinds.size()> kKindNames{"usage", "account", "audit",
                                                                       "finding"};

/// Ids in the order of their names, for lookup.
constexpr auto kByName = [] {
  std::array<FieldId, kCatalogue.size()> ids{};
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<FieldId>(i);
  std::sort(ids.begin(), ids.end(),
            [](FieldId a, FieldId b) { return kCatalogue[a].name < kCatalogue[b].name; });
  return ids;
}();

static_assert(std::adjacent_find(kByName.begin(), kByName.end(),
                                 [](FieldId a, FieldId b) {
                                   return kCatalogue[a].name == kCatalogue[b].name;
                                 }) == kByName.end(),
              "field names are unique");

}  // namespace

std::string_view kind_name(RecordKind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<RecordKind> find_kind(std::string_view name) {
  for (std::size_t i = 0; i < kKindNames.size(); ++i) {
    if (kKindNames[i] == name) return static_cast<RecordKind>(i);
  }
  return std::nullopt;
}

std::span<const Field> fields() { return kCatalogue; }

FieldId recorded_field(FieldId id) { return id == kFieldCluster ? field_id("account") : id; }

const Field& field(FieldId id) {
  if (id == kFieldCluster) return kCluster;
  assert(id < kCatalogue.size());
  return kCatalogue[id];
}

std::optional<FieldId> find_field(std::string_view name) {
  const auto it = std::lower_bound(
      kByName.begin(), kByName.end(), name,
      [](FieldId id, std::string_view wanted) { return kCatalogue[id].name < wanted; });
  if (it == kByName.end() || kCatalogue[*it].name != name) return std::nullopt;
  return *it;
}

}  // namespace tidewaiter
