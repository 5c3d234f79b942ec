#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "policies/language/aggregate_words.h"
#include "policies/language/expression_lexer.h"
#include "policies/language/expression_types.h"
#include "policies/language/similarity_sketch.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

using enum ValueType;

/// A call under way: what its builder needs to check and to complain.
struct Call {
  std::string_view name;
  SourceSpan name_span;
  std::vector<Expr> args;
  bool nocase = false;
  SourceSpan span;
};

tl::unexpected<ExprProblem> mismatch(const Call& call, std::size_t index,
                                     std::string_view expected) {
  const Expr& arg = call.args[index];
  return tl::unexpected(ExprProblem{
      arg.span, kTypeMismatch,
      "`" + std::string(call.name) + "` does not take " + std::string(type_name(arg.type)),
      "expected " + std::string(expected)});
}

Built finish(Call call, ExprOp op, ValueType type) {
  Expr expr;
  expr.op = op;
  expr.type = type;
  expr.args = std::move(call.args);
  expr.span = call.span;
  return expr;
}

/// round, floor, ceil: of an int64 the value itself.
Built whole(Call call, ExprOp op) {
  if (call.args[0].type == kInt64) return std::move(call.args[0]);
  if (call.args[0].type != kDouble) return mismatch(call, 0, "a number");
  return finish(std::move(call), op, kInt64);
}

Built round_call(Call call) { return whole(std::move(call), ExprOp::kRound); }
Built floor_call(Call call) { return whole(std::move(call), ExprOp::kFloor); }
Built ceil_call(Call call) { return whole(std::move(call), ExprOp::kCeil); }

Built abs_call(Call call) {
  const ValueType type = call.args[0].type;
  if (!is_number(type) && type != kDuration && type != kMoney) {
    return mismatch(call, 0, "a number, a duration or money");
  }
  return finish(std::move(call), ExprOp::kAbs, type);
}

Built extreme(Call call, ExprOp op) {
  ValueType type = call.args[0].type;
  for (std::size_t i = 0; i < call.args.size(); ++i) {
    if (!is_ordered(call.args[i].type)) {
      return mismatch(call, i, "numbers, durations, times or money");
    }
    if (call.args[i].type == type) continue;
    if (!is_number(type) || !is_number(call.args[i].type)) {
      return mismatch(call, i, "arguments of one type");
    }
    type = kDouble;
  }
  return finish(std::move(call), op, type);
}

Built least_call(Call call) { return extreme(std::move(call), ExprOp::kLeast); }
Built greatest_call(Call call) { return extreme(std::move(call), ExprOp::kGreatest); }

Built lower_call(Call call) {
  if (call.args[0].type != kString) return mismatch(call, 0, "a string");
  return finish(std::move(call), ExprOp::kLower, kString);
}

Built truncate_call(Call call) {
  if (call.args[0].type != kTimestamp) return mismatch(call, 0, "a timestamp");
  if (call.args[1].type != kDuration) return mismatch(call, 1, "a duration such as `1h`");
  return finish(std::move(call), ExprOp::kTruncate, kTimestamp);
}

Built of_time(Call call, ExprOp op) {
  if (call.args[0].type != kTimestamp) return mismatch(call, 0, "a timestamp");
  return finish(std::move(call), op, kInt64);
}

Built hour_call(Call call) { return of_time(std::move(call), ExprOp::kHourOf); }
Built weekday_call(Call call) { return of_time(std::move(call), ExprOp::kWeekdayOf); }
Built day_call(Call call) { return of_time(std::move(call), ExprOp::kDayOf); }
Built week_call(Call call) { return of_time(std::move(call), ExprOp::kWeekOf); }
Built month_call(Call call) { return of_time(std::move(call), ExprOp::kMonthOf); }
Built year_call(Call call) { return of_time(std::move(call), ExprOp::kYearOf); }

Built timestamp_call(Call call) {
  if (call.args[0].type != kString) return mismatch(call, 0, "a string");
  if (call.args[0].op == ExprOp::kLiteral) {
    return convert_literal(std::move(call.args[0]), kTimestamp);
  }
  return finish(std::move(call), ExprOp::kParseTime, kTimestamp);
}

