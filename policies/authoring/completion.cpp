#include "policies/authoring/completion.h"

#include <set>

#include "policies/authoring/cursor.h"
#include "policies/authoring/document_keys.h"
#include "policies/authoring/hover.h"
#include "policies/authoring/vocabulary.h"

namespace tidewaiter {
namespace {

using Meaning = CursorMeaning::Kind;
using CompletionKind = Completion::Kind;

class Collector {
 public:
  Collector(std::string_view text, std::size_t offset, const DocumentSymbols* symbols)
      : text_(text), word_(word_at(text, offset)), symbols_(symbols) {}

  std::vector<Completion> collect() {
    const CursorPath path = cursor_path(text_, word_.begin);
    const CursorMeaning meaning = meaning_of(path);
    switch (meaning.kind) {
      case Meaning::kKey:
        keys(meaning.section);
        break;
      case Meaning::kFirstKey:
        document_keys_of(first_keys());
        break;
      case Meaning::kDocumentKey:
        document_keys_of(document_keys(path.document, path.keys));
        break;
      case Meaning::kDocumentWord:
        document_words(path);
        break;
      case Meaning::kSelectionName:
        names(PolicySymbol::Kind::kSelection);
        break;
      case Meaning::kWord:
        words(meaning.row->words, CompletionKind::kWord);
        break;
      case Meaning::kField:
        fields();
        if (meaning.row != nullptr) words(meaning.row->words, CompletionKind::kWord);
        break;
      case Meaning::kMember:
        fields();
        key(arrival_key());
        break;
      case Meaning::kFieldKey:
        field_key();
        break;
      case Meaning::kCondition:
        names(PolicySymbol::Kind::kSelection);
        condition_words();
        break;
      case Meaning::kSelection:
        expression();
        break;
      case Meaning::kWhere:
        names(PolicySymbol::Kind::kSelection);
        expression();
        break;
      case Meaning::kMeasure:
        calls(aggregate_words());
        names(PolicySymbol::Kind::kSelection);
        names(PolicySymbol::Kind::kMeasure);
        expression();
        break;
      case Meaning::kReport:
        names(PolicySymbol::Kind::kMeasure);
        // A license covers records, and none is at hand here.
        calls(function_words(), "licensed");
        logic();
        break;
      case Meaning::kMeasureName:
        names(PolicySymbol::Kind::kMeasure);
        break;
      case Meaning::kNothing:
        break;
    }
    return std::move(out_);
  }

 private:
  void keys(Section section) {
    for (const KeyRow& row : keys_of(section)) key(row);
  }

  void key(const KeyRow& row) {
    out_.push_back({CompletionKind::kKey, std::string(row.name), std::string(row.example),
                    std::string(row.doc), std::string(row.name) + ": "});
  }

  void words(std::span<const WordRow> rows, CompletionKind kind) {
    for (const WordRow& row : rows) {
      out_.push_back(
          {kind, std::string(row.name), std::string(row.usage), std::string(row.doc), {}});
    }
  }

  void document_keys_of(const std::vector<DocumentKey>& all) {
    for (const DocumentKey& key : all) {
      out_.push_back({CompletionKind::kKey, key.name, {}, key.doc, key.name + ": "});
    }
  }

  void document_words(const CursorPath& path) {
    for (const DocumentKey& key : document_keys(path.document, path.keys)) {
      if (key.name != path.value_of) continue;
      for (const std::string& word : key.words) {
        out_.push_back({CompletionKind::kWord, word, {}, {}, {}});
      }
    }
  }

  void calls(std::span<const WordRow> rows, std::string_view but = {}) {
    for (const WordRow& row : rows) {
      if (row.name == but) continue;
      out_.push_back({CompletionKind::kFunction, std::string(row.name), std::string(row.usage),
                      std::string(row.doc), std::string(row.name) + "("});
    }
  }

  void fields() {
    const RecordKind reads = symbols_ != nullptr ? symbols_->reads : RecordKind::kUsage;
    for (const Field& field : tidewaiter::fields()) {
      if (!has_kind(field, reads)) continue;
      out_.push_back({CompletionKind::kField,
                      std::string(field.name),
                      field_detail(field),
                      std::string(field.doc),
                      {}});
    }
  }

  /// Behind a bar stand modifiers, before it the field.
  void field_key() {
    if (word_.begin > 0 && text_[word_.begin - 1] == '|') {
      words(modifier_words(), CompletionKind::kModifier);
    } else {
      fields();
    }
  }

  void names(PolicySymbol::Kind kind) {
    if (symbols_ == nullptr) return;
    for (const PolicySymbol& symbol : symbols_->symbols) {
      if (symbol.kind == kind)
        out_.push_back({CompletionKind::kName, symbol.name, symbol.source, {}, {}});
    }
  }

  void some_words(const std::set<std::string_view>& wanted) {
    for (const WordRow& row : operator_words()) {
      if (!wanted.contains(row.name)) continue;
      out_.push_back({CompletionKind::kWord,
                      std::string(row.name),
                      std::string(row.usage),
                      std::string(row.doc),
                      {}});
    }
  }

  void logic() { some_words({"and", "or", "not", "in"}); }
  void condition_words() { some_words({"and", "or", "not", "of", "them"}); }

  void expression() {
    fields();
    calls(function_words());
    some_words({"and", "or", "not", "in", "where", "nocase"});
  }

  std::string_view text_;
  CursorWord word_;
  const DocumentSymbols* symbols_;
  std::vector<Completion> out_;
};

}  // namespace

std::vector<Completion> completions_at(std::string_view text, std::size_t offset,
                                       const DocumentSymbols* symbols) {
  return Collector(text, offset, symbols).collect();
}

}  // namespace tidewaiter
