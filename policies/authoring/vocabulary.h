#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tidewaiter {

/// A kind of map in a policy file whose keys the language fixes.
enum class Section : std::uint8_t {
  kPolicy,
  kInterval,
  kBasis,
  kWindow,
  kSequence,
  kAbsence,
  kScreen,
  kCorroboration,
  kOwnership,
  kExemption,
  kResponse,
  kEvidence,
  kChoice,
  kRepeat,
  kTest,
  kExpectation,
  kTests,  ///< a document of tests
};
inline constexpr std::size_t kSections = 17;

/// What may stand behind a key.
enum class ValueForm : std::uint8_t {
  kText,
  kTexts,       ///< a text or a list of texts
  kWord,        ///< one of KeyRow::words
  kInteger,     ///< a whole number from KeyRow::least to KeyRow::most
  kFlag,        ///< true or false
  kScore,       ///< a number above 0 and at most 1
  kTime,        ///< a date, or a date and time
  kDuration,    ///< 24h, 1h30m
  kExpression,  ///< over measures
  kAmount,      ///< an expression over fields
  kCondition,   ///< over selections
  kFields,      ///< a field or a list of fields, or one of KeyRow::words
  kSelection,   ///< a map of fields, a list of such maps, or an expression
  kSelections,  ///< a map from names to selections
  kMeasures,    ///< a map from names to measures
  kRecords,     ///< a list of native records, or the path of a file of them
  kFigures,     ///< a map from names of measures to values
  kMap,         ///< a map with the keys of KeyRow::section
  kMaps,        ///< such a map, or a list of them
  kWindow,      ///< a duration, or such a map
  kWordOrMap,   ///< one of KeyRow::words, or such a map
};

/// A word of the language with what an editor tells about it.
struct WordRow {
  std::string_view name;
  std::string_view usage;  ///< how it is written: "round(x)", "operation|in: [chat, batch]"
  std::string_view doc;    ///< one sentence or two
};

/// A key of one section.
struct KeyRow {
  std::string_view name;
  ValueForm form = ValueForm::kText;
  bool needed = false;
  std::string_view example;  ///< what may stand behind the colon, on one line
  std::string_view doc;      ///< one sentence or two
  std::span<const WordRow> words = {};
  std::optional<Section> section = {};  ///< of kMap, kMaps, kWindow, kWordOrMap
  std::int64_t least = 0;               ///< of kInteger
  std::int64_t most = 0;
};

/// The keys that the reader takes in a section, in the order in which docs/policy-language.md
/// writes them and `policy fmt` lays them out. The one table behind the JSON Schema, hover,
/// completion and the order of keys; tests/unit/authoring holds it to what the reader accepts.
[[nodiscard]] std::span<const KeyRow> keys_of(Section section);
[[nodiscard]] const KeyRow* find_key(Section section, std::string_view name);

/// The member that a test's record may have beside those of the native format.
[[nodiscard]] const KeyRow& arrival_key();

/// Functions of expressions, sorted by name.
[[nodiscard]] std::span<const WordRow> function_words();
/// What measures are made with.
[[nodiscard]] std::span<const WordRow> aggregate_words();
/// What may stand behind a field's bar in a selection.
[[nodiscard]] std::span<const WordRow> modifier_words();
/// Operators and quantifiers that are words: and, or, not, in, of, them …
[[nodiscard]] std::span<const WordRow> operator_words();

[[nodiscard]] const WordRow* find_word(std::span<const WordRow> words, std::string_view name);

}  // namespace tidewaiter
