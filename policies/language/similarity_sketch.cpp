#include "policies/language/similarity_sketch.h"

#include <bit>
#include <charconv>
#include <string>
#include <utility>

namespace tidewaiter {
namespace {

std::optional<ExprProblem> problem_of_sketch(const Expr& expr) {
  if (expr.type != ValueType::kString) {
    return ExprProblem{expr.span, kTypeMismatch,
                       "`sketch_distance` does not take " + std::string(type_name(expr.type)),
                       "expected a string of 16 hexadecimal digits, such as `prompt.sketch`"};
  }
  if (expr.op != ExprOp::kLiteral) return std::nullopt;
  const std::string& text = std::get<std::string>(expr.literal);
  if (read_sketch(text)) return std::nullopt;
  return not_a_sketch(text, expr.span);
}

}  // namespace

std::optional<std::uint64_t> read_sketch(std::string_view text) {
  constexpr std::size_t kDigits = 16;
  constexpr int kHexadecimal = 16;
  std::uint64_t sketch = 0;
  const char* const end = text.data() + text.size();
  const auto [read_to, error] = std::from_chars(text.data(), end, sketch, kHexadecimal);
  if (text.size() != kDigits || error != std::errc() || read_to != end) return std::nullopt;
  return sketch;
}

std::int64_t sketch_distance(std::uint64_t a, std::uint64_t b) { return std::popcount(a ^ b); }

ExprProblem not_a_sketch(std::string_view text, const SourceSpan& span) {
  return ExprProblem{span, kNotASketch, "`" + std::string(text) + "` is no similarity sketch",
                     "expected 16 hexadecimal digits, such as 9f86d081884c7d65"};
}

Built build_sketch_distance(Expr a, Expr b, const SourceSpan& span) {
  for (const Expr* argument : {&a, &b}) {
    if (auto problem = problem_of_sketch(*argument)) return tl::unexpected(*std::move(problem));
  }
  Expr expr;
  expr.op = ExprOp::kSketchDistance;
  expr.type = ValueType::kInt64;
  expr.args.push_back(std::move(a));
  expr.args.push_back(std::move(b));
  expr.span = span;
  return expr;
}

}  // namespace tidewaiter
