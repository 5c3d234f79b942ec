#include "policies/language/yaml_expression.h"

#include <algorithm>
#include <string_view>

#include "policies/language/code_points.h"
#include "policies/language/diagnostic_code.h"

namespace tidewaiter {
namespace {

bool is_space(std::string_view point) {
  return point == " " || point == "\n" || point == "\t" || point == "\r";
}

/// The file's text from one place on, a code point at a time, line ends as spaces.
class RawText {
 public:
  RawText(const YamlText& text, std::int32_t line, std::int32_t column)
      : text_(text), line_(line), rest_(text.line(line)) {
    for (; column_ < column && !rest_.empty(); ++column_) {
      rest_.remove_prefix(code_point_length(rest_, 0));
    }
  }

  [[nodiscard]] std::string_view peek() const {
    return rest_.empty() ? std::string_view("\n") : rest_.substr(0, code_point_length(rest_, 0));
  }

  /// False once the file cannot have more.
  bool advance() {
    if (!rest_.empty()) {
      rest_.remove_prefix(code_point_length(rest_, 0));
      ++column_;
      return true;
    }
    ++line_;
    column_ = 1;
    rest_ = text_.line(line_);
    empty_lines_ = rest_.empty() ? empty_lines_ + 1 : 0;
    return empty_lines_ < kMaxEmptyLines;
  }

  [[nodiscard]] std::int32_t line() const { return line_; }
  [[nodiscard]] std::int32_t column() const { return column_; }

 private:
  static constexpr int kMaxEmptyLines = 256;
  const YamlText& text_;
  std::int32_t line_;
  std::int32_t column_ = 1;
  std::string_view rest_;
  int empty_lines_ = 0;
};

}  // namespace

ExprOrigin origin_at(const YamlText& text, const SourceSpan& span) {
  return {text.path(), span.line, span.column, text.shown_line(span.line)};
}

ScalarPlace::ScalarPlace(const YamlText& text, const YamlNode& node) : text_(text), node_(node) {
  origin_ = origin_at(text, node.span);
  if (stands_as_written()) {
    direct_ = true;
    if (node.quoted) ++origin_.column;
    return;
  }
  // Columns then count code points of the scalar, and settle() looks them up.
  origin_.column = 1;
  if (!align()) points_.clear();
}

bool ScalarPlace::stands_as_written() const {
  std::string_view raw = text_.line(node_.span.line);
  for (std::int32_t i = 1; i < node_.span.column && !raw.empty(); ++i) {
    raw.remove_prefix(code_point_length(raw, 0));
  }
  if (!node_.quoted) return raw.starts_with(node_.scalar);
  if (!raw.starts_with('"') && !raw.starts_with('\'')) return false;
  const char quote = raw.front();
  raw.remove_prefix(1);
  return raw.starts_with(node_.scalar) && raw.substr(node_.scalar.size()).starts_with(quote);
}

bool ScalarPlace::align() {
  RawText raw(text_, node_.span.line, node_.span.column);
  const std::string_view opening = node_.quoted ? raw.peek() : std::string_view();
  if (opening == "|" || opening == ">") {
    while (raw.line() == node_.span.line) raw.advance();
  } else if (!opening.empty()) {
    raw.advance();
  }
  const std::string_view value = node_.scalar;
  for (std::size_t i = 0; i < value.size();) {
    const std::string_view point = value.substr(i, code_point_length(value, i));
    i += point.size();
    if (!is_space(point)) {
      while (raw.peek() != point) {
        if (!is_space(raw.peek()) && !(opening == "\"" && raw.peek() == "\\")) return false;
        if (!raw.advance()) return false;
      }
    }
    points_.push_back({raw.line(), raw.column()});
    if (is_space(point)) continue;
    raw.advance();
    if (opening == "'" && point == "'" && raw.peek() == "'") raw.advance();
    if (opening == "\"" && point == "\\" && raw.peek() == "\\") raw.advance();
  }
  return true;
}

void ScalarPlace::settle(SourceSpan& span) const {
  if (direct_) return;
  const std::int32_t first = span.column - 1;
  const auto count = static_cast<std::int32_t>(points_.size());
  if (first < 0 || count == 0) {
    span = node_.span;
    return;
  }
  // The end of the text, where something is missing, is one past its last code point.
  const Point start = points_[static_cast<std::size_t>(std::min(first, count - 1))];
  const std::int32_t last = std::clamp(first + span.length - 1, 0, count - 1);
  const Point end = points_[static_cast<std::size_t>(last)];
  span.line = start.line;
  span.column = start.column + (first >= count ? 1 : 0);
  span.length = end.line == start.line
                    ? std::max(1, end.column - start.column + 1)
                    : std::max(1, count_code_points(text_.line(start.line)) - start.column + 1);
}

void ScalarPlace::settle(Expr& expr) const {
  if (direct_) return;
  settle(expr.span);
  for (Expr& arg : expr.args) settle(arg);
}

void ScalarPlace::settle(std::vector<Diagnostic>& diagnostics, std::size_t first) const {
  for (std::size_t i = first; i < diagnostics.size(); ++i) {
    settle(diagnostics[i].span);
    if (!is_exact()) diagnostics[i].fix.clear();
    for (TextEdit& edit : diagnostics[i].fix) settle(edit.span);
    diagnostics[i].source_line = origin_at(text_, diagnostics[i].span).source_line;
  }
}

std::optional<Expr> parse_yaml_expression(const YamlText& text, const YamlNode& node,
                                          const ExprScope& scope,
                                          std::vector<Diagnostic>& diagnostics) {
  if (node.kind != YamlNode::Kind::kScalar) {
    diagnostics.push_back(text.at(node.span, DiagnosticLevel::kError, std::string(kWrongShape.code),
                                  "an expression was expected here",
                                  "write it as a text, such as `output_tokens > 1000`"));
    return std::nullopt;
  }
  const ScalarPlace place(text, node);
  const std::size_t first = diagnostics.size();
  std::optional<Expr> expr = parse_expression(node.scalar, scope, place.origin(), diagnostics);
  place.settle(diagnostics, first);
  if (expr) place.settle(*expr);
  return expr;
}

}  // namespace tidewaiter
