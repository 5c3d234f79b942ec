#pragma once

#include <optional>

#include "policies/language/document_reader.h"
#include "policies/language/expression.h"

namespace tidewaiter {

/// Reads one value of `field|similar`: a sketch, `list:NAME` for any of a list's, or
/// `{sketch: …, within: 5}` for another distance than kSimilarWithin. True where the field's sketch
/// lies so near to it, unknown where the record has none. `span` is that of the field's name.
/// Nothing after an error, which has been added to the reader's.
[[nodiscard]] std::optional<Expr> read_similar(DocumentReader& reader, const YamlNode& value,
                                               FieldId field, const SourceSpan& span,
                                               const ExprScope& scope);

}  // namespace tidewaiter
