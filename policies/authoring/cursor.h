#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/authoring/vocabulary.h"

namespace tidewaiter {

/// Where a place stands in a policy that is being written, and so need not be YAML yet. Found by
/// indentation and brackets; what it says of a text that is not YAML is a good guess, no more.
struct CursorPath {
  std::string document;  ///< the first key of the document, as far as it is written
  /// Keys that lead to the map around the place, outermost first; items of lists leave no trace.
  std::vector<std::string> keys;
  /// The key of whose value the place is a part; absent where a key stands or may stand.
  std::optional<std::string> value_of;
  bool in_comment = false;
};

/// `offset` is a byte of `text`, or its end.
[[nodiscard]] CursorPath cursor_path(std::string_view text, std::size_t offset);

/// The word at a place: letters, digits, `_`, dots between them, and dashes if `dashes`.
struct CursorWord {
  std::size_t begin = 0;  ///< bytes of the text
  std::size_t end = 0;
  std::string_view text;  ///< into the text that was given
};
[[nodiscard]] CursorWord word_at(std::string_view text, std::size_t offset, bool dashes = false);

/// What the language takes at a place.
struct CursorMeaning {
  enum class Kind {
    kNothing,        ///< a text, a number: nothing that is known
    kKey,            ///< a key of `section`
    kFirstKey,       ///< the key that a document begins with, which says what it is
    kDocumentKey,    ///< a key of a document beside policies: document_keys() of the path
    kDocumentWord,   ///< the value of such a key
    kSelectionName,  ///< a selection's name and nothing else: a step of a sequence
    kWord,           ///< one of the words of `row`
    kField,          ///< a field's name: in `for_each`, `evidence`, behind `fieldref`
    kFieldKey,       ///< `field|modifier` of a selection
    kMember,         ///< a member of a native record: a field
    kCondition,      ///< names of selections, and, or, not, of, them
    kSelection,      ///< an expression over fields
    kWhere,          ///< an expression over fields and selections
    kMeasure,        ///< aggregate(expression) where selection
    kReport,         ///< an expression over measures
    kMeasureName,    ///< a measure's name
  };
  Kind kind = Kind::kNothing;
  Section section = Section::kPolicy;
  const KeyRow* row = nullptr;
};
[[nodiscard]] CursorMeaning meaning_of(const CursorPath& path);

}  // namespace tidewaiter
