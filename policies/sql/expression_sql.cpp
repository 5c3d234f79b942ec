#include "policies/sql/expression_sql.h"

#include <optional>
#include <utility>
#include <vector>

#include "policies/language/code_points.h"
#include "policies/language/value_list.h"
#include "policies/language/wildcard_element.h"
#include "policies/model/ascii.h"
#include "policies/model/field.h"
#include "policies/model/time.h"

namespace tidewaiter {
namespace {

/// A pattern of kWildcard as one of GLOB, where `[` begins a class of characters. A backslash is in
/// one too: SQLite takes it as it stands, and DuckDB for an escape.
std::string glob_of(std::string_view pattern) {
  std::string glob;
  for (std::size_t i = 0; i < pattern.size();) {
    const WildcardElement element = wildcard_element(pattern, i);
    const std::string_view written = pattern.substr(i, element.size);
    i += element.size;
    if (element.kind != WildcardElement::Kind::kPlain) {
      glob += written;
    } else if (std::string_view("*?[\\").find(element.plain) != std::string_view::npos) {
      glob.append("[").append(element.plain).append("]");
    } else {
      glob += element.plain;
    }
  }
  return glob;
}

const char* operator_of(ExprOp op) {
  switch (op) {
    case ExprOp::kAnd:
      return " AND ";
    case ExprOp::kOr:
      return " OR ";
    case ExprOp::kEq:
      return " = ";
    case ExprOp::kNe:
      return " <> ";
    case ExprOp::kLt:
      return " < ";
    case ExprOp::kLe:
      return " <= ";
    case ExprOp::kGt:
      return " > ";
    case ExprOp::kGe:
      return " >= ";
    case ExprOp::kAdd:
      return " + ";
    case ExprOp::kSub:
      return " - ";
    case ExprOp::kMul:
      return " * ";
    case ExprOp::kDiv:
      return " / ";
    case ExprOp::kMod:
      return " % ";
    default:
      return "";
  }
}

/// Walks one tree. After a construct that has no SQL the text is of no use, and `error` says why.
class Writer {
 public:
  Writer(std::span<const std::string> measures, SqlDialect dialect)
      : measures_(measures), dialect_(dialect) {}

  /// Some operands are written more than once, so that the text can double with each level.
  std::string write(const Expr& expr) {  // NOLINT(misc-no-recursion): trees are at most 64 deep
    if (error_) return "NULL";
    std::string text = write_node(expr);
    return text.size() > kMostBytes ? refuse("an expression as long as this one") : text;
  }

  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  static constexpr std::size_t kMostBytes = std::size_t{256} << 10U;

  // One case a group of operations; the groups are below.
  std::string write_node(const Expr& expr) {  // NOLINT(misc-no-recursion)
    switch (expr.op) {
      case ExprOp::kLiteral:
        return literal(expr.literal);
      case ExprOp::kField:
        return field_text(expr);
      case ExprOp::kMeasure:
        return measures_[expr.index];
      case ExprOp::kNot:
        return "(NOT " + write(expr.args[0]) + ")";
      case ExprOp::kAnd:
      case ExprOp::kOr:
        return chained(expr);
      case ExprOp::kEq:
      case ExprOp::kNe:
      case ExprOp::kLt:
      case ExprOp::kLe:
      case ExprOp::kGt:
      case ExprOp::kGe:
        return comparison(expr);
      case ExprOp::kIn:
        return membership(expr);
      case ExprOp::kInList:
        return list_membership(expr);
      case ExprOp::kExists:
        return "(" + write(expr.args[0]) + " IS NOT NULL)";
      case ExprOp::kTextMatch:
        return text_match(expr.text, write(expr.args[0]));
      case ExprOp::kAdd:
      case ExprOp::kSub:
      case ExprOp::kMul:
      case ExprOp::kDiv:
      case ExprOp::kMod:
        return arithmetic(expr);
      default:
        return function(expr);
    }
  }

  std::string refuse(const std::string& what) {
    if (!error_) error_ = Error{ErrorCode::kUnsupported, what + " has no SQL form"};
    return "NULL";
  }

  std::string literal(const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    const bool ends_early = text != nullptr && text->find('\0') != std::string::npos;
    return ends_early ? refuse("a text with U+0000") : sql_literal(value);
  }

  std::string field_text(const Expr& expr) {
    const Field& known = field(expr.index);
    if (known.type == ValueType::kStringList) {
      return refuse("`" + std::string(known.name) + "`, a list,");
    }
    return sql_name(known.name);
  }

  std::string chained(const Expr& expr) {  // NOLINT(misc-no-recursion)
    std::string out;
    for (const Expr& arg : expr.args) {
      out += out.empty() ? "(" : operator_of(expr.op);
      out += write(arg);
    }
    return out + ")";
  }

