#include "policies/lint/truth_analysis.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "policies/language/expression.h"
#include "policies/language/interpret.h"
#include "policies/model/record.h"

namespace tidewaiter {
namespace {

Expr parsed(const std::string& text) {
  ExprScope scope;
  scope.fields = RecordKind::kUsage;
  std::vector<Diagnostic> diagnostics;
  const auto expr = parse_expression(text, scope, {}, diagnostics);
  EXPECT_TRUE(expr) << text << ": " << (diagnostics.empty() ? "" : diagnostics.front().message);
  return expr.value_or(Expr{});
}

bool can_be_true(const std::string& text) {
  const Expr expr = parsed(text);
  return TruthAnalysis({}, {}).can_be_true(expr);
}

TEST(TruthAnalysis, FindsContradictions) {
  for (const char* text : {
           "requests < 0",
           "requests > 5 and requests < 6",
           "requests > 5 and requests in [1, 2, 3]",
           "requests in [1, 2] and requests in [3, 4]",
           "requests == 5 and requests != 5",
           "model == \"a\" and model == \"b\"",
           "model in [\"a\"] and model in [\"b\"]",
           "model == \"a\" and model != \"a\"",
           "startswith(model, \"gpt\") and startswith(model, \"claude\")",
           "endswith(model, \"-large\") and endswith(model, \"-small\")",
           "equals(model, \"gpt\") and startswith(model, \"claude\")",
           "contains(model, \"gpt-4\") and not contains(model, \"gpt\")",
           "model == \"gpt-4\" and matches(model, \"^claude\")",
           "exists(model) and not exists(model)",
           "not exists(model) and model == \"a\"",
           "not exists(requests)",
           "request.stream and not request.stream",
           "request.stream == true and request.stream == false",
           "input_tokens < output_tokens and output_tokens < input_tokens",
           "input_tokens == output_tokens and input_tokens > output_tokens",
           "input_tokens < input_tokens",
           "hour(time) > 23",
           "month(time) == 13",
           "day(time) == 0",
           "week(time) in [0, 54]",
           "year(time) < 1970",
           "sketch_distance(prompt.sketch, model) > 64",
           "output_tokens / requests < 0",
           "time < \"1970-01-01\"",
           "cost > 5 USD and cost < 4.999 USD",
           "duration < 0s",
           "(requests > 5 or operation == \"chat\") and requests < 5 and operation == \"batch\"",
           "not (requests > 5 or requests <= 5)",
           "requests > 5 and (requests < 3 or requests < 4)",
           "matches(model, \"a+\") and not matches(model, \"a+\")",
       }) {
    EXPECT_FALSE(can_be_true(text)) << text;
  }
}

TEST(TruthAnalysis, ClaimsNothingThatCanHold) {
  for (const char* text : {
           "requests > 5 and requests < 7",
           "output_tokens / requests > 5 and output_tokens / requests < 6",
           "model != \"a\" and model != \"b\"",
           "startswith(model, \"gpt\") and startswith(model, \"gpt-4\")",
           "startswith(model, \"GPT\", nocase) and startswith(model, \"gpt\")",
           "equals(model, \"GPT\", nocase) and model == \"gpt\"",
           "contains(model, \"gpt\") and not contains(model, \"gpt-4\")",
           "contains(model, \"gpt\", nocase) and not contains(model, \"gpt\")",
           "input_tokens <= output_tokens and output_tokens <= input_tokens",
           "requests > 5 or requests < 0",
           "not exists(model) or model == \"a\"",
           "default(output_tokens, 0) == 0 and not exists(output_tokens)",
           "hour(time) >= 22 or hour(time) < 6",
           "month(time) == 12 and day(time) == 31 and week(time) == 1",
           "year(time) == 1970",
           "cost < 0 USD",
           // A backslash escapes wildcards and itself alone.
           "like(model, \"C:\\Win*\") and startswith(model, \"C:\\Win\")",
           "like(model, \"*\\end\") and endswith(model, \"\\end\")",
       }) {
    EXPECT_TRUE(can_be_true(text)) << text;
  }
}

std::string random_truth(std::mt19937_64& random, int depth) {
  const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  if (depth == 0 || pick(5) == 0) {
    const char* const leaves[] = {
        "requests > 1",
        "requests <= 2",
        "requests in [0, 2]",
        "requests != 1",
        "output_tokens >= requests",
        "output_tokens < 2",
        "output_tokens == requests",
        "default(output_tokens, 3) > 2",
        "exists(output_tokens)",
        "exists(model)",
        "model == \"ab\"",
        "model in [\"ab\", \"b\"]",
        "startswith(model, \"a\")",
        "endswith(model, \"B\", nocase)",
        "contains(model, \"b\")",
        "matches(model, \"^a\")",
        "like(model, \"a*\")",
        "request.stream",
        "request.stream == false",
        "output_tokens / requests > 1",
    };
    return leaves[pick(std::size(leaves))];
  }
  const std::string left = random_truth(random, depth - 1);
  switch (pick(3)) {
    case 0:
      return "(not " + left + ")";
    case 1:
      return "(" + left + " and " + random_truth(random, depth - 1) + ")";
    default:
      return "(" + left + " or " + random_truth(random, depth - 1) + ")";
  }
}

/// Every record over a few values of each field, absent ones included.
std::vector<Record> all_small_records() {
  std::vector<Record> records;
  const auto set = [](Record& record, const char* name, Value value) {
    set_value(record, *find_field(name), std::move(value));
  };
  for (std::int64_t requests = 0; requests <= 3; ++requests) {
    for (std::int64_t tokens = -1; tokens <= 4; ++tokens) {
      for (const char* model : {"", "ab", "b", "AB", "aB", "c"}) {
        for (int stream = 0; stream <= 2; ++stream) {
          Record record;
          record.requests = requests;
          if (tokens >= 0) set(record, "output_tokens", tokens);
          if (*model != '\0') set(record, "model", std::string(model));
          if (stream < 2) set(record, "request.stream", stream == 1);
          records.push_back(std::move(record));
        }
      }
    }
  }
  return records;
}

// The interpreter over every small record is the second implementation: what some record meets is
// never called impossible. And over these small domains most contradictions are found.
TEST(TruthAnalysis, NeverContradictsTheInterpreter) {
  const std::uint64_t seed = 7451;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::vector<Record> records = all_small_records();
  int refuted = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = random_truth(random, 4);
    const Expr expr = parsed(text);
    TruthAnalysis analysis({}, {});
    const bool may_hold = analysis.can_be_true(expr);
    const bool may_fail = analysis.can_be_false(expr);
    refuted += may_hold && may_fail ? 0 : 1;
    if (may_hold && may_fail) continue;
    for (const Record& record : records) {
      Bindings bindings;
      bindings.record = &record;
      const Value value = interpret(expr, bindings);
      ASSERT_TRUE(may_hold || value != Value(true)) << text;
      ASSERT_TRUE(may_fail || value != Value(false)) << text;
    }
  }
  EXPECT_GT(refuted, 100);
}

// A condition that would take very long is given up, not wrongly judged.
TEST(TruthAnalysis, GivesUpRatherThanClaim) {
  std::string text = "requests > 5";
  for (int i = 0; i < 60; ++i) {
    text += " and (input_tokens > " + std::to_string(i) + " or output_tokens > " +
            std::to_string(i) + " or cached_tokens > " + std::to_string(i) + ")";
  }
  EXPECT_TRUE(can_be_true(text));
}

}  // namespace
}  // namespace tidewaiter
