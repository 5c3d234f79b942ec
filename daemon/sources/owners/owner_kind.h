#pragma once

#include <set>
#include <span>
#include <string_view>

#include "daemon/sources/owners/owner_statement.h"
#include "daemon/sources/source_config.h"
#include "policies/model/field.h"

namespace tidewaiter {

/// A format of ownership statements in files: one row of the table in owner_kind.cpp.
struct OwnerKind {
  std::string_view name;    ///< the `kind:` key
  std::string_view scheme;  ///< of identifiers that are ids of the files
  ReadOwnerStatement read;
};

/// All of them, sorted by name.
[[nodiscard]] std::span<const OwnerKind> owner_kinds();
/// Null if there is none of the name.
[[nodiscard]] const OwnerKind* find_owner_kind(std::string_view name);

/// The fields that the records of such a source may have, beside the fixed ones.
[[nodiscard]] std::set<FieldId> owner_fields();

}  // namespace tidewaiter
