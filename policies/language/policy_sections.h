#pragma once

#include <optional>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/language/policy.h"

namespace tidewaiter {

/// Parts of a policy document that stand for themselves. Each reads its keys of `document`, adds
/// errors and leaves defaults where a key is absent or wrong.

/// policy, version, title, status, in_force, owner, basis, kind, severity, description,
/// false_positives, references.
void read_header(DocumentReader& reader, const YamlNode& document, Policy& policy);

/// The subject's fields; `account` where there is no `for_each`.
[[nodiscard]] std::vector<FieldId> read_for_each(DocumentReader& reader, const YamlNode& document,
                                                 RecordKind kind);

void read_window(DocumentReader& reader, const YamlNode& document, Window& window);

/// case, notify and propose.
void read_respond(DocumentReader& reader, const YamlNode& document, Policy& policy);

}  // namespace tidewaiter
