#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/language/time_part.h"
#include "policies/language/value_encoding.h"
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
    kCountryGroup,  ///< as kIn, of lists of countries by their names
    kSimilar,
  };
  FieldId field = 0;
  Match match = Match::kEquals;
  /// What becomes of a text before it is compared, in this order.
  std::vector<ValueEncoding> encodings;
  bool expand = false;    ///< its values may hold placeholders
  bool any_dash = false;  ///< `windash`: its dashes stand for one another
  /// The part of a time that is compared instead of the time.
  std::optional<TimePart> part;
  bool negated = false;  ///< `neq`: none of the values must match
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
