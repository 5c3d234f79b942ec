#include <array>
#include <charconv>
#include <string>

#include "policies/language/expression.h"
#include "policies/language/value_list.h"
#include "policies/model/money.h"
#include "policies/model/time.h"
#include "policies/screening/party_check.h"

namespace tidewaiter {
namespace {

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// Decimal without an exponent, always with a point: reads back to the same double.
std::string double_text(double value) {
  std::array<char, 400> buffer{};
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  std::string text(buffer.data(), error == std::errc() ? end : buffer.data());
  if (text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::string literal_text(const Expr& expr) {
  if (is_null(expr.literal)) return "null:" + std::string(type_name(expr.type));
  switch (expr.type) {
    case ValueType::kBool:
      return std::get<bool>(expr.literal) ? "true" : "false";
    case ValueType::kInt64:
      return std::to_string(std::get<std::int64_t>(expr.literal));
    case ValueType::kDouble:
      return double_text(std::get<double>(expr.literal));
    case ValueType::kString:
      return quote(std::get<std::string>(expr.literal));
    case ValueType::kIp:
      return "ip:" + quote(std::get<std::string>(expr.literal));
    case ValueType::kDuration:
      return format_duration({std::get<std::int64_t>(expr.literal)});
    case ValueType::kTimestamp:
      return "timestamp(" + quote(format_time({std::get<std::int64_t>(expr.literal)})) + ")";
    case ValueType::kMoney:
      return format_money({std::get<std::int64_t>(expr.literal)}) + " USD";
    case ValueType::kStringList: {
      std::string text = "{";
      for (const std::string& item : std::get<std::vector<std::string>>(expr.literal)) {
        text += quote(item) + ",";
      }
      return text + "}";
    }
  }
  return {};
}

std::string_view operator_of(ExprOp op) {
  switch (op) {
    case ExprOp::kAnd:
      return " and ";
    case ExprOp::kOr:
      return " or ";
    case ExprOp::kEq:
      return " == ";
    case ExprOp::kNe:
      return " != ";
    case ExprOp::kLt:
      return " < ";
    case ExprOp::kLe:
      return " <= ";
    case ExprOp::kGt:
      return " > ";
    case ExprOp::kGe:
      return " >= ";
    case ExprOp::kAdd:
    case ExprOp::kConcat:
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
      return {};
  }
}

std::string_view function_of(ExprOp op) {
  switch (op) {
    case ExprOp::kExists:
      return "exists";
    case ExprOp::kIf:
      return "if";
    case ExprOp::kDefault:
      return "default";
    case ExprOp::kRound:
      return "round";
    case ExprOp::kFloor:
      return "floor";
    case ExprOp::kCeil:
      return "ceil";
    case ExprOp::kAbs:
      return "abs";
    case ExprOp::kLeast:
      return "least";
    case ExprOp::kGreatest:
      return "greatest";
    case ExprOp::kLower:
      return "lower";
    case ExprOp::kTruncate:
      return "truncate";
    case ExprOp::kHourOf:
      return "hour";
    case ExprOp::kWeekdayOf:
      return "weekday";
    case ExprOp::kDayOf:
      return "day";
    case ExprOp::kWeekOf:
      return "week";
    case ExprOp::kMonthOf:
      return "month";
    case ExprOp::kYearOf:
      return "year";
    case ExprOp::kParseTime:
      return "timestamp";
    case ExprOp::kToInt:
      return "int";
    case ExprOp::kToDouble:
      return "number";
    case ExprOp::kToString:
      return "string";
    case ExprOp::kSeconds:
      return "seconds";
    case ExprOp::kSketchDistance:
      return "sketch_distance";
    case ExprOp::kAnd:
      return "and";
    case ExprOp::kOr:
      return "or";
    default:
      return "?";
  }
}

std::string_view function_of(TextPattern::Mode mode) {
  switch (mode) {
    case TextPattern::Mode::kEquals:
      return "equals";
    case TextPattern::Mode::kContains:
      return "contains";
    case TextPattern::Mode::kStartsWith:
      return "startswith";
    case TextPattern::Mode::kEndsWith:
      return "endswith";
    case TextPattern::Mode::kWildcard:
      return "like";
    case TextPattern::Mode::kRegex:
      return "matches";
  }
  return "?";
}

/// Writes one tree. `scope` may be null: columns and measures then show their position.
class Writer {
 public:
  explicit Writer(const ExprScope* scope) : scope_(scope) {}

  void write(const Expr& expr) {
    switch (expr.op) {
      case ExprOp::kLiteral:
        out_ += literal_text(expr);
        return;
      case ExprOp::kField:
        out_ += field(expr.index).name;
        return;
      case ExprOp::kColumn:
        name(expr.index, "column", scope_ != nullptr ? &scope_->columns : nullptr);
        return;
      case ExprOp::kMeasure:
        name(expr.index, "measure", scope_ != nullptr ? &scope_->measures : nullptr);
        return;
      case ExprOp::kNot:
        out_ += "(not ";
        write(expr.args[0]);
        out_ += ')';
        return;
      case ExprOp::kNeg:
        out_ += "(-(";
        write(expr.args[0]);
        out_ += "))";
        return;
      case ExprOp::kIn:
        membership(expr);
        return;
      case ExprOp::kInList:
        list_membership(expr);
        return;
      case ExprOp::kTextMatch:
        pattern(expr, function_of(expr.text.mode), expr.text.cased);
        return;
      case ExprOp::kCidr:
        pattern(expr, "cidr", true);
        return;
      case ExprOp::kPartyCheck:
        out_ += scope_ == nullptr ? expr.check->canonical_text() : expr.check->summary();
        return;
      case ExprOp::kPartyFigure:
        out_ += "figure of ";
        out_ += scope_ == nullptr ? expr.check->canonical_text() : expr.check->summary();
        return;
      default:
        break;
    }
    const std::string_view infix = operator_of(expr.op);
    if (!infix.empty() && expr.args.size() > 1) {
      list(expr, "(", infix, ")");
    } else {
      out_ += function_of(expr.op);
      list(expr, "(", ", ", ")");
    }
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void list(const Expr& expr, std::string_view open, std::string_view between,
            std::string_view close, std::size_t first = 0) {
    out_ += open;
    for (std::size_t i = first; i < expr.args.size(); ++i) {
      if (i > first) out_ += between;
      write(expr.args[i]);
    }
    out_ += close;
  }

  void name(std::size_t index, std::string_view what, const std::vector<ExprScope::Named>* names) {
    if (names != nullptr && index < names->size()) {
      out_ += (*names)[index].name;
    } else {
      out_ += what;
      out_ += '[' + std::to_string(index) + ']';
    }
  }

  void membership(const Expr& expr) {
    out_ += '(';
    write(expr.args[0]);
    list(expr, " in [", ", ", "])", 1);
  }

  /// The canonical text holds the list's content, as its digest: another content is another text.
  void list_membership(const Expr& expr) {
    out_ += '(';
    write(expr.args[0]);
    out_ += " in list:" + expr.list->name();
    if (scope_ == nullptr) out_ += " sha256:" + to_hex(expr.list->digest());
    out_ += ')';
  }

  void pattern(const Expr& expr, std::string_view function, bool cased) {
    out_ += function;
    out_ += '(';
    write(expr.args[0]);
    out_ += ", " + quote(expr.text.pattern);
    if (!cased) out_ += ", nocase";
    out_ += ')';
  }

  const ExprScope* scope_;
  std::string out_;
};

}  // namespace

namespace {

bool same_check(const PartyCheck* a, const PartyCheck* b) {
  if (a == b) return true;
  return a != nullptr && b != nullptr && a->canonical_text() == b->canonical_text();
}

bool same_list(const ValueList* a, const ValueList* b) {
  if (a == b) return true;
  return a != nullptr && b != nullptr && a->name() == b->name() && a->digest() == b->digest();
}

}  // namespace

bool same_meaning(const Expr& a, const Expr& b) {
  if (a.op != b.op || a.type != b.type || a.literal != b.literal || a.index != b.index ||
      a.text != b.text || !same_list(a.list.get(), b.list.get()) ||
      !same_check(a.check.get(), b.check.get()) || a.args.size() != b.args.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.args.size(); ++i) {
    if (!same_meaning(a.args[i], b.args[i])) return false;
  }
  return true;
}

std::string to_text(const Expr& expr) {
  Writer writer(nullptr);
  writer.write(expr);
  return writer.take();
}

std::string to_text(const Expr& expr, const ExprScope& scope) {
  Writer writer(&scope);
  writer.write(expr);
  return writer.take();
}

}  // namespace tidewaiter
