#pragma once

#include <optional>

#include "policies/language/document_reader.h"
#include "policies/language/expression.h"

namespace tidewaiter {

/// Reads a selection: Sigma's map (AND over fields), list of maps (OR), or an expression, as one
/// truth value. `scope.fields` says which fields there are. Meaning: docs/policy-language.md.
[[nodiscard]] std::optional<Expr> read_selection(DocumentReader& reader, const YamlNode& node,
                                                 const ExprScope& scope);

/// A YAML scalar as a literal of `type`: `50M`, `10 USD`, `24h`, 2026-01-31, true, a text.
/// `what` names the thing it belongs to, for the message.
[[nodiscard]] std::optional<Expr> read_literal(DocumentReader& reader, const YamlNode& node,
                                               ValueType type, std::string_view what);

}  // namespace tidewaiter
