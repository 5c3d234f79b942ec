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
#include "policies/lint/value_range.h"
#include "policies/lint/value_text.h"
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
      look_at_text(node.args[0], node.args[1].literal, node.args[1].span, TextComparison::kWhole);
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
        look_at_text(node.args[0], Value(pattern), place,
                     node.text.cased ? TextComparison::kWhole : TextComparison::kCaseless);
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

  void look_at_text(const Expr& term, const Value& value, const SourceSpan& place,
                    TextComparison how) {
    const auto* const text = std::get_if<std::string>(&value);
    if (text == nullptr) return;
    if (const auto fault = fault_of_text(term, *text, how)) {
      report_.warn(place, fault->code, in_backticks(*text) + " " + fault->why, fault->remedy);
    }
  }

  /// The values of a list are told of where records are looked up in it: the first of each fault.
  void look_at_list(const Expr& node) {
    struct Told {
      std::string first;
      TextFault fault;
      std::int64_t others = 0;
    };
    std::map<std::string_view, Told> told;
    for (const ValueList::DatedText& value : node.list->texts()) {
      auto fault = fault_of_text(node.args.front(), value.text, TextComparison::kOneOfMany);
      if (!fault) continue;
      const std::string_view code = fault->code.code;
      const auto [known, fresh] =
          told.try_emplace(code, Told{std::string(value.text), *std::move(fault)});
      if (!fresh) ++known->second.others;
    }
    for (const auto& [code, one] : told) {
      const std::string more =
          one.others == 0 ? "" : " (and " + std::to_string(one.others) + " more like it)";
      report_.warn(node.span, one.fault.code,
                   "`list:" + node.list->name() + "` has " + in_backticks(one.first) + ", which " +
                       one.fault.why + more,
                   one.fault.remedy);
    }
  }

  void look_at_values(const Expr& node) {
    const Expr& term = node.args.front();
    const ValueRange range = range_of(term, {});
    std::set<std::string> seen;
    for (std::size_t i = 1; i < node.args.size(); ++i) {
      const Expr& value = node.args[i];
      look_at_text(term, value.literal, value.span, TextComparison::kOneOfMany);
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
