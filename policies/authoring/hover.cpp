#include "policies/authoring/hover.h"

#include <algorithm>

#include "policies/authoring/cursor.h"
#include "policies/authoring/document_keys.h"
#include "policies/authoring/vocabulary.h"

namespace tidewaiter {
namespace {

using Kind = CursorMeaning::Kind;

std::string word_markdown(const WordRow& row) {
  return "```yaml\n" + std::string(row.usage) + "\n```\n" + std::string(row.doc);
}

std::string key_markdown(const KeyRow& row) {
  return "```yaml\n" + std::string(row.name) + ": " + std::string(row.example) + "\n```\n" +
         std::string(row.doc) + (row.needed ? " Needed." : "");
}

std::optional<std::string> of_document_key(const std::vector<DocumentKey>& keys,
                                           std::string_view name) {
  const auto found = std::ranges::find(keys, name, &DocumentKey::name);
  if (found == keys.end()) return std::nullopt;
  std::string markdown = "```yaml\n" + found->name + ":\n```\n" + found->doc;
  for (std::size_t i = 0; i < found->words.size(); ++i) {
    markdown += (i == 0 ? " One of " : ", ") + ("`" + found->words[i] + "`");
  }
  return found->words.empty() ? markdown : markdown + ".";
}

std::string field_markdown(const Field& field) {
  return "**" + std::string(field.name) + "** (" + field_detail(field) + ")\n\n" +
         std::string(field.doc) + ".";
}

std::optional<std::string> of_field(std::string_view name) {
  const auto id = find_field(name);
  return id ? std::optional(field_markdown(field(*id))) : std::nullopt;
}

std::optional<std::string> of_word(std::span<const WordRow> words, std::string_view name) {
  const WordRow* row = find_word(words, name);
  return row != nullptr ? std::optional(word_markdown(*row)) : std::nullopt;
}

/// Whether a bracket opens behind the word: it is then called.
bool is_called(std::string_view text, const CursorWord& word) {
  const std::size_t next = text.find_first_not_of(' ', word.end);
  return next != std::string_view::npos && text[next] == '(';
}

bool follows_a_bar(std::string_view text, const CursorWord& word) {
  return word.begin > 0 && text[word.begin - 1] == '|';
}

std::optional<std::string> in_expression(std::string_view text, const CursorWord& word,
                                         const CursorMeaning& meaning) {
  if (is_called(text, word)) {
    if (meaning.kind == Kind::kMeasure) {
      if (auto aggregate = of_word(aggregate_words(), word.text)) return aggregate;
    }
    if (auto function = of_word(function_words(), word.text)) return function;
  }
  if (auto word_of_language = of_word(operator_words(), word.text)) return word_of_language;
  const bool reads_fields = meaning.kind == Kind::kSelection || meaning.kind == Kind::kWhere ||
                            meaning.kind == Kind::kMeasure;
  return reads_fields ? of_field(word.text) : std::nullopt;
}

std::optional<std::string> of_first_key(std::string_view name) {
  const KeyRow* row = name == "policy" ? find_key(Section::kPolicy, name) : nullptr;
  return row != nullptr ? std::optional(key_markdown(*row)) : of_document_key(first_keys(), name);
}

std::optional<std::string> markdown_at(std::string_view text, const CursorWord& word,
                                       const CursorMeaning& meaning, const CursorPath& path) {
  switch (meaning.kind) {
    case Kind::kFirstKey:
      return of_first_key(word.text);
    case Kind::kDocumentKey:
      return of_document_key(document_keys(path.document, path.keys), word.text);
    case Kind::kKey: {
      const KeyRow* row = find_key(meaning.section, word.text);
      return row != nullptr ? std::optional(key_markdown(*row)) : std::nullopt;
    }
    case Kind::kWord:
      return of_word(meaning.row->words, word.text);
    case Kind::kFieldKey:
      return follows_a_bar(text, word) ? of_word(modifier_words(), word.text) : of_field(word.text);
    case Kind::kField:
      if (meaning.row != nullptr) {
        if (auto subject = of_word(meaning.row->words, word.text)) return subject;
      }
      return of_field(word.text);
    case Kind::kMember:
      return word.text == arrival_key().name ? std::optional(key_markdown(arrival_key()))
                                             : of_field(word.text);
    case Kind::kCondition:
    case Kind::kSelection:
    case Kind::kWhere:
    case Kind::kMeasure:
    case Kind::kReport:
      return in_expression(text, word, meaning);
    case Kind::kMeasureName:
    case Kind::kSelectionName:
    case Kind::kDocumentWord:
    case Kind::kNothing:
      return std::nullopt;
  }
  return std::nullopt;
}

/// What stands at a place. A key is looked at from its first letter: in `title: x` the path of a
/// place inside `title` is that of a key, whatever follows.
struct Spot {
  CursorWord word;
  CursorPath path;
  CursorMeaning meaning;
};

Spot spot_at(std::string_view text, std::size_t offset) {
  Spot spot;
  spot.word = word_at(text, offset);
  spot.path = cursor_path(text, spot.word.begin);
  spot.meaning = meaning_of(spot.path);
  if (spot.meaning.kind == Kind::kWord) spot.word = word_at(text, offset, true);
  return spot;
}

bool may_name(Kind kind, PolicySymbol::Kind symbol) {
  switch (kind) {
    case Kind::kCondition:
    case Kind::kSelectionName:
    case Kind::kWhere:
      return symbol == PolicySymbol::Kind::kSelection;
    case Kind::kReport:
    case Kind::kMeasureName:
      return symbol == PolicySymbol::Kind::kMeasure;
    case Kind::kMeasure:
      return symbol != PolicySymbol::Kind::kTest;
    default:
      return false;
  }
}

}  // namespace

std::string field_detail(const Field& field) {
  std::string detail(type_name(field.type));
  if (!field.unit.empty()) detail += ", " + std::string(field.unit);
  if (!field.otel.empty()) detail += "; " + std::string(field.otel);
  return detail;
}

const PolicySymbol* symbol_at(std::string_view text, std::size_t offset,
                              const DocumentSymbols* symbols) {
  if (symbols == nullptr) return nullptr;
  const Spot spot = spot_at(text, offset);
  const auto found = std::ranges::find_if(symbols->symbols, [&](const PolicySymbol& symbol) {
    return symbol.name == spot.word.text && may_name(spot.meaning.kind, symbol.kind);
  });
  return found == symbols->symbols.end() ? nullptr : &*found;
}

std::optional<Hover> hover_at(std::string_view text, std::size_t offset,
                              const DocumentSymbols* symbols) {
  const Spot spot = spot_at(text, offset);
  if (spot.word.text.empty()) return std::nullopt;
  std::optional<std::string> markdown;
  if (const PolicySymbol* symbol = symbol_at(text, offset, symbols)) {
    const bool is_measure = symbol->kind == PolicySymbol::Kind::kMeasure;
    markdown = std::string(is_measure ? "A measure" : "A selection") +
               " of this policy.\n```yaml\n" + symbol->source + "\n```";
  } else {
    markdown = markdown_at(text, spot.word, spot.meaning, spot.path);
  }
  if (!markdown) return std::nullopt;
  return Hover{*std::move(markdown), spot.word.begin, spot.word.end};
}

}  // namespace tidewaiter
