#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/model/time.h"
#include "policies/sigma/item_reader.h"
#include "policies/sigma/rule.h"

namespace tidewaiter {

// What rules, correlations and filters have alike.

/// The member, or an error that `document` lacks it. `what` is the whole in words: "a rule".
[[nodiscard]] const YamlNode* require_member(DocumentReader& reader, const YamlNode& document,
                                             std::string_view key, std::string_view what);

/// A scalar's text, or an error; `what` is the part in words: "a title".
[[nodiscard]] std::optional<std::string> scalar_text(DocumentReader& reader, const YamlNode& node,
                                                     std::string_view what);

/// Title, id, name, status and level. Other keys of the document are the writer's own.
[[nodiscard]] std::optional<SigmaHead> read_head(DocumentReader& reader, const YamlNode& document,
                                                 std::string_view what);

[[nodiscard]] std::optional<SigmaLogsource> read_logsource(DocumentReader& reader,
                                                           const YamlNode& node);

/// A search identifier's body: a map, a list of maps or texts, or one text.
[[nodiscard]] std::optional<SigmaSelection> read_sigma_selection(
    DocumentReader& reader, const YamlNode& name, const YamlNode& body,
    const SigmaPlaceholders& placeholders);

/// `15m`: a number and one of s, m, h, d.
[[nodiscard]] std::optional<Duration> read_timespan(DocumentReader& reader, const YamlNode& node);

}  // namespace tidewaiter
