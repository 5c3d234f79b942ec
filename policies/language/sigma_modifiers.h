#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "policies/language/document_reader.h"
#include "policies/model/field.h"

namespace tidewaiter {

/// What stands on the left of a selection's colon: `client.address|cidr`.
struct SelectionKey {
  enum class Match : std::uint8_t {
    kEquals,
    kContains,
    kStartsWith,
    kEndsWith,
    kRegex,
    kCidr,
    kGreater,
    kGreaterOrEqual,
    kLess,
    kLessOrEqual,
    kExists,
    kFieldRef,
    kIn,
  };
  FieldId field = 0;
  Match match = Match::kEquals;
  bool cased = false;
  bool all = false;         ///< every value must match, not any
  std::string regex_flags;  ///< of i, m, s
  SourceSpan span;          ///< of the field's name
};

/// Reads `field|modifier|modifier`: the field is one of `kind`, the modifiers are known, go
/// together and fit the field's type.
[[nodiscard]] std::optional<SelectionKey> read_selection_key(DocumentReader& reader,
                                                             const YamlNode& key, RecordKind kind);

}  // namespace tidewaiter
