#pragma once

#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "policies/language/expression_source.h"
#include "policies/model/field.h"

namespace tidewaiter {

/// The field that a policy over records of `kind` names by `name`, or what is wrong with the name:
/// TW0212 if only other kinds of record have it, TW0204 with the nearest field if none has.
[[nodiscard]] tl::expected<FieldId, ExprProblem> find_field_of(RecordKind kind,
                                                               std::string_view name,
                                                               const SourceSpan& span);

/// The names of the fields that records of `kind` have, in the catalogue's order.
[[nodiscard]] std::vector<std::string_view> field_names(RecordKind kind);

}  // namespace tidewaiter
