#pragma once

#include <optional>
#include <string>

#include "policies/language/document_reader.h"
#include "policies/language/expression.h"
#include "policies/model/field.h"
#include "policies/sigma/logsource.h"
#include "policies/sigma/rule.h"

namespace tidewaiter {

/// The field of a record that a rule means by a name, `source` being one of records. Nothing if
/// there is none, or if records have a field of that name beside the one that the mapping means.
[[nodiscard]] std::optional<FieldId> field_named(const SigmaSource& source,
                                                 const std::string& name);

/// True of a record exactly if the rule matches it through `source`, which is one of records and
/// has the rule's fields; false else, never unknown. Nothing after an error (TW1023), which goes to
/// the reader of the rule's document.
[[nodiscard]] std::optional<Expr> rule_expression(const SigmaRule& rule, const SigmaSource& source,
                                                  DocumentReader& reader);

/// The same of one selection of a rule of which there is a rule_expression().
[[nodiscard]] Expr selection_expression(const SigmaSelection& selection, const SigmaSource& source,
                                        DocumentReader& reader);

}  // namespace tidewaiter
