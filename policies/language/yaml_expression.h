#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "policies/language/expression.h"
#include "policies/language/strict_yaml.h"

namespace tidewaiter {

/// Where a span stands, with its line unless that is very long.
[[nodiscard]] ExprOrigin origin_at(const YamlText& text, const SourceSpan& span);

/// Knows where each code point of a scalar stands in its file, so that carets inside folded,
/// block and quoted scalars fall on the right word.
class ScalarPlace {
 public:
  /// Keeps references: `text` and `node` outlive it.
  ScalarPlace(const YamlText& text, const YamlNode& node);

  /// What to hand to the lexer or the parser.
  [[nodiscard]] const ExprOrigin& origin() const { return origin_; }

  /// Whether settle() finds the very words; otherwise it gives the whole scalar.
  [[nodiscard]] bool is_exact() const { return direct_ || !points_.empty(); }

  /// Moves what was made with origin() to its place in the file.
  void settle(SourceSpan& span) const;
  void settle(Expr& expr) const;
  /// All diagnostics from `first` on.
  void settle(std::vector<Diagnostic>& diagnostics, std::size_t first) const;

 private:
  struct Point {
    std::int32_t line;
    std::int32_t column;
  };

  [[nodiscard]] bool stands_as_written() const;
  [[nodiscard]] bool align();

  const YamlText& text_;
  const YamlNode& node_;
  ExprOrigin origin_;
  bool direct_ = false;        ///< one line, no escapes: origin() is already right
  std::vector<Point> points_;  ///< one a code point; empty: only the scalar's start is known
};

/// Parses the expression in a scalar, its spans and diagnostics in terms of the file. A node that
/// is not a scalar is an error.
[[nodiscard]] std::optional<Expr> parse_yaml_expression(const YamlText& text, const YamlNode& node,
                                                        const ExprScope& scope,
                                                        std::vector<Diagnostic>& diagnostics);

}  // namespace tidewaiter
