#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/lsp/text_document.h"
#include "policies/authoring/symbols.h"
#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// Shapes of the Language Server Protocol 3.17, over places of one text.
[[nodiscard]] nlohmann::json range_json(LspPosition begin, LspPosition end);
[[nodiscard]] nlohmann::json range_json(const TextDocument& text, const SourceSpan& span);
[[nodiscard]] nlohmann::json diagnostic_json(const TextDocument& text,
                                             const Diagnostic& diagnostic);

/// A CodeAction of kind `quickfix` that applies a diagnostic's fix to the document `uri`.
[[nodiscard]] nlohmann::json quick_fix_json(const std::string& uri, const TextDocument& text,
                                            const Diagnostic& diagnostic);

/// An array of DocumentSymbol: documents with their selections, measures and tests.
[[nodiscard]] nlohmann::json outline_json(const TextDocument& text, const SymbolTable& table);

}  // namespace tidewaiter
