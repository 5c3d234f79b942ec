// Writes expressions of the policy language, each with its translation into CEL, a record and the
// value that the expression has over it: JSON Lines for compare.mjs.
//
// Where the two languages mean different things, the translation says what ours means: `/` of two
// whole numbers is a double, and a division by zero has no value.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "policies/language/expression.h"
#include "policies/language/interpret.h"
#include "policies/model/record.h"
#include "policies/model/time.h"
#include "tests/property/random.h"

namespace tidewaiter {
namespace {

/// One expression in both languages.
struct Twin {
  std::string ours;
  std::string cel;
};

enum class Type : std::uint8_t { kInt, kDouble, kString, kBool, kTime, kDuration };

struct FieldPair {
  std::string ours;
  std::string cel;
};

const std::vector<FieldPair> kInts = {{"input_tokens", "input_tokens"},
                                      {"output_tokens", "output_tokens"},
                                      {"cached_tokens", "cached_tokens"},
                                      {"request.max_tokens", "max_tokens"}};
const std::vector<FieldPair> kDoubles = {{"request.temperature", "temperature"}};
const std::vector<FieldPair> kStrings = {
    {"model", "model"}, {"region", "region"}, {"user_agent", "user_agent"}};
const std::vector<FieldPair> kBools = {{"request.stream", "stream"}};

const std::vector<std::string> kTexts = {
    "",       "a",    "b", "ab", "large-2", "curl/8.1", "GPT",  "gpt",
    "Zürich", "漢字", "🌊", "12", "-7",      "x y",      "it's", "back\\slash"};

std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

Twin field(const FieldPair& pair) { return {pair.ours, "r." + pair.cel}; }

Twin binary(const Twin& a, const std::string& op, const Twin& b) {
  return {"(" + a.ours + " " + op + " " + b.ours + ")", "(" + a.cel + " " + op + " " + b.cel + ")"};
}

class Generator {
 public:
  explicit Generator(Random& random) : random_(random) {}

  Twin expression(Type type, int depth) {
    if (depth > 0 && random_.chance(12)) return choice(type, depth - 1);
    switch (type) {
      case Type::kInt:
        return whole(depth);
      case Type::kDouble:
        return real(depth);
      case Type::kString:
        return text(depth);
      case Type::kBool:
        return truth(depth);
      case Type::kTime:
        return time(depth);
      case Type::kDuration:
        return duration(depth);
    }
    return {};
  }

 private:
  Twin choice(Type type, int depth) {
    const Twin condition = expression(Type::kBool, depth);
    const Twin yes = expression(type, depth);
    const Twin no = expression(type, depth);
    return {"if(" + condition.ours + ", " + yes.ours + ", " + no.ours + ")",
            "(" + condition.cel + " ? " + yes.cel + " : " + no.cel + ")"};
  }

  Twin whole_literal() {
    if (random_.chance(10)) return {"9223372036854775807", "9223372036854775807"};
    if (random_.chance(10)) {
      return {"(-9223372036854775807 - 1)", "(-9223372036854775807 - 1)"};
    }
    const std::string number = std::to_string(random_.number(0, 20));
    if (random_.chance(25)) return {"(-" + number + ")", "(-" + number + ")"};
    return {number, number};
  }

