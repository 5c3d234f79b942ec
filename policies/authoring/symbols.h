#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/diagnostic.h"
#include "policies/model/field.h"

namespace tidewaiter {

/// A name that a policy gives to one of its parts; of a test what it shows.
struct PolicySymbol {
  enum class Kind : std::uint8_t { kSelection, kMeasure, kTest };
  Kind kind = Kind::kSelection;
  std::string name;
  SourceSpan span;     ///< of the name where it is given
  std::string source;  ///< the line that it stands on, without indentation
};

/// The names of one document.
struct DocumentSymbols {
  std::int32_t first_line = 1;
  std::string first_key;  ///< which says what the document is; empty of one that is no map
  std::string name;       ///< the value of the first key
  SourceSpan span;        ///< of the first key
  RecordKind reads = RecordKind::kUsage;
  std::vector<PolicySymbol> symbols;
};

/// The names of each document of a text, in order; `readable` is false if it is not YAML, so that
/// documents may be missing.
struct SymbolTable {
  bool readable = false;
  std::vector<DocumentSymbols> documents;

  /// Those of the document that holds the line; null if there is none.
  [[nodiscard]] const DocumentSymbols* at(std::int32_t line) const;
};
[[nodiscard]] SymbolTable read_symbols(std::string_view text);

}  // namespace tidewaiter
