#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "policies/model/error.h"

namespace tidewaiter {

/// The canonical bytes of a JSON document by RFC 8785 (JCS): members sorted by UTF-16 code units,
/// numbers in the form of ECMAScript, no white space.
/// Errors: kInvalidInput for NaN, infinity, text that is not UTF-8, and what would be written as a
/// whole number beyond ±(2^53 − 1): such figures are written as strings.
[[nodiscard]] Result<std::string> to_jcs(const nlohmann::json& document);

/// Parses JSON strictly: UTF-8 without byte order mark, no duplicate members, no lone surrogates,
/// no trailing bytes, depth at most 64. A whole number that does not fit into 64 bits is refused
/// rather than rounded. Errors: kInvalidInput, with the byte offset where the text is not JSON.
[[nodiscard]] Result<nlohmann::json> parse_json_strict(std::string_view text);

/// Compares valid UTF-8 texts by their UTF-16 code units, the order of members in canonical JSON.
[[nodiscard]] bool utf16_less(std::string_view a, std::string_view b);

/// A finite number in the form of ECMAScript (ECMA-262, Number::toString), which JCS prescribes.
[[nodiscard]] std::string ecma_number(double value);

/// Says whether `text` is exactly the canonical form of what it parses to.
[[nodiscard]] bool is_jcs(std::string_view text);

}  // namespace tidewaiter
