#include "daemon/lsp/lsp_json.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using nlohmann::json;

json position_json(LspPosition position) {
  return {{"line", position.line}, {"character", position.character}};
}

/// The protocol's numbers for what a symbol is.
int symbol_number(PolicySymbol::Kind kind) {
  switch (kind) {
    case PolicySymbol::Kind::kSelection:
      return 13;  // Variable
    case PolicySymbol::Kind::kMeasure:
      return 16;  // Number
    case PolicySymbol::Kind::kTest:
      return 6;  // Method
  }
  return 13;
}

std::string_view symbol_detail(PolicySymbol::Kind kind) {
  switch (kind) {
    case PolicySymbol::Kind::kSelection:
      return "selection";
    case PolicySymbol::Kind::kMeasure:
      return "measure";
    case PolicySymbol::Kind::kTest:
      return "test";
  }
  return "";
}

/// Editors refuse a symbol without a name.
std::string shown_name(const std::string& name) { return name.empty() ? "(no name)" : name; }

json symbol_json(const TextDocument& text, const PolicySymbol& symbol) {
  const json range = range_json(text, symbol.span);
  return {{"name", shown_name(symbol.name)},
          {"detail", symbol_detail(symbol.kind)},
          {"kind", symbol_number(symbol.kind)},
          {"range", range},
          {"selectionRange", range}};
}

}  // namespace

json range_json(LspPosition begin, LspPosition end) {
  return {{"start", position_json(begin)}, {"end", position_json(end)}};
}

json range_json(const TextDocument& text, const SourceSpan& span) {
  return range_json(text.position_of_column(span.line, span.column),
                    text.position_of_column(span.line, span.column + span.length));
}

json diagnostic_json(const TextDocument& text, const Diagnostic& diagnostic) {
  std::string message = diagnostic.message;
  if (!diagnostic.hint.empty()) message += "\n" + diagnostic.hint;
  return {{"range", range_json(text, diagnostic.span)},
          {"severity", diagnostic.level == DiagnosticLevel::kError ? 1 : 2},
          {"code", diagnostic.code},
          {"source", "tidewaiter"},
          {"message", message}};
}

json quick_fix_json(const std::string& uri, const TextDocument& text,
                    const Diagnostic& diagnostic) {
  json edits = json::array();
  for (const TextEdit& edit : diagnostic.fix) {
    edits.push_back({{"range", range_json(text, edit.span)}, {"newText", edit.text}});
  }
  const std::string& what = diagnostic.hint.empty() ? diagnostic.message : diagnostic.hint;
  return {{"title", diagnostic.code + ": " + what},
          {"kind", "quickfix"},
          {"diagnostics", {diagnostic_json(text, diagnostic)}},
          {"edit", {{"changes", {{uri, edits}}}}}};
}

json outline_json(const TextDocument& text, const SymbolTable& table) {
  constexpr int kModule = 2;
  json outline = json::array();
  for (std::size_t i = 0; i < table.documents.size(); ++i) {
    const DocumentSymbols& document = table.documents[i];
    if (document.first_key.empty()) continue;
    json children = json::array();
    for (const PolicySymbol& symbol : document.symbols) {
      children.push_back(symbol_json(text, symbol));
    }
    // A document reaches to the next one.
    const LspPosition end = i + 1 < table.documents.size()
                                ? text.position_of_column(table.documents[i + 1].first_line, 1)
                                : text.end();
    outline.push_back({{"name", shown_name(document.name)},
                       {"detail", document.first_key},
                       {"kind", kModule},
                       {"range", range_json(text.position_of_column(document.span.line, 1), end)},
                       {"selectionRange", range_json(text, document.span)},
                       {"children", std::move(children)}});
  }
  return outline;
}

}  // namespace tidewaiter