Built int_call(Call call) {
  if (call.args[0].type != kString) {
    return mismatch(call, 0, "a string; for a double use `round`, `floor` or `ceil`");
  }
  return finish(std::move(call), ExprOp::kToInt, kInt64);
}

Built number_call(Call call) {
  if (call.args[0].type != kString) return mismatch(call, 0, "a string");
  return finish(std::move(call), ExprOp::kToDouble, kDouble);
}

Built string_call(Call call) {
  const ValueType type = call.args[0].type;
  if (type != kInt64 && type != kBool && type != kString) {
    return mismatch(call, 0, "int64, bool or string");
  }
  return finish(std::move(call), ExprOp::kToString, kString);
}

Built default_call(Call call) {
  const auto type = unify(call.args[0], call.args[1]);
  if (!type) return tl::unexpected(type.error());
  if (!*type) return mismatch(call, 1, "a value of the type of the first argument");
  return finish(std::move(call), ExprOp::kDefault, **type);
}

Built exists_call(Call call) {
  if (call.args[0].op != ExprOp::kField && call.args[0].op != ExprOp::kColumn) {
    return tl::unexpected(ExprProblem{call.args[0].span, kTypeMismatch, "`exists` takes a field",
                                      "name one field here"});
  }
  return finish(std::move(call), ExprOp::kExists, kBool);
}

Built if_call(Call call) {
  if (call.args[0].type != kBool) return mismatch(call, 0, "a truth value");
  const auto type = unify(call.args[1], call.args[2]);
  if (!type) return tl::unexpected(type.error());
  if (!*type) return mismatch(call, 2, "both branches of one type");
  return finish(std::move(call), ExprOp::kIf, **type);
}

Built seconds_call(Call call) {
  if (!is_number(call.args[0].type)) return mismatch(call, 0, "a number");
  return finish(std::move(call), ExprOp::kSeconds, kDuration);
}

bool is_text_literal(const Expr& expr) {
  return expr.op == ExprOp::kLiteral && expr.type == kString;
}

Built text_call(Call call, TextPattern::Mode mode) {
  if (!is_text_literal(call.args[1])) {
    return tl::unexpected(ExprProblem{call.args[1].span, kLiteralNeeded,
                                      "the pattern must be written out", "write a text in quotes"});
  }
  TextPattern pattern;
  pattern.mode = mode;
  pattern.cased = !call.nocase;
  pattern.pattern = std::get<std::string>(call.args[1].literal);
  const SourceSpan pattern_span = call.args[1].span;
  return build_text_match(std::move(call.args[0]), std::move(pattern), call.span, pattern_span);
}

Built equals_call(Call call) { return text_call(std::move(call), TextPattern::Mode::kEquals); }
Built contains_call(Call call) { return text_call(std::move(call), TextPattern::Mode::kContains); }
Built startswith_call(Call call) {
  return text_call(std::move(call), TextPattern::Mode::kStartsWith);
}
Built endswith_call(Call call) { return text_call(std::move(call), TextPattern::Mode::kEndsWith); }
Built like_call(Call call) { return text_call(std::move(call), TextPattern::Mode::kWildcard); }
Built matches_call(Call call) { return text_call(std::move(call), TextPattern::Mode::kRegex); }

Built cidr_call(Call call) {
  if (!is_text_literal(call.args[1])) {
    return tl::unexpected(ExprProblem{call.args[1].span, kLiteralNeeded,
                                      "the network must be written out", "write \"10.0.0.0/8\""});
  }
  const std::string network = std::get<std::string>(call.args[1].literal);
  const SourceSpan network_span = call.args[1].span;
  return build_cidr(std::move(call.args[0]), network, call.span, network_span);
}

Built sketch_distance_call(Call call) {
  return build_sketch_distance(std::move(call.args[0]), std::move(call.args[1]), call.span);
}

constexpr std::size_t kAnyNumber = 64;

struct Function {
  std::string_view name;
  std::size_t least_args;
  std::size_t most_args;
  bool takes_nocase;
  Built (*build)(Call);
};

