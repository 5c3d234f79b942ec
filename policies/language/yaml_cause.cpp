#include "policies/language/yaml_cause.h"

#include <algorithm>
#include <vector>

#include "policies/language/typographic.h"

namespace tidewaiter {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::size_t skip_blanks(std::string_view line, std::size_t at) {
  while (at < line.size() && is_blank(line[at])) ++at;
  return at;
}

/// Whether the colon or dash at `at` ends a word: a blank or the line's end follows.
bool stands_alone(std::string_view line, std::size_t at) {
  return at + 1 >= line.size() || is_blank(line[at + 1]);
}

/// `|` or `>` with its signs, and nothing else on the line.
bool is_block_mark(std::string_view rest) {
  if (rest.empty() || (rest.front() != '|' && rest.front() != '>')) return false;
  std::size_t at = 1;
  while (at < rest.size() &&
         (rest[at] == '+' || rest[at] == '-' || (rest[at] >= '0' && rest[at] <= '9'))) {
    ++at;
  }
  at = skip_blanks(rest, at);
  return at == rest.size() || rest[at] == '#';
}

/// Walks the text as far as the fault, or to the end of a quoted text that goes on there, and
/// knows what is a quoted text, a block and a comment.
class CauseSearch {
 public:
  CauseSearch(std::span<const std::string_view> lines, const YamlFault& fault)
      : lines_(lines), fault_(fault) {}

  std::optional<YamlCause> run() {
    for (line_ = 0; line_ < lines_.size() && !cause_; ++line_) {
      if (line_ > fault_.line && quote_ == '\0') break;
      walk(lines_[line_]);
    }
    if (!cause_ && quote_ != '\0') blame_quote();
    if (!cause_ && suspect_) blame_bracket(*suspect_);
    if (!cause_) cause_ = text_cause_;
    if (!cause_ && !open_.empty() && is_at_end()) blame_bracket(open_.back());
    return cause_;
  }

 private:
  void blame(std::size_t byte, std::string message, std::string hint) {
    if (!cause_) cause_ = {line_, byte, std::move(message), std::move(hint)};
  }

  void blame_quote() {
    cause_ = {opened_line_, opened_byte_, "the quote that opens here is not closed",
              std::string("close it with ") + quote_};
  }

  /// A bracket that is open, and how far the line that it stands on is indented.
  struct Bracket {
    char mark;
    std::size_t line;
    std::size_t byte;
    std::size_t indent;
  };

  void blame_bracket(const Bracket& bracket) {
    cause_ = {bracket.line, bracket.byte,
              std::string("the `") + bracket.mark + "` that opens here is not closed",
              std::string("close it with `") + closing(bracket.mark) + "`"};
  }

  static char closing(char mark) { return mark == '[' ? ']' : '}'; }

  /// Whether nothing but blanks and comments stands behind the fault's line.
  [[nodiscard]] bool is_at_end() const {
    for (std::size_t i = fault_.line + 1; i < lines_.size(); ++i) {
      const std::size_t text = skip_blanks(lines_[i], 0);
      if (text != lines_[i].size() && lines_[i][text] != '#') return false;
    }
    return true;
  }

  void walk(std::string_view line) {
    std::size_t at = 0;
    if (quote_ != '\0') {
      at = close_quote(line, 0);
      if (quote_ != '\0') return;
    } else if (!begin_line(line, at)) {
      return;
    }
    while (at < line.size() && !cause_) at = step(line, at);
  }

  /// Indentation, dashes and blocks. False for a line that has nothing to walk.
  bool begin_line(std::string_view line, std::size_t& at) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    if (block_ && (indent == line.size() || indent > *block_)) return false;
    block_.reset();
    const std::size_t text = skip_blanks(line, 0);
    if (text == line.size() || line[text] == '#') return false;
    if (open_.empty() && text != indent) {
      blame(indent, "a tab stands in the indentation", "indent with blanks");
    }
    suspect_bracket(line, text);
    indent_ = text;
    if (line.substr(text).starts_with(kNoBreakSpace)) blame_space(text);
    at = text;
    key_column_ = text;
    value_begins_ = true;
    after_colon_ = false;
    text_begins_.reset();
    word_begins_.reset();
    return true;
  }

