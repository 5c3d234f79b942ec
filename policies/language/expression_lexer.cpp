#include "policies/language/expression_lexer.h"

#include <array>
#include <utility>

#include "policies/language/code_points.h"
#include "policies/language/typographic.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr std::array<std::string_view, 15> kSymbols = {"==", "!=", "<=", ">=", "<", ">", "+", "-",
                                                       "*",  "/",  "%",  "(",  ")", "[", "]"};

/// Signs of mathematics, as this tool prints them for people, and how they are written.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSigns = {
    {{"\xE2\x89\xA5", ">="},
     {"\xE2\x89\xA4", "<="},
     {"\xE2\x89\xA0", "!="},
     {"\xC3\xB7", "/"},
     {"\xC3\x97", "*"},
     {"\xE2\x88\x92", "-"}}};

/// What to write instead of a character of another language or of a word processor.
std::string_view advice(std::string_view rest) {
  if (rest.starts_with(kNoBreakSpace)) return "it is a no-break space: write a blank instead of it";
  if (begins_with_typographic_quote(rest)) {
    return "typographic quotes quote nothing here: write \"…\"";
  }
  switch (rest.front()) {
    case '=':
      return "write `==` to compare";
    case '!':
      return "write `not`";
    case '&':
      return "write `and`";
    case '|':
      return "write `or`";
    default:
      return "an expression has names, numbers, \"texts\", operators and brackets";
  }
}

class Lexer {
 public:
  Lexer(std::string_view text, const ExprOrigin& origin)
      : text_(text), origin_(origin), column_(origin.column) {}

