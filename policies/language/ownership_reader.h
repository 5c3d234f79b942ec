#pragma once

#include <optional>

#include "policies/language/document_reader.h"
#include "policies/language/named_lists.h"
#include "policies/language/party_shape.h"

namespace tidewaiter {

/// Reads the `ownership` of a policy, which has one; its figure is `share`, in percent. Adds at
/// least one error where it gives nothing.
[[nodiscard]] std::optional<PartyShape> read_ownership(DocumentReader& reader,
                                                       const YamlNode& document, RecordKind reads,
                                                       NamedLists& lists);

}  // namespace tidewaiter
