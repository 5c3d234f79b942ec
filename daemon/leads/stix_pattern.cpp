#include "daemon/leads/stix_pattern.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

using namespace std::string_view_literals;

bool is_blank(char c) { return " \t\r\n\f\v"sv.find(c) != std::string_view::npos; }
bool is_word(char c) { return begins_name(c) || is_digit(c) || c == '-'; }

/// Longest first: `<` begins `<=`.
constexpr std::array kOperators{"!="sv, "<>"sv, "=="sv, "<="sv, ">="sv, "="sv, "<"sv, ">"sv};
constexpr std::array kWordOperators{"IN"sv, "LIKE"sv, "MATCHES"sv, "ISSUBSET"sv, "ISSUPERSET"sv};

/// Reads a pattern from its start to its end.
class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : rest_(text) {}

  Result<std::vector<StixComparison>> read() {
    skip_blanks();
    while (!rest_.empty()) {
      const bool read = rest_.front() == '[' ? take_observation() : take_between();
      if (!read) return fail(ErrorCode::kInvalidInput, "not a STIX pattern");
      skip_blanks();
    }
    if (depth_ != 0 || found_.empty()) return fail(ErrorCode::kInvalidInput, "not a STIX pattern");
    return std::move(found_);
  }

 private:
  /// What joins and qualifies observations: brackets, words, numbers and times.
  bool take_between() {
    if (take("(")) {
      ++depth_;
      return true;
    }
    if (take(")")) return --depth_ >= 0;
    if (rest_.starts_with('\'') || rest_.starts_with("t'")) {
      take("t");
      return take_text().has_value();
    }
    return !take_while([](char c) { return is_word(c) || c == '.'; }).empty();
  }

  bool take_observation() {
    take("[");
    int depth = 0;
    for (;;) {
      skip_blanks();
      while (take("(")) {
        ++depth;
        skip_blanks();
      }
      if (!take_comparison()) return false;
      skip_blanks();
      while (depth > 0 && take(")")) {
        --depth;
        skip_blanks();
      }
      if (take("]")) return depth == 0;
      if (!take_word("AND") && !take_word("OR")) return false;
    }
  }

  bool take_comparison() {
    bool negated = take_word("NOT");
    const bool exists = take_word("EXISTS");
    StixComparison comparison;
    if (!take_path(comparison)) return false;
    if (!exists) {
      negated = take_word("NOT") || negated;
      const std::optional<std::string_view> op = take_operator();
      if (!op || !take_operand(comparison.equals)) return false;
      const bool equal = *op == "=" || *op == "==" || *op == "IN";
      if (negated || !equal) comparison.equals.clear();
    }
    found_.push_back(std::move(comparison));
    return true;
  }

  /// `type:property`, with further properties, `[0]`, `[*]` and quoted names behind it.
  bool take_path(StixComparison& comparison) {
    skip_blanks();
    comparison.type = take_while(is_word);
    if (comparison.type.empty() || !take(":")) return false;
    const std::string_view start = rest_;
    do {
      const bool named =
          rest_.starts_with('\'') ? take_text().has_value() : !take_while(is_word).empty();
      if (!named) return false;
      while (take("[")) {
        if (!take("*") && take_while(is_word).empty()) return false;
        if (!take("]")) return false;
      }
    } while (take("."));
    comparison.path = start.substr(0, start.size() - rest_.size());
    return true;
  }

  std::optional<std::string_view> take_operator() {
    skip_blanks();
    for (const std::string_view op : kOperators) {
      if (take(op)) return op;
    }
    for (const std::string_view op : kWordOperators) {
      if (take_word(op)) return op;
    }
    return std::nullopt;
  }

  /// One literal, or several between brackets. Of literals that are no text none is kept.
  bool take_operand(std::vector<std::string>& texts) {
    skip_blanks();
    if (!take("(")) return take_literal(texts);
    do {
      if (!take_literal(texts)) return false;
      skip_blanks();
    } while (take(","));
    return take(")");
  }

  bool take_literal(std::vector<std::string>& texts) {
    skip_blanks();
    if (rest_.starts_with('\'')) {
      std::optional<std::string> text = take_text();
      if (!text) return false;
      texts.push_back(std::move(*text));
      return true;
    }
    // A number, `true`, or a text with its kind before it: h'…', b'…', t'…'.
    const bool any = !take_while([](char c) { return is_word(c) || c == '.' || c == '+'; }).empty();
    return any && (!rest_.starts_with('\'') || take_text().has_value());
  }

  /// Between single quotes; a backslash stands before one, and before a backslash.
  std::optional<std::string> take_text() {
    std::string text;
    for (std::size_t at = 1; at < rest_.size(); ++at) {
      char c = rest_[at];
      if (c == '\'') {
        rest_.remove_prefix(at + 1);
        return text;
      }
      if (c == '\\') {
        if (++at == rest_.size()) break;
        c = rest_[at];
      }
      text += c;
    }
    return std::nullopt;
  }

  bool take(std::string_view what) {
    if (!rest_.starts_with(what)) return false;
    rest_.remove_prefix(what.size());
    return true;
  }

  /// A whole word, with the blanks before it.
  bool take_word(std::string_view word) {
    skip_blanks();
    if (!rest_.starts_with(word)) return false;
    if (rest_.size() > word.size() && is_word(rest_[word.size()])) return false;
    // A type may be called as a word is: what follows it tells.
    if (rest_.size() > word.size() && rest_[word.size()] == ':') return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  template <class Is>
  std::string_view take_while(Is is) {
    const auto* const end = std::ranges::find_if_not(rest_, is);
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  void skip_blanks() { take_while(is_blank); }

  std::string_view rest_;
  int depth_ = 0;  // of brackets around observations
  std::vector<StixComparison> found_;
};

}  // namespace

Result<std::vector<StixComparison>> read_stix_pattern(std::string_view pattern) {
  return PatternReader(pattern).read();
}

}  // namespace tidewaiter
