#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "policies/authoring/symbols.h"

namespace tidewaiter {

/// What an editor shows about the word at a byte of a policy's text, as Markdown: a key, a word, a
/// field with its type, unit and OpenTelemetry name, a function, an aggregate, a modifier, or a
/// name of the policy's own. Nothing where nothing is known.
struct Hover {
  std::string markdown;
  std::size_t begin = 0;  ///< bytes of the text that it is about
  std::size_t end = 0;
};
/// `symbols` are those of the document that holds the place; may be null.
[[nodiscard]] std::optional<Hover> hover_at(std::string_view text, std::size_t offset,
                                            const DocumentSymbols* symbols);

/// The symbol that the word at a place means; null if it means none.
[[nodiscard]] const PolicySymbol* symbol_at(std::string_view text, std::size_t offset,
                                            const DocumentSymbols* symbols);

/// "int64, tokens; gen_ai.usage.output_tokens": what a field is, on one line.
[[nodiscard]] std::string field_detail(const Field& field);

}  // namespace tidewaiter
