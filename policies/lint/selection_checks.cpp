// What stands in selections and expressions over records, clause by clause: patterns, texts,
// values.

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "policies/language/value_list.h"
#include "policies/lint/checks.h"
#include "policies/lint/country_codes.h"
#include "policies/lint/value_range.h"
#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

using Mode = TextPattern::Mode;

void visit(const Expr& expr, const std::function<void(const Expr&)>& seen) {
  seen(expr);
  for (const Expr& arg : expr.args) visit(arg, seen);
}

/// Whether a regular expression has no character that means anything but itself.
bool is_plain_text(std::string_view regex) {
  return regex.find_first_of("\\^$.|?*+()[]{}") == std::string_view::npos;
}

bool ends_in_any(std::string_view regex) {
  return regex.ends_with(".*") && !regex.ends_with("\\.*");
}

class SelectionChecks {
 public:
  SelectionChecks(const LintedPolicy& linted, DocumentReader& report)
      : linted_(linted), report_(report) {}

  void run() {
    find_same_selections();
    for (const Expr* expr : record_expressions(linted_.policy)) {
      visit(*expr, [this](const Expr& node) { look_at(node); });
    }
  }

 private:
  void find_same_selections() {
    const YamlNode* select = linted_.find("select");
    if (select == nullptr) return;
    std::map<std::string, std::string> known;  // meaning → name
    for (const auto& [name, expr] : linted_.policy.selections) {
      const auto [first, fresh] = known.emplace(to_text(expr), name);
      if (fresh) continue;
      for (const auto& [key, value] : select->members) {
        if (key.scalar != name) continue;
        report_.warn(key.span, kSameSelection,
                     "selection `" + name + "` means the same as `" + first->second + "`",
                     "use one of them, or write what was meant");
      }
    }
  }

  void look_at(const Expr& node) {
    if (node.op == ExprOp::kTextMatch) look_at_pattern(node);
    if (node.op == ExprOp::kIn) look_at_values(node);
    if (node.op == ExprOp::kInList) look_at_list(node);
    const bool equality = node.op == ExprOp::kEq || node.op == ExprOp::kNe;
    if (equality && node.args[1].op == ExprOp::kLiteral) {
      look_at_text(node.args[0], node.args[1].literal, node.args[1].span);
    }
  }

  void look_at_pattern(const Expr& node) {
    const std::string& pattern = node.text.pattern;
    const SourceSpan& place = node.span;
    switch (node.text.mode) {
      case Mode::kWildcard:
        if (pattern.find_first_not_of('*') == std::string::npos) {
          report_.warn(place, kOnlyWildcards,
                       in_backticks(pattern) +
                           " matches every text: this asks only whether the field is there",
                       "write `|exists: true`");
        }
        return;
      case Mode::kRegex:
        look_at_regex(pattern, node.text.cased, place);
        return;
      case Mode::kEquals:
        look_at_text(node.args[0], Value(pattern), place, node.text.cased);
        return;
      case Mode::kStartsWith:
        if (pattern.starts_with(' ')) warn_blank(pattern, place);
        return;
      case Mode::kEndsWith:
        if (pattern.ends_with(' ')) warn_blank(pattern, place);
        return;
      case Mode::kContains:
        return;
    }
  }

  void look_at_regex(const std::string& pattern, bool cased, const SourceSpan& place) {
    if (is_plain_text(pattern)) {
      report_.warn(
          place, kPlainRegex,
          "the regular expression " + in_backticks(pattern) + " is a plain text",
          std::string("write `|contains") + (cased ? "|cased" : "") + ": " + pattern + "`");
    } else if (pattern.starts_with(".*") || ends_in_any(pattern)) {
      report_.warn(place, kOpenRegex,
                   "`.*` at an end of " + in_backticks(pattern) +
                       " changes nothing: an expression matches anywhere in the text",
                   "leave it out; `^` and `$` bind an expression to the ends");
    }
  }

  void warn_blank(const std::string& text, const SourceSpan& place) {
    report_.warn(place, kBlankAtEnd, in_backticks(text) + " has a blank at its end",
                 "remove it, unless the source writes it");
  }

  /// `cased`: `NO` and `no` are compared as two texts.
  void look_at_text(const Expr& term, const Value& value, const SourceSpan& place,
                    bool cased = true) {
    const auto* const text = std::get_if<std::string>(&value);
    if (text == nullptr || text->empty() || term.op != ExprOp::kField) return;
    if (text->front() == ' ' || text->back() == ' ') {
      warn_blank(*text, place);
    } else if (is_country(term) && cased && is_in_other_case(*text)) {
      report_.warn(place, kCountryCase,
                   in_backticks(*text) +
                       " is compared by case, and codes of countries are written "
                       "in upper case",
                   "write `" + ascii_upper(*text) + "`");
    } else if (is_country(term) && !is_country_code(*text)) {
      report_.warn(place, kNotACountry,
                   in_backticks(*text) + " is no code of a country: `" +
                       std::string(field(term.index).name) + "` has ISO 3166-1 alpha-2",
                   *text == "UK" ? "the United Kingdom is GB" : "write two letters, such as DE");
    }
  }

  static bool is_country(const Expr& term) {
    return term.op == ExprOp::kField && field(term.index).unit == "ISO 3166-1 alpha-2";
  }

  static std::string ascii_upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
  }

  static bool is_in_other_case(std::string_view text) {
    return is_country_code(text) && ascii_upper(text) != text;
  }

  /// A list is looked up by case, and its values are told of where countries are looked up in it.
  void look_at_list(const Expr& node) {
    if (!is_country(node.args.front())) return;
    std::size_t others = 0;
    std::string first;
    for (const ValueList::DatedText& value : node.list->texts()) {
      if (!is_in_other_case(value.text)) continue;
      if (first.empty()) first = value.text;
      ++others;
    }
    if (first.empty()) return;
    const std::string more = others > 1 ? " and " + std::to_string(others - 1) + " more" : "";
    report_.warn(node.span, kCountryCase,
                 "`list:" + node.list->name() + "` has `" + first + "`" + more +
                     " in lower case, and a list is compared by case",
                 "write `" + ascii_upper(first) + "` in the list");
  }

  void look_at_values(const Expr& node) {
    const Expr& term = node.args.front();
    const ValueRange range = range_of(term, {});
    std::set<std::string> seen;
    for (std::size_t i = 1; i < node.args.size(); ++i) {
      const Expr& value = node.args[i];
      look_at_text(term, value.literal, value.span);
      const long double number = number_of(value.literal);
      if (!seen.insert(to_text(value)).second) {
        report_.warn(value.span, kRepeatedValue,
                     "`" + to_text(value) + "` stands twice in the list", "remove one of them");
      } else if (!std::isnan(number) && !range.contains(number)) {
        report_.warn(value.span, kValueOutOfRange,
                     "`" + to_text(term) + "` is never `" + to_text(value) + "`",
                     "remove it, or write the value that was meant");
      }
    }
  }

  const LintedPolicy& linted_;
  DocumentReader& report_;
};

}  // namespace

void check_selections(const LintedPolicy& linted, DocumentReader& report) {
  SelectionChecks(linted, report).run();
}

}  // namespace tidewaiter
