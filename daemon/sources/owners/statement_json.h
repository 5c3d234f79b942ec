#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sources/owners/owner_statement.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// The longest text that is taken of a statement, in bytes.
inline constexpr std::size_t kLongestStatedText = 4096;

/// A statement as a tree of at most 32 levels. Errors: kInvalidInput if it is no JSON object, is
/// nested deeper, or has a member twice.
[[nodiscard]] Result<nlohmann::json> parse_statement(std::string_view object);

/// A member of an object; null if it is not there, or `object` is none.
[[nodiscard]] const nlohmann::json* member_of(const nlohmann::json& object, const char* name);

/// A text that may be kept: not empty, no longer than kLongestStatedText and without NUL.
[[nodiscard]] std::optional<std::string> kept_text(const nlohmann::json& value);
/// The same of a member.
[[nodiscard]] std::optional<std::string> text_in(const nlohmann::json& object, const char* name);

/// A date, whole or rounded: "2020-05-03", "2020-05", "2020"; what stands behind a `T` is passed
/// over. The days that it may be: [from, until). Nothing for any other text.
[[nodiscard]] std::optional<HeldDays> stated_days(std::string_view text);

/// "GB" of "gb" and "GB-SCT"; empty for what is no code of ISO 3166.
[[nodiscard]] std::string stated_country(std::string_view text);

/// "lei:…" of any spelling of that scheme; else the scheme in lower case, `:` and the identifier.
[[nodiscard]] std::string stated_identifier(std::string_view scheme, std::string_view id);

}  // namespace tidewaiter
