#include "policies/authoring/symbols.h"

#include <algorithm>

#include "policies/language/load.h"
#include "policies/language/strict_yaml.h"

namespace tidewaiter {
namespace {

std::string without_indent(std::string_view line) {
  return std::string(line.substr(std::min(line.find_first_not_of(' '), line.size())));
}

void add_names(const YamlText& text, const YamlNode& document, std::string_view key,
               PolicySymbol::Kind kind, DocumentSymbols& out) {
  const YamlNode* map = document.find(key);
  if (map == nullptr) return;
  for (const auto& [name, value] : map->members) {
    out.symbols.push_back(
        {kind, name.scalar, name.span, without_indent(text.shown_line(name.span.line))});
  }
}

/// Cases stand below `tests` of a policy, and below `cases` of a document of tests.
void add_tests(const YamlText& text, const YamlNode& document, DocumentSymbols& out) {
  const YamlNode* tests = document.find(out.first_key == "tests" ? "cases" : "tests");
  if (tests == nullptr) return;
  for (const YamlNode& test : tests->items) {
    const YamlNode* name = test.find("name");
    if (name == nullptr) continue;
    out.symbols.push_back({PolicySymbol::Kind::kTest, name->scalar, name->span,
                           without_indent(text.shown_line(name->span.line))});
  }
}

}  // namespace

const DocumentSymbols* SymbolTable::at(std::int32_t line) const {
  const auto after = std::ranges::upper_bound(documents, line, {}, &DocumentSymbols::first_line);
  if (after != documents.begin()) return &*(after - 1);
  return documents.empty() ? nullptr : &documents.front();
}

SymbolTable read_symbols(std::string_view source) {
  const YamlText text({}, source);
  std::vector<Diagnostic> diagnostics;
  SymbolTable table;
  for (const YamlNode& document : text.parse(diagnostics, limits_of(source))) {
    DocumentSymbols symbols;
    symbols.first_line = document.span.line;
    if (!document.members.empty()) {
      const auto& [key, value] = document.members.front();
      symbols.first_key = key.scalar;
      symbols.name = value.scalar;
      symbols.span = key.span;
    }
    if (const YamlNode* reads = document.find("reads")) {
      symbols.reads = find_kind(reads->scalar).value_or(RecordKind::kUsage);
    }
    add_names(text, document, "select", PolicySymbol::Kind::kSelection, symbols);
    add_names(text, document, "measure", PolicySymbol::Kind::kMeasure, symbols);
    add_tests(text, document, symbols);
    table.documents.push_back(std::move(symbols));
  }
  table.readable = !has_errors(diagnostics);
  return table;
}

}  // namespace tidewaiter