  tl::expected<std::vector<Token>, ExprProblem> run() {
    while (true) {
      skip_space();
      begin();
      if (at_ == text_.size()) {
        finish(Token::Kind::kEnd, {});
        return std::move(tokens_);
      }
      if (!next()) return tl::unexpected(std::move(problem_));
    }
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) {
      ++at_;
      ++column_;
    }
  }

  void begin() { start_ = at_; }

  void finish(Token::Kind kind, std::string content) {
    Token token;
    token.kind = kind;
    token.text = std::move(content);
    token.offset = start_;
    token.size = at_ - start_;
    token.span = span_to(at_);
    column_ += count_code_points(text_.substr(start_, token.size));
    tokens_.push_back(std::move(token));
  }

  [[nodiscard]] SourceSpan span_to(std::size_t end) const {
    const std::int32_t length = count_code_points(text_.substr(start_, end - start_));
    return {origin_.file, origin_.line, column_, length < 1 ? 1 : length};
  }

  bool fail(std::size_t end, const DiagnosticCode& code, std::string message, std::string hint) {
    problem_ = {span_to(end), code, std::move(message), std::move(hint)};
    return false;
  }

  bool next() {
    if (awaits_license() && license()) return true;
    const char c = text_[at_];
    if (begins_name(c)) return name();
    if (is_digit(c)) return number();
    if (c == '"' || c == '\'') return string(c);
    if (c == '`') return escaped_name();
    if (c == ',') {
      ++at_;
      finish(Token::Kind::kSymbol, ",");
      return true;
    }
    if (c == '=' && at_ + 1 < text_.size() && (text_[at_ + 1] == '>' || text_[at_ + 1] == '<')) {
      return other_spelling(2, text_[at_ + 1] == '>' ? ">=" : "<=");
    }
    if (text_.substr(at_).starts_with("<>")) return other_spelling(2, "!=");
    for (const auto& [sign, written] : kSigns) {
      if (text_.substr(at_).starts_with(sign)) return other_spelling(sign.size(), written);
    }
    for (const std::string_view symbol : kSymbols) {
      if (text_.substr(at_).starts_with(symbol)) {
        at_ += symbol.size();
        finish(Token::Kind::kSymbol, std::string(symbol));
        return true;
      }
    }
    const std::size_t size = code_point_length(text_, at_);
    return fail(at_ + size, kBadCharacter,
                "unexpected `" + std::string(text_.substr(at_, size)) + "`",
                std::string(advice(text_.substr(at_))));
  }

  /// An operator as it is written elsewhere: `=>` and `=<` in the order of the words "equal or
  /// greater", `<>` of SQL, `≥` of a printed page.
  bool other_spelling(std::size_t size, std::string_view meant) {
    fail(at_ + size, kBadCharacter, "unexpected `" + std::string(text_.substr(at_, size)) + "`",
         "did you mean `" + std::string(meant) + "`?");
    problem_.replacement = meant;
    return false;
  }

  bool name() {
    while (at_ < text_.size() &&
           (begins_name(text_[at_]) || is_digit(text_[at_]) ||
            (text_[at_] == '.' && at_ + 1 < text_.size() && begins_name(text_[at_ + 1])))) {
      ++at_;
    }
    if (text_.substr(start_, at_ - start_) == "list" && text_.substr(at_).starts_with(':')) {
      return list();
    }
    finish(Token::Kind::kName, std::string(text_.substr(start_, at_ - start_)));
    return true;
  }

  /// The end of the document's name that begins at `from`: `from` itself if there is none.
  [[nodiscard]] std::size_t end_of_name(std::size_t from) const {
    const auto in_name = [](char c) {
      return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_' || c == '.';
    };
    while (from < text_.size() && in_name(text_[from])) ++from;
    return from;
  }

  [[nodiscard]] bool awaits_license() const {
    const std::size_t size = tokens_.size();
    return size >= 2 && tokens_[size - 1].is("(") && tokens_[size - 2].is_word(kLicensed);
  }

  /// NAME or license:NAME. False, and nothing is taken, if there is no name here.
  bool license() {
    constexpr std::string_view kPrefix = "license:";
    const bool prefixed = text_.substr(at_).starts_with(kPrefix);
    const std::size_t from = prefixed ? at_ + kPrefix.size() : at_;
    const std::size_t end = end_of_name(from);
    if (end == from) return false;
    at_ = end;
    finish(Token::Kind::kLicense, std::string(text_.substr(from, end - from)));
    return true;
  }

  /// list:NAME, as far as a name may go.
  bool list() {
    const std::size_t colon = at_;
    at_ = end_of_name(colon + 1);
    if (at_ == colon + 1) {
      return fail(at_, kBadCharacter, "the list has no name", "write `in list:its-name`");
    }
    finish(Token::Kind::kList, std::string(text_.substr(start_, at_ - start_)));
    return true;
  }

  bool escaped_name() {
    const std::size_t end = text_.find('`', at_ + 1);
    if (end == std::string_view::npos || end == at_ + 1) {
      return fail(text_.size(), kBadCharacter, "a name in backticks is not closed or empty",
                  "write `name` between two backticks");
    }
    at_ = end + 1;
    finish(Token::Kind::kName, std::string(text_.substr(start_ + 1, end - start_ - 1)));
    tokens_.back().escaped_name = true;
    return true;
  }

  bool number() {
    while (at_ < text_.size() &&
           (begins_name(text_[at_]) || is_digit(text_[at_]) ||
            (text_[at_] == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])))) {
      ++at_;
    }
    finish(Token::Kind::kNumber, std::string(text_.substr(start_, at_ - start_)));
    return true;
  }

  /// A backslash escapes the quote and itself; before anything else it stands for itself, so that
  /// regular expressions read as usual.
  bool string(char quote) {
    std::string content;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == quote) {
        ++at_;
        finish(Token::Kind::kString, std::move(content));
        return true;
      }
      if (c == '\\' && at_ + 1 < text_.size() &&
          (text_[at_ + 1] == quote || text_[at_ + 1] == '\\')) {
        ++at_;
      }
      content += text_[at_];
    }
    return fail(text_.size(), kBadCharacter, "a text is not closed",
                std::string("close it with ") + quote);
  }

  std::string_view text_;
  const ExprOrigin& origin_;
  std::int32_t column_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
  std::vector<Token> tokens_;
  ExprProblem problem_;
};

}  // namespace

tl::expected<std::vector<Token>, ExprProblem> lex(std::string_view text, const ExprOrigin& origin) {
  return Lexer(text, origin).run();
}

}  // namespace tidewaiter