  /// An int64 beside a double counts as the nearest double.
  std::string as(const Expr& expr, ValueType type) {  // NOLINT(misc-no-recursion)
    const std::string text = write(expr);
    const bool widens = type == ValueType::kDouble && expr.type != ValueType::kDouble;
    return widens ? "CAST(" + text + " AS DOUBLE)" : text;
  }

  static ValueType common_type(const Expr& a, const Expr& b) {
    const bool real = a.type == ValueType::kDouble || b.type == ValueType::kDouble;
    return real ? ValueType::kDouble : a.type;
  }

  std::string comparison(const Expr& expr) {  // NOLINT(misc-no-recursion)
    const ValueType type = common_type(expr.args[0], expr.args[1]);
    return "(" + as(expr.args[0], type) + operator_of(expr.op) + as(expr.args[1], type) + ")";
  }

  std::string membership(const Expr& expr) {  // NOLINT(misc-no-recursion)
    ValueType type = expr.args[0].type;
    for (const Expr& arg : expr.args) {
      if (arg.type == ValueType::kDouble) type = ValueType::kDouble;
    }
    std::string out = "(" + as(expr.args[0], type) + " IN (";
    for (std::size_t i = 1; i < expr.args.size(); ++i) {
      out += (i > 1 ? ", " : "") + as(expr.args[i], type);
    }
    return out + "))";
  }

  /// Each text with the times at which it stands in the list; those that always do in one.
  std::string list_membership(const Expr& expr) {  // NOLINT(misc-no-recursion)
    const ValueList& list = *expr.list;
    const std::string value = write(expr.args[0]);
    if (list.type() != ValueType::kString && list.type() != ValueType::kIp) {
      return refuse("a list of numbers");
    }
    const bool dated = expr.args.size() > 1;
    const std::string time = dated ? write(expr.args[1]) : std::string();
    std::string always;
    std::string out;
    for (const ValueList::DatedText& item : list.texts()) {
      const std::string text = literal(std::string(item.text));
      const bool stands_always = !dated || (item.times.size() == 1 && item.times[0] == kAlways);
      if (stands_always) {
        always += (always.empty() ? "" : ", ") + text;
        continue;
      }
      for (const Interval& times : item.times) {
        out += " OR (" + value + " = " + text + " AND " + time +
               " >= " + std::to_string(times.from.us) + " AND " + time + " < " +
               std::to_string(times.to.us) + ")";
      }
    }
    // Of a value that is NULL nothing is known, also where the list is empty.
    const std::string first =
        always.empty() ? "(" + value + " <> " + value + ")" : value + " IN (" + always + ")";
    return "(" + first + out + ")";
  }

  std::string text_match(const TextPattern& pattern, std::string value) {
    std::string words = pattern.pattern;
    if (!pattern.cased) {
      value = sql_ascii_lower(value, dialect_);
      words = ascii_lower(words);
    }
    const std::string quoted = literal(words);
    const std::string length = std::to_string(count_code_points(words));
    switch (pattern.mode) {
      case TextPattern::Mode::kEquals:
        return "(" + value + " = " + quoted + ")";
      case TextPattern::Mode::kContains:
        return "(instr(" + value + ", " + quoted + ") > 0)";
      case TextPattern::Mode::kStartsWith:
        return "(substr(" + value + ", 1, " + length + ") = " + quoted + ")";
      case TextPattern::Mode::kEndsWith:
        if (words.empty()) return "(" + value + " = " + value + ")";
        return "(substr(" + value + ", -" + length + ") = " + quoted + ")";
      case TextPattern::Mode::kWildcard:
        return "(" + value + " GLOB " + literal(glob_of(words)) + ")";
      case TextPattern::Mode::kRegex:
        break;
    }
    return refuse("a regular expression");
  }

  std::string arithmetic(const Expr& expr) {  // NOLINT(misc-no-recursion)
    const std::string a = as(expr.args[0], expr.type);
    const std::string b = as(expr.args[1], expr.type);
    const bool divides = expr.op == ExprOp::kDiv || expr.op == ExprOp::kMod;
    const std::string right = divides ? "nullif(" + b + ", 0)" : b;
    const std::string text = "(" + a + operator_of(expr.op) + right + ")";
    return expr.type == ValueType::kDouble ? finite(text) : sql_int64_or_null(text, dialect_);
  }

  /// NULL where a double is none: a comparison with NULL is not true.
  static std::string finite(const std::string& text) {
    return "(CASE WHEN abs(" + text + ") <= 1.7976931348623157e308 THEN " + text + " END)";
  }

  /// A double without fraction as int64, NULL beyond its range.
  static std::string whole(const std::string& text) {
    return "(CASE WHEN " + text + " >= -9223372036854775808.0 AND " + text +
           " < 9223372036854775808.0 THEN CAST(" + text + " AS BIGINT) END)";
  }

