#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/sigma/detection.h"

namespace tidewaiter {

/// What stands for `%name%` in rules that say `expand`: one value or several, any of which does.
/// The values are Sigma texts: `*` and `?` in them are wildcards.
using SigmaPlaceholders = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Reads `field|modifiers: values` of a map (`key` and `value`). Nothing after an error, which has
/// been added to the reader's.
[[nodiscard]] std::optional<SigmaItem> read_sigma_item(DocumentReader& reader, const YamlNode& key,
                                                       const YamlNode& value,
                                                       const SigmaPlaceholders& placeholders);

/// Reads texts that stand in a list by themselves: keywords.
[[nodiscard]] std::optional<SigmaItem> read_sigma_keywords(
    DocumentReader& reader, const std::vector<const YamlNode*>& values,
    const SigmaPlaceholders& placeholders);

}  // namespace tidewaiter
