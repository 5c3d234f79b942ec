#include "daemon/sources/owners/owner_kind.h"

#include <algorithm>
#include <array>

#include "daemon/sources/bods/bods_statement.h"
#include "daemon/sources/ftm/ftm_entity.h"
#include "daemon/sources/owners/owner_record.h"

namespace tidewaiter {
namespace {

// A new format of statements is one folder, one line here, one in registry.cpp and one page.
constexpr std::array kOwnerKinds = {OwnerKind{"bods", "bods", read_bods_statement},
                                    OwnerKind{"ftm", "ftm", read_ftm_entity}};

}  // namespace

std::span<const OwnerKind> owner_kinds() { return kOwnerKinds; }

const OwnerKind* find_owner_kind(std::string_view name) {
  const auto* const found = std::ranges::find(kOwnerKinds, name, &OwnerKind::name);
  return found == kOwnerKinds.end() ? nullptr : found;
}

std::set<FieldId> owner_fields() {
  const std::vector<FieldId> fields = owner_record_fields();
  return {fields.begin(), fields.end()};
}

}  // namespace tidewaiter
