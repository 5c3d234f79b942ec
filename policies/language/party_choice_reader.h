#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "policies/language/document_reader.h"
#include "policies/screening/party_choice.h"

namespace tidewaiter {

/// The keys of a party choice, in `screen` and `ownership`.
inline constexpr std::array<std::string_view, 2> kPartyChoiceKeys = {"programs", "obligations"};

/// Reads `programs` and `obligations` of a `screen` or `ownership`; all parties, without them. What
/// is wrong gets its error.
[[nodiscard]] PartyChoice read_party_choice(DocumentReader& reader, const YamlNode& node);

/// A word for an obligation; an error names the nearest one, or all.
[[nodiscard]] std::optional<Obligation> read_obligation(DocumentReader& reader,
                                                        const YamlNode& node);

}  // namespace tidewaiter