  /// What stands in brackets is indented more than the line that opens them: a line that is not
  /// goes on behind them.
  void suspect_bracket(std::string_view line, std::size_t text) {
    if (suspect_ || open_.empty() || line[text] == ']' || line[text] == '}') return;
    if (open_.back().line < line_ && text <= open_.back().indent) suspect_ = open_.back();
  }

  void blame_space(std::size_t byte) {
    blame(byte, "a no-break space stands here", "write a blank instead of it");
  }

  /// Takes the character at `at`; gives the place after it.
  std::size_t step(std::string_view line, std::size_t at) {
    const char c = line[at];
    if (is_blank(c)) return at + 1;
    if (c == '#' && (at == 0 || is_blank(line[at - 1]))) return line.size();
    if (value_begins_) {
      if (c == '"' || c == '\'') return open_quote(line, at);
      if (open_.empty() && is_block_mark(line.substr(at))) {
        block_ = key_column_;
        return line.size();
      }
      if (c == '-' && open_.empty() && stands_alone(line, at)) {
        key_column_ = skip_blanks(line, at + 1);
        if (!is_block_mark(line.substr(std::min(key_column_, line.size())))) return at + 1;
        block_ = at;
        return line.size();
      }
      note_quote_mark(line, at);
      note_indicator(line, at);
    }
    return c == '[' || c == '{' || c == ']' || c == '}' || c == ',' ? bracket(line, at)
                                                                    : plain(line, at);
  }

  std::size_t bracket(std::string_view line, std::size_t at) {
    const char c = line[at];
    const bool opens = c == '[' || c == '{';
    if (opens && !value_begins_ && !open_.empty()) note_bracket(line, at);
    if (c == ',' && !open_.empty()) note_comma(line, at);
    if (opens && (value_begins_ || !open_.empty())) open_.push_back({c, line_, at, indent_});
    const bool inside = !open_.empty();
    if (inside && (c == ']' || c == '}')) close_bracket(c);
    if (inside) {
      value_begins_ = opens || c == ',';
      after_colon_ = false;
      text_begins_.reset();
      word_begins_.reset();
    }
    return at + 1;
  }

  void close_bracket(char c) {
    const Bracket bracket = open_.back();
    if (c != closing(bracket.mark) && !text_cause_ && !cause_) blame_bracket(bracket);
    open_.pop_back();
    if (suspect_ && suspect_->line == bracket.line && suspect_->byte == bracket.byte) {
      suspect_.reset();
    }
  }

  std::size_t plain(std::string_view line, std::size_t at) {
    if (line[at] == ':' && stands_alone(line, at)) {
      if (text_begins_ && line_ == fault_.line) note_colon(line, at);
      value_begins_ = true;
      after_colon_ = true;
      return at + 1;
    }
    if (line[at] == ':' && line.substr(at + 1).starts_with(kNoBreakSpace)) blame_space(at + 1);
    if (value_begins_ && after_colon_) text_begins_ = at;
    if (value_begins_) {
      word_begins_ = at;
      round_brackets_ = 0;
    }
    if (line[at] == '(') ++round_brackets_;
    if (line[at] == ')') --round_brackets_;
    value_begins_ = false;
    after_colon_ = false;
    return at + 1;
  }

  std::size_t open_quote(std::string_view line, std::size_t at) {
    quote_ = line[at];
    word_begins_.reset();
    opened_line_ = line_;
    opened_byte_ = at;
    value_begins_ = false;
    after_colon_ = false;
    return close_quote(line, at + 1);
  }

