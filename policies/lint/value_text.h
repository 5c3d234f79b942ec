#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policies/language/expression.h"
#include "policies/lint/lint_code.h"

namespace tidewaiter {

/// What lets a text never be what a record has.
struct TextFault {
  DiagnosticCode code;
  std::string why;     ///< behind the text: "is no code of a country: …"
  std::string remedy;  ///< what to do
};

/// How a text is compared with what a record has.
enum class TextComparison : std::uint8_t {
  kWhole,      ///< as a whole and by case
  kCaseless,   ///< as a whole, in either case
  kOneOfMany,  ///< as kWhole, one of several values: patterns are none
};

/// What is wrong with a text that a field is compared with; nothing where a record may well have
/// it, and where `term` is no field.
[[nodiscard]] std::optional<TextFault> fault_of_text(const Expr& term, std::string_view text,
                                                     TextComparison how);

}  // namespace tidewaiter