  std::string function(const Expr& expr) {  // NOLINT(misc-no-recursion)
    switch (expr.op) {
      case ExprOp::kNeg:
        return expr.type == ValueType::kDouble
                   ? "(-" + write(expr.args[0]) + ")"
                   : sql_int64_or_null("(0 - " + write(expr.args[0]) + ")", dialect_);
      case ExprOp::kAbs:
        return absolute(expr);
      case ExprOp::kIf:
        return "(CASE WHEN " + write(expr.args[0]) + " THEN " + as(expr.args[1], expr.type) +
               " WHEN NOT " + write(expr.args[0]) + " THEN " + as(expr.args[2], expr.type) +
               " END)";
      case ExprOp::kDefault:
        return "coalesce(" + as(expr.args[0], expr.type) + ", " + as(expr.args[1], expr.type) + ")";
      case ExprOp::kLeast:
      case ExprOp::kGreatest:
        return extreme(expr);
      case ExprOp::kRound:
        return whole("round(" + as(expr.args[0], ValueType::kDouble) + ")");
      case ExprOp::kFloor:
        return whole("floor(" + as(expr.args[0], ValueType::kDouble) + ")");
      case ExprOp::kCeil:
        return whole("ceil(" + as(expr.args[0], ValueType::kDouble) + ")");
      case ExprOp::kLower:
        return sql_ascii_lower(write(expr.args[0]), dialect_);
      case ExprOp::kConcat:
        return "(" + write(expr.args[0]) + " || " + write(expr.args[1]) + ")";
      case ExprOp::kToString:
        return text_of(expr.args[0]);
      default:
        return time_function(expr);
    }
  }

  std::string absolute(const Expr& expr) {  // NOLINT(misc-no-recursion)
    const std::string value = write(expr.args[0]);
    if (expr.type == ValueType::kDouble) return "abs(" + value + ")";
    return "(CASE WHEN " + value + " < 0 THEN " +
           sql_int64_or_null("(0 - " + value + ")", dialect_) + " ELSE " + value + " END)";
  }

  std::string extreme(const Expr& expr) {  // NOLINT(misc-no-recursion)
    std::string out = as(expr.args[0], expr.type);
    for (std::size_t i = 1; i < expr.args.size(); ++i) {
      out = sql_extreme(expr.op == ExprOp::kLeast, out, as(expr.args[i], expr.type), dialect_);
      if (out.size() > kMostBytes) return refuse("a choice among so many values");
    }
    return "(" + out + ")";
  }

  std::string text_of(const Expr& expr) {  // NOLINT(misc-no-recursion)
    const std::string value = write(expr);
    if (expr.type == ValueType::kBool) {
      return "(CASE WHEN " + value + " THEN 'true' WHEN NOT " + value + " THEN 'false' END)";
    }
    return expr.type == ValueType::kString ? value : "CAST(" + value + " AS VARCHAR)";
  }

  std::string time_function(const Expr& expr) {  // NOLINT(misc-no-recursion)
    const std::string time = expr.args.empty() ? std::string() : write(expr.args[0]);
    switch (expr.op) {
      case ExprOp::kTruncate: {
        const std::string width =
            "nullif(" + sql_extreme(false, write(expr.args[1]), "0", dialect_) + ", 0)";
        return "(" + time + " - ((" + time + " % " + width + ") + " + width + ") % " + width + ")";
      }
      case ExprOp::kHourOf:
        return "((" + sql_floor_divide(time, kHour.us, dialect_) + " % 24 + 24) % 24)";
      case ExprOp::kWeekdayOf:  // 1970-01-01 was a Thursday, day 4 of the week
        return "(((" + sql_floor_divide(time, kDay.us, dialect_) + " + 3) % 7 + 7) % 7 + 1)";
      case ExprOp::kDayOf:
        return sql_date_part("day", time, dialect_);
      case ExprOp::kMonthOf:
        return sql_date_part("month", time, dialect_);
      case ExprOp::kYearOf:
        return sql_date_part("year", time, dialect_);
      case ExprOp::kSeconds:
        if (expr.args[0].type == ValueType::kDouble)
          return whole("round(" + time + " * 1000000.0)");
        return sql_int64_or_null("(" + time + " * 1000000)", dialect_);
      default:
        return refuse("`" + to_text(expr) + "`");
    }
  }

  std::span<const std::string> measures_;
  SqlDialect dialect_;
  std::optional<Error> error_;
};

}  // namespace

Result<std::string> expression_sql(const Expr& expr, std::span<const std::string> measures,
                                   SqlDialect dialect) {
  Writer writer(measures, dialect);
  std::string text = writer.write(expr);
  if (writer.error()) return tl::unexpected(*writer.error());
  return text;
}

}  // namespace tidewaiter
