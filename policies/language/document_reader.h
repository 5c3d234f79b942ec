#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/language/diagnostic_code.h"
#include "policies/language/expression_source.h"
#include "policies/language/strict_yaml.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Reads typed values out of YAML nodes and collects what is wrong with them. Each function gives
/// nothing after adding an error. Keeps references: the text and the diagnostics outlive it.
class DocumentReader {
 public:
  DocumentReader(const YamlText& text, std::vector<Diagnostic>& diagnostics)
      : text_(text), diagnostics_(diagnostics) {}

  void error(const SourceSpan& span, const DiagnosticCode& code, std::string message,
             std::string hint = {});
  void warn(const SourceSpan& span, const DiagnosticCode& code, std::string message,
            std::string hint = {});
  void error(const ExprProblem& problem);

  [[nodiscard]] const YamlText& yaml() const { return text_; }
  [[nodiscard]] std::vector<Diagnostic>& diagnostics() { return diagnostics_; }

  /// A text that is not empty. Plain words that older YAML readers twist (`NO`, `010`) get a
  /// warning.
  [[nodiscard]] std::optional<std::string> text(const YamlNode& node);
  /// A text or a list of texts.
  [[nodiscard]] std::vector<std::string> texts(const YamlNode& node);
  /// Tells of a plain scalar that stands for a text, and that other YAML readers take for something
  /// else. text() does so by itself.
  void warn_of_trap(const YamlNode& node);
  /// Refuses a number or duration that is written like `010`, which other readers take for 8: true
  /// after adding an error. Quoted ones are texts, and not asked about.
  bool refuse_leading_zero(const YamlNode& node);
  /// An unquoted whole number in [least, most].
  [[nodiscard]] std::optional<std::int64_t> integer(const YamlNode& node, std::int64_t least,
                                                    std::int64_t most);
  /// A date or date-time. With `end_of_day` a date alone means the midnight after it.
  [[nodiscard]] std::optional<UtcTime> time(const YamlNode& node, bool end_of_day);
  [[nodiscard]] std::optional<Duration> duration(const YamlNode& node);

  /// The items of a list; of anything else the node itself; of null nothing.
  [[nodiscard]] static std::vector<const YamlNode*> items(const YamlNode& node);
  [[nodiscard]] bool expect_map(const YamlNode& node, std::string_view example);

  /// Counts the parts that a value of the document has become. Few lines that put long lists in
  /// stand for more than memory holds: false, after one error at `span` with `code`, once all of
  /// them together are more than kMaxExpressionNodes.
  [[nodiscard]] bool take_parts(std::size_t parts, const SourceSpan& span,
                                const DiagnosticCode& code);
  /// Whether take_parts() has refused: what follows need not be read.
  [[nodiscard]] bool is_too_large() const;

  /// One of a table's words.
  template <class T, std::size_t N>
  [[nodiscard]] std::optional<T> one_of(
      const YamlNode& node, const std::array<std::pair<std::string_view, T>, N>& table) {
    if (!is_text(node)) return std::nullopt;
    std::array<std::string_view, N> words;
    for (std::size_t i = 0; i < N; ++i) {
      if (table[i].first == node.scalar) return table[i].second;
      words[i] = table[i].first;
    }
    not_one_of(node, words);
    return std::nullopt;
  }

  /// An error with the nearest of `words`, or with all of them.
  void not_one_of(const YamlNode& node, std::span<const std::string_view> words);

 private:
  /// Whether the node is a scalar that is not empty; else an error.
  bool is_text(const YamlNode& node);

  const YamlText& text_;
  std::vector<Diagnostic>& diagnostics_;
  std::size_t parts_ = 0;
};

}  // namespace tidewaiter