  /// Looks for the end of the quoted text. What follows the end of one of several lines must be
  /// able to: else the quote that ended it was meant to open another text.
  std::size_t close_quote(std::string_view line, std::size_t at) {
    for (; at < line.size(); ++at) {
      if (quote_ == '"' && line[at] == '\\') {
        ++at;
      } else if (line[at] == quote_) {
        if (quote_ == '\'' && at + 1 < line.size() && line[at + 1] == quote_) {
          ++at;
          continue;
        }
        const std::size_t next = skip_blanks(line, at + 1);
        const bool fits =
            next == line.size() || std::string_view(",:]}#").find(line[next]) != std::string::npos;
        if (line_ != opened_line_ && !fits) blame_quote();
        quote_ = '\0';
        return at + 1;
      }
    }
    return line.size();
  }

  /// Of typographic quotes and colons in a text the first on the fault's line counts, and only if
  /// nothing else is found.
  void note_quote_mark(std::string_view line, std::size_t at) {
    if (line_ != fault_.line || text_cause_) return;
    if (!begins_with_typographic_quote(line.substr(at))) return;
    text_cause_ = YamlCause{line_, at, "typographic quotes quote nothing in YAML",
                            "write straight quotes: \"…\""};
  }

  void note_colon(std::string_view line, std::size_t at) {
    if (text_cause_) return;
    text_cause_ = YamlCause{line_, at, "an unquoted text has `: ` in it",
                            quote_it(line.substr(*text_begins_, at - *text_begins_))};
  }

  [[nodiscard]] static std::string quote_it(std::string_view text) {
    return "quote the text that begins with `" + std::string(text) + "`";
  }

  /// A text that begins with what YAML has for something else, as `>= 5` does.
  void note_indicator(std::string_view line, std::size_t at) {
    if (line_ != fault_.line || text_cause_) return;
    if (std::string_view(">|%@`").find(line[at]) == std::string_view::npos) return;
    text_cause_ =
        YamlCause{line_, at, std::string("an unquoted text begins with `") + line[at] + "`",
                  "quote the whole text: \"…\""};
  }

  /// In brackets a text ends where a bracket opens.
  void note_bracket(std::string_view line, std::size_t at) {
    if (line_ != fault_.line || text_cause_ || !word_begins_) return;
    text_cause_ =
        YamlCause{line_, *word_begins_,
                  std::string("an unquoted text in brackets has `") + line[at] + "` in it",
                  quote_it(trimmed(line.substr(*word_begins_, at - *word_begins_)))};
  }

  /// In brackets a text ends at a comma, between round brackets as well.
  void note_comma(std::string_view line, std::size_t at) {
    if (line_ != fault_.line || text_cause_ || !word_begins_ || round_brackets_ <= 0) return;
    text_cause_ = YamlCause{line_, *word_begins_, "an unquoted text in brackets has a comma in it",
                            quote_it(trimmed(line.substr(*word_begins_, at - *word_begins_)))};
  }

  static std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
  }

  std::span<const std::string_view> lines_;
  YamlFault fault_;
  std::optional<YamlCause> cause_;
  std::optional<YamlCause> text_cause_;
  std::size_t line_ = 0;
  std::size_t key_column_ = 0;
  std::optional<std::size_t> block_;  ///< the column of the key whose block goes on
  std::size_t indent_ = 0;            ///< of the line
  std::vector<Bracket> open_;
  std::optional<Bracket> suspect_;  ///< of those that are open: a line seems to stand behind it
  bool value_begins_ = true;        ///< a quote here opens a text
  bool after_colon_ = false;
  std::optional<std::size_t> text_begins_;  ///< an unquoted value of a key on this line
  std::optional<std::size_t> word_begins_;  ///< any unquoted text on this line
  int round_brackets_ = 0;                  ///< open in that text
  char quote_ = '\0';                       ///< of the text that is open
  std::size_t opened_line_ = 0;
  std::size_t opened_byte_ = 0;
};

}  // namespace

std::optional<YamlCause> likely_cause(std::span<const std::string_view> lines,
                                      const YamlFault& fault) {
  return CauseSearch(lines, fault).run();
}

}  // namespace tidewaiter