  Twin whole(int depth) {
    if (depth == 0) return random_.chance(50) ? field(random_.one_of(kInts)) : whole_literal();
    switch (random_.number(0, 10)) {
      case 0: {
        const FieldPair& pair = random_.one_of(kInts);
        const Twin other = whole_literal();
        return {"default(" + pair.ours + ", " + other.ours + ")",
                "(has(r." + pair.cel + ") ? r." + pair.cel + " : " + other.cel + ")"};
      }
      case 1: {
        // The peer's parser takes a double negation for none, where the inner one overflows.
        const Twin inner = whole(depth - 1);
        return {"(-" + inner.ours + ")", "(0 - " + inner.cel + ")"};
      }
      case 2: {
        const Twin inner = text(depth - 1);
        // The peer reads an empty text as 0, as JavaScript does; CEL calls it an error.
        return {"int(" + inner.ours + ")",
                "(" + inner.cel + " == \"\" ? 1 / 0 : int(" + inner.cel + "))"};
      }
      case 3: {
        const Twin when = time(depth - 1);
        return {"hour(" + when.ours + ")", when.cel + ".getHours()"};
      }
      case 4: {
        const Twin when = time(depth - 1);
        return {"weekday(" + when.ours + ")", "((" + when.cel + ".getDayOfWeek() + 6) % 7 + 1)"};
      }
      case 5: {
        const Twin when = time(depth - 1);
        return {"day(" + when.ours + ")", "(" + when.cel + ".getDayOfMonth() + 1)"};
      }
      case 6: {
        const Twin when = time(depth - 1);
        return {"month(" + when.ours + ")", "(" + when.cel + ".getMonth() + 1)"};
      }
      case 7: {
        const Twin when = time(depth - 1);
        return {"year(" + when.ours + ")", when.cel + ".getFullYear()"};
      }
      default: {
        const std::string op = random_.one_of<std::string>({"+", "-", "*", "%"});
        const Twin a = expression(Type::kInt, depth - 1);
        return binary(a, op, expression(Type::kInt, depth - 1));
      }
    }
  }

  Twin real_literal() {
    const std::string number = std::to_string(random_.number(0, 99)) + "." +
                               random_.one_of<std::string>({"0", "5", "25", "1", "07"});
    return {number, number};
  }

  Twin real(int depth) {
    if (depth == 0) return random_.chance(50) ? field(random_.one_of(kDoubles)) : real_literal();
    switch (random_.number(0, 5)) {
      case 0: {
        const Twin a = expression(Type::kInt, depth - 1);
        const Twin b = expression(Type::kInt, depth - 1);
        return {"(" + a.ours + " / " + b.ours + ")",
                quotient("double(" + a.cel + ")", "double(" + b.cel + ")")};
      }
      case 1: {
        const Twin a = expression(Type::kDouble, depth - 1);
        const Twin b = expression(Type::kDouble, depth - 1);
        return {"(" + a.ours + " / " + b.ours + ")", quotient(a.cel, b.cel)};
      }
      case 2: {
        const Twin a = expression(Type::kInt, depth - 1);
        const Twin b = expression(Type::kDouble, depth - 1);
        const std::string op = random_.one_of<std::string>({"+", "-", "*"});
        return {"(" + a.ours + " " + op + " " + b.ours + ")",
                "(double(" + a.cel + ") " + op + " " + b.cel + ")"};
      }
      case 3: {
        const Twin inner = real(depth - 1);
        return {"(-" + inner.ours + ")", "(0.0 - " + inner.cel + ")"};
      }
      default: {
        const std::string op = random_.one_of<std::string>({"+", "-", "*"});
        const Twin a = expression(Type::kDouble, depth - 1);
        return binary(a, op, expression(Type::kDouble, depth - 1));
      }
    }
  }

  /// What has no value in our language is an error in the translation: 1 / 0 of whole numbers.
  static std::string quotient(const std::string& a, const std::string& b) {
    return "(" + b + " == 0.0 ? double(1 / 0) : " + a + " / " + b + ")";
  }

  Twin text_literal() {
    const std::string literal = quoted(random_.one_of(kTexts));
    return {literal, literal};
  }

  Twin text(int depth) {
    if (depth == 0) return random_.chance(60) ? field(random_.one_of(kStrings)) : text_literal();
    switch (random_.number(0, 4)) {
      case 0: {
        const Twin inner = expression(Type::kInt, depth - 1);
        return {"string(" + inner.ours + ")", "string(" + inner.cel + ")"};
      }
      case 1: {
        const FieldPair& pair = random_.one_of(kStrings);
        const Twin other = text_literal();
        return {"default(" + pair.ours + ", " + other.ours + ")",
                "(has(r." + pair.cel + ") ? r." + pair.cel + " : " + other.cel + ")"};
      }
      case 2: {
        const Twin a = expression(Type::kString, depth - 1);
        return binary(a, "+", expression(Type::kString, depth - 1));
      }
      default:
        return text(0);
    }
  }

