#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policies/model/diagnostic.h"
#include "policies/model/field.h"
#include "policies/model/value.h"

namespace tidewaiter {

class NamedLists;
class PartyCheck;
class ValueList;

/// What a node does. Every operation is total: where it has no value (absent field, division by
/// zero, overflow of int64) the result is null, which as a truth value means unknown.
enum class ExprOp : std::uint8_t {
  kLiteral,  ///< `literal`
  kField,    ///< record field `index` (FieldId)
  kColumn,   ///< input column `index` of a source mapping
  kMeasure,  ///< measure `index` of the policy

  kNot,
  kAnd,
  kOr,  ///< Kleene's three-valued logic; kAnd and kOr take 1..n arguments
  kEq,
  kNe,
  kLt,
  kLe,
  kGt,
  kGe,      ///< two arguments of one comparable type; int64 and double mix
  kIn,      ///< args[0] equals one of args[1..], which are literals
  kInList,  ///< args[0], or any element of it, stands in `list`; of a dated list at args[1], a time
  kExists,  ///< true or false, never unknown: args[0] is a field
  kTextMatch,  ///< args[0] matches `text`; a list matches if any element does
  kCidr,       ///< args[0] (ip) lies in the network in `text.pattern`

  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kNeg,      ///< kDiv of two int64 is a double
  kIf,       ///< if(c, a, b): null where c is unknown
  kDefault,  ///< default(x, v): v where x is null
  kRound,    ///< double → int64, halves away from zero; null beyond int64
  kFloor,
  kCeil,  ///< double → int64
  kAbs,
  kLeast,
  kGreatest,   ///< two or more arguments; null if any is null
  kLower,      ///< ASCII lower case
  kTruncate,   ///< truncate(timestamp, duration): start of the aligned slot
  kHourOf,     ///< hour(timestamp): 0..23 UTC
  kWeekdayOf,  ///< weekday(timestamp): 1 = Monday .. 7 UTC
  kDayOf,      ///< day(timestamp): of the month, 1..31 UTC
  kWeekOf,     ///< week(timestamp): of ISO 8601, 1..53 UTC
  kMonthOf,    ///< month(timestamp): 1..12 UTC
  kYearOf,     ///< year(timestamp): of the Gregorian calendar, UTC
  kParseTime,  ///< timestamp("…"): string → timestamp (zone optional: UTC)
  kToInt,      ///< int(string): string → int64, null if it is not a whole decimal number
  kToDouble,   ///< number(string): string → double, null if it is not a finite decimal number
  kToString,   ///< string(x): int64, bool or string → string
  kConcat,     ///< a + b of two strings
  kSeconds,    ///< seconds(number): → duration; likewise milliseconds as seconds(x / 1000)
  /// sketch_distance(a, b): bits in which two sketches differ, 0..64; of texts that are none: null
  kSketchDistance,

  kPartyCheck,   ///< what `check` says of the whole record; args are the fields that it looks at
  kPartyFigure,  ///< double: the figure of `check` where kPartyCheck is true, else null
};

/// Pattern of kTextMatch and kCidr.
struct TextPattern {
  enum class Mode : std::uint8_t { kEquals, kContains, kStartsWith, kEndsWith, kWildcard, kRegex };
  Mode mode = Mode::kEquals;
  /// False: ASCII letters match in either case (Sigma's default); |cased makes it true.
  bool cased = false;
  /// As written. kWildcard: * any run, ? one code point, backslash escapes. kRegex: RE2 syntax,
  /// unanchored, as Sigma's |re.
  std::string pattern;
  bool operator==(const TextPattern&) const = default;
};

/// A typed expression tree, checked by the parser: arguments have the types that `op` needs.
struct Expr {
  ExprOp op = ExprOp::kLiteral;
  ValueType type = ValueType::kBool;  ///< static type of the result
  Value literal = {};
  std::uint16_t index = 0;
  TextPattern text = {};
  std::vector<Expr> args = {};
  SourceSpan span = {};                        ///< where it was written; not part of the meaning
  std::shared_ptr<const ValueList> list = {};  ///< of kInList, shared by all that name it
  std::shared_ptr<const PartyCheck> check =
      {};  ///< of kPartyCheck and kPartyFigure, which share it
};

/// Says whether two expressions mean the same: equal in all but their spans.
[[nodiscard]] bool same_meaning(const Expr& a, const Expr& b);

/// A canonical text of the expression: equal texts ⇔ same_meaning. Also what `explain` shows.
[[nodiscard]] std::string to_text(const Expr& expr);

/// What the names in an expression may mean.
struct ExprScope {
  std::optional<RecordKind> fields;  ///< catalogue fields of this kind
  struct Named {
    std::string name;
    ValueType type;
  };
  std::vector<Named> columns;                            ///< kColumn, by position
  std::vector<Named> measures;                           ///< kMeasure, by position
  std::vector<std::pair<std::string, Expr>> selections;  ///< named truth values, put in whole
  NamedLists* lists = nullptr;  ///< what `list:NAME` means; none: no lists here. Not owned
};

/// As to_text, with the names that `scope` gives to columns and measures: what people are shown.
[[nodiscard]] std::string to_text(const Expr& expr, const ExprScope& scope);

/// Where an expression's text stands in its file, so that carets fall on the right word.
struct ExprOrigin {
  std::string file;
  std::int32_t line = 1;
  std::int32_t column = 1;
  std::string source_line;  ///< the file's line; empty: the expression's own text
};

/// Parses and type-checks one expression (grammar: docs/policy-language.md). Returns nothing, and
/// at least one error in `diagnostics`, if it is not well formed: the first place where the grammar
/// ends, and before it each name, literal and operator that means nothing by itself. Depth <= 64,
/// text <= 16 KiB.
[[nodiscard]] std::optional<Expr> parse_expression(std::string_view text, const ExprScope& scope,
                                                   const ExprOrigin& origin,
                                                   std::vector<Diagnostic>& diagnostics);

}  // namespace tidewaiter
