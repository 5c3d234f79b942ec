#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/linkage/linkage.h"

namespace tidewaiter {

/// Whether a field names somebody or something, so that two that have one value of it have
/// something in common: a text, an address or a list of texts, other than `account` and `source`.
[[nodiscard]] bool can_link(FieldId id);
/// A field that can link, by its name; nothing after an error.
[[nodiscard]] std::optional<FieldId> read_linking_field(DocumentReader& reader,
                                                        const YamlNode& node);

/// Reads one of the `links` of a linkage that has the key `lockstep`; nothing after an error. Its
/// `weight` is the caller's business.
[[nodiscard]] std::optional<LockstepLink> read_lockstep(DocumentReader& reader,
                                                        const YamlNode& node);

}  // namespace tidewaiter