  Twin time(int depth) {
    const Twin now{"time", "timestamp(r.time)"};
    if (depth == 0 || random_.chance(50)) return now;
    const Twin span = duration(0);
    return binary(now, random_.one_of<std::string>({"+", "-"}), span);
  }

  Twin duration(int depth) {
    if (depth > 0 && random_.chance(50)) return binary(time(depth - 1), "-", time(depth - 1));
    const std::string seconds = std::to_string(random_.number(0, 200'000)) + "s";
    return {seconds, "duration(" + quoted(seconds) + ")"};
  }

  Twin comparison(int depth) {
    constexpr int kFirstEquality = 4;
    const std::vector<std::string> ops = {"<", "<=", ">", ">=", "==", "!="};
    const Type type = random_.one_of<Type>(
        {Type::kInt, Type::kInt, Type::kDouble, Type::kString, Type::kTime, Type::kDuration});
    // Texts have no order in our language.
    const std::int64_t least = type == Type::kString ? kFirstEquality : 0;
    const std::string& op = ops[static_cast<std::size_t>(random_.number(least, 5))];
    const Twin a = expression(type, depth);
    return binary(a, op, expression(type, depth));
  }

  Twin membership(int depth) {
    const bool whole = random_.chance(50);
    const Twin value = expression(whole ? Type::kInt : Type::kString, depth);
    Twin list;
    for (std::int64_t i = random_.number(1, 4); i > 0; --i) {
      const std::string item =
          whole ? std::to_string(random_.number(0, 12)) : quoted(random_.one_of(kTexts));
      list.ours += (list.ours.empty() ? "" : ", ") + item;
    }
    const bool out = random_.chance(30);
    return {"(" + value.ours + (out ? " not in [" : " in [") + list.ours + "])",
            (out ? "!(" : "(") + value.cel + " in [" + list.ours + "])"};
  }

  Twin text_test(int depth) {
    const Twin value = expression(Type::kString, depth);
    if (random_.chance(30)) {
      const std::string pattern = quoted(random_.one_of<std::string>(
          {"^a", "b$", "^[a-z]+$", "l.rge", "(?i)gpt", "\\d+", "^$", "^.$", "(a|漢).*"}));
      return {"matches(" + value.ours + ", " + pattern + ")",
              value.cel + ".matches(" + pattern + ")"};
    }
    const std::string part = quoted(random_.one_of(kTexts));
    const auto [ours, cel] = random_.one_of<std::pair<std::string, std::string>>(
        {{"contains", "contains"}, {"startswith", "startsWith"}, {"endswith", "endsWith"}});
    return {ours + "(" + value.ours + ", " + part + ")", value.cel + "." + cel + "(" + part + ")"};
  }

  Twin truth(int depth) {
    if (depth == 0) {
      if (random_.chance(40)) {
        const FieldPair pair =
            random_.one_of(random_.one_of<std::vector<FieldPair>>({kInts, kStrings, kBools}));
        return {"exists(" + pair.ours + ")", "has(r." + pair.cel + ")"};
      }
      if (random_.chance(50)) return field(kBools[0]);
      return random_.chance(50) ? Twin{"true", "true"} : Twin{"false", "false"};
    }
    switch (random_.number(0, 9)) {
      case 0: {
        const Twin inner = expression(Type::kBool, depth - 1);
        return {"(not " + inner.ours + ")", "(!" + inner.cel + ")"};
      }
      case 1:
      case 2:
      case 3: {
        const bool both = random_.chance(50);
        const Twin a = expression(Type::kBool, depth - 1);
        const Twin b = expression(Type::kBool, depth - 1);
        return {"(" + a.ours + (both ? " and " : " or ") + b.ours + ")",
                "(" + a.cel + (both ? " && " : " || ") + b.cel + ")"};
      }
      case 4:
        return membership(depth - 1);
      case 5:
        return text_test(depth - 1);
      default:
        return comparison(depth - 1);
    }
  }

  Random& random_;
};

/// A record that lacks every field one time in four, and what CEL is told of it.
class RandomRecord {
 public:
  explicit RandomRecord(Random& random) {
    record_.kind = RecordKind::kUsage;
    record_.time = UtcTime{random.number(1'767'225'600, 1'800'000'000) * kSecond.us};
    bindings_["time"] = {{"type", "string"}, {"value", format_time(record_.time)}};
    for (const FieldPair& pair : kInts) {
      if (random.chance(25)) continue;
      const std::int64_t number = random.chance(5) ? INT64_MAX : random.number(0, 15);
      set(pair, number, "int", std::to_string(number));
    }
    for (const FieldPair& pair : kDoubles) {
      const double number = static_cast<double>(random.number(0, 8)) / 4;
      if (!random.chance(25)) set(pair, number, "double", number);
    }
    for (const FieldPair& pair : kStrings) {
      const std::string& text = random.one_of(kTexts);
      if (!random.chance(25) && !text.empty()) set(pair, text, "string", text);
    }
    for (const FieldPair& pair : kBools) {
      const bool truth = random.chance(50);
      if (!random.chance(25)) set(pair, truth, "bool", truth);
    }
  }
  [[nodiscard]] const Record& record() const { return record_; }
  [[nodiscard]] const nlohmann::json& bindings() const { return bindings_; }

 private:
  void set(const FieldPair& pair, Value value, const char* type, nlohmann::json shown) {
    set_value(record_, *find_field(pair.ours), std::move(value));
    bindings_[pair.cel] = {{"type", type}, {"value", std::move(shown)}};
  }

  Record record_;
  nlohmann::json bindings_;
};

nlohmann::json told(const Value& value) {
  if (is_null(value)) return {{"type", "unknown"}};
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    return {{"type", "int"}, {"value", std::to_string(*whole)}};
  }
  if (const auto* real = std::get_if<double>(&value)) {
    return {{"type", "double"}, {"value", *real}};
  }
  if (const auto* truth = std::get_if<bool>(&value)) return {{"type", "bool"}, {"value", *truth}};
  return {{"type", "string"}, {"value", std::get<std::string>(value)}};
}

int write_cases(std::uint64_t seed, int count) {
  std::cerr << "seed " << seed << " (TIDEWAITER_SEED repeats it)\n";
  Random random(seed);
  Generator generator(random);
  ExprScope scope;
  scope.fields = RecordKind::kUsage;
  for (int i = 0; i < count;) {
    const Type type = random.one_of<Type>(
        {Type::kInt, Type::kDouble, Type::kString, Type::kBool, Type::kBool, Type::kBool});
    const Twin twin = generator.expression(type, static_cast<int>(random.number(1, 4)));
    std::vector<Diagnostic> diagnostics;
    const auto expr = parse_expression(twin.ours, scope, {}, diagnostics);
    if (!expr) {
      std::cerr << "not an expression: " << twin.ours << '\n' << to_text(diagnostics.front());
      return 1;
    }
    const RandomRecord record(random);
    const Value value = interpret(*expr, {.record = &record.record()});
    std::cout << nlohmann::json{{"ours", twin.ours},
                                {"cel", twin.cel},
                                {"record", record.bindings()},
                                {"result", told(value)}}
                     .dump()
              << '\n';
    ++i;
  }
  return 0;
}

}  // namespace
}  // namespace tidewaiter

int main(int argc, char** argv) {
  const char* const given = std::getenv("TIDEWAITER_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10)
                                              : static_cast<std::uint64_t>(std::random_device{}());
  return tidewaiter::write_cases(seed, argc > 1 ? std::atoi(argv[1]) : 100);
}
