#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "policies/language/expression_lexer.h"

namespace tidewaiter {

/// Bounds of what is parsed by recursive descent, so that hostile texts exhaust neither the stack
/// nor the memory.
inline constexpr std::size_t kMaxExpressionBytes = std::size_t{16} * 1024;
inline constexpr std::size_t kMaxExpressionDepth = 64;
inline constexpr std::size_t kMaxExpressionNodes = std::size_t{64} * 1024;

/// The tokens of one text, walked from the left: what the parsers of expressions and of conditions
/// stand on. It never walks past the last token, which is the end.
class TokenCursor {
 public:
  /// `tokens` come from lex(); `syntax` is the code of what stands in a wrong place.
  TokenCursor(std::vector<Token> tokens, const DiagnosticCode& syntax)
      : tokens_(std::move(tokens)), syntax_(syntax) {}

  [[nodiscard]] const Token& peek() const { return tokens_[at_]; }
  [[nodiscard]] const Token& peek_second() const {
    return tokens_[std::min(at_ + 1, tokens_.size() - 1)];
  }
  /// What was taken last; the first token before anything was.
  [[nodiscard]] const Token& previous() const { return tokens_[at_ == 0 ? 0 : at_ - 1]; }
  /// The token `ahead` places after peek(), or the end.
  [[nodiscard]] const Token& peek_at(std::size_t ahead) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  const Token& take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }

  static tl::unexpected<ExprProblem> problem(const SourceSpan& span, const DiagnosticCode& code,
                                             std::string message, std::string hint) {
    return tl::unexpected(ExprProblem{span, code, std::move(message), std::move(hint)});
  }

  /// What stands here is not what may stand here; `hint` says what may, or what to write.
  [[nodiscard]] tl::unexpected<ExprProblem> unexpected(std::string hint) const {
    const Token& token = peek();
    const std::string shown = token.kind == Token::Kind::kEnd ? "the end" : "`" + token.text + "`";
    return problem(token.span, syntax_, "unexpected " + shown, std::move(hint));
  }
  [[nodiscard]] tl::unexpected<ExprProblem> expected(std::string_view what) const {
    return unexpected("expected " + std::string(what));
  }

 private:
  std::vector<Token> tokens_;
  DiagnosticCode syntax_;
  std::size_t at_ = 0;
};

}  // namespace tidewaiter