constexpr std::array kFunctions = {
    Function{"abs", 1, 1, false, abs_call},
    Function{"ceil", 1, 1, false, ceil_call},
    Function{"cidr", 2, 2, false, cidr_call},
    Function{"contains", 2, 2, true, contains_call},
    Function{"day", 1, 1, false, day_call},
    Function{"default", 2, 2, false, default_call},
    Function{"endswith", 2, 2, true, endswith_call},
    Function{"equals", 2, 2, true, equals_call},
    Function{"exists", 1, 1, false, exists_call},
    Function{"floor", 1, 1, false, floor_call},
    Function{"greatest", 2, kAnyNumber, false, greatest_call},
    Function{"hour", 1, 1, false, hour_call},
    Function{"if", 3, 3, false, if_call},
    Function{"int", 1, 1, false, int_call},
    Function{"least", 2, kAnyNumber, false, least_call},
    Function{"like", 2, 2, true, like_call},
    Function{"lower", 1, 1, false, lower_call},
    Function{"matches", 2, 2, true, matches_call},
    Function{"month", 1, 1, false, month_call},
    Function{"number", 1, 1, false, number_call},
    Function{"round", 1, 1, false, round_call},
    Function{"seconds", 1, 1, false, seconds_call},
    Function{"sketch_distance", 2, 2, false, sketch_distance_call},
    Function{"startswith", 2, 2, true, startswith_call},
    Function{"string", 1, 1, false, string_call},
    Function{"timestamp", 1, 1, false, timestamp_call},
    Function{"truncate", 2, 2, false, truncate_call},
    Function{"week", 1, 1, false, week_call},
    Function{"weekday", 1, 1, false, weekday_call},
    Function{"year", 1, 1, false, year_call},
};

static_assert(std::ranges::adjacent_find(kFunctions, std::ranges::greater_equal{},
                                         &Function::name) == std::end(kFunctions),
              "keep names unique and sorted");

tl::unexpected<ExprProblem> unknown_function(std::string_view name, const SourceSpan& span) {
  const std::vector<std::string_view> known = function_names();
  std::string hint;
  if (is_aggregate(name)) {
    // `count` is near to `round`, and nobody means that.
    return tl::unexpected(ExprProblem{
        span, kUnknownFunction, "`" + std::string(name) + "` is no function of a record",
        "it makes a measure: write it under `measure`, and compare that by its name in "
        "`report_when`"});
  }
  if (const auto near = did_you_mean(name, known)) {
    hint = "did you mean `" + *near + "`?";
  } else {
    for (const std::string_view word : known) {
      hint += hint.empty() ? "functions: " : ", ";
      hint += word;
    }
  }
  return tl::unexpected(ExprProblem{span, kUnknownFunction,
                                    "unknown function `" + std::string(name) + "`", std::move(hint),
                                    misspelling_of(name, known).value_or("")});
}

}  // namespace

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> names;
  names.reserve(kFunctions.size() + 1);
  for (const Function& function : kFunctions) names.push_back(function.name);
  names.insert(std::ranges::lower_bound(names, kLicensed), kLicensed);
  return names;
}

bool is_function(std::string_view name) {
  return name == kLicensed ||
         std::ranges::find(kFunctions, name, &Function::name) != kFunctions.end();
}

Built build_call(std::string_view name, const SourceSpan& name_span, std::vector<Expr> arguments,
                 bool nocase, const SourceSpan& span) {
  const auto* const function = std::ranges::find(kFunctions, name, &Function::name);
  if (function == kFunctions.end()) return unknown_function(name, name_span);
  if (arguments.size() < function->least_args || arguments.size() > function->most_args) {
    const std::string wanted = function->most_args == kAnyNumber
                                   ? std::to_string(function->least_args) + " or more (up to 64)"
                                   : std::to_string(function->least_args);
    return tl::unexpected(ExprProblem{
        name_span, kArgumentCount,
        "`" + std::string(name) + "` got " + std::to_string(arguments.size()) + " arguments",
        "expected " + wanted});
  }
  if (nocase && !function->takes_nocase) {
    return tl::unexpected(ExprProblem{name_span, kArgumentCount,
                                      "`" + std::string(name) + "` does not take `nocase`",
                                      "leave it out"});
  }
  return function->build(Call{name, name_span, std::move(arguments), nocase, span});
}

}  // namespace tidewaiter
