// The plan of predicates, which shares, joins and orders them and asks few rows by themselves,
// against interpret() on each record by itself.

#include "policies/engine/plan.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "policies/language/interpret.h"
#include "policies/language/named_lists.h"
#include "policies/language/value_list.h"
#include "tests/property/random.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

/// Records with gaps: each field is missing now and then, so that much is unknown.
std::vector<Record> random_records(Random& random, std::int64_t rows) {
  std::vector<Record> records(static_cast<std::size_t>(rows));
  const auto set = [&random](Record& record, std::string_view name, Value value) {
    if (!random.chance(15)) set_value(record, *find_field(name), std::move(value));
  };
  for (Record& record : records) {
    record.time = {random.number(0, 1'000'000)};
    set(record, "model", "m-" + std::to_string(random.number(0, 9)));
    set(record, "end_user", "user-" + std::to_string(random.number(0, 300)));
    set(record, "client.address",
        random.chance(80) ? "10." + std::to_string(random.number(0, 7)) + ".0." +
                                std::to_string(random.number(0, 255))
                          : "2001:db8::" + std::to_string(random.number(1, 9)));
    set(record, "client.asn", random.number(0, 200));
    set(record, "output_tokens", random.number(0, 1'000));
    set(record, "input_tokens", random.number(0, 1'000));
    set(record, "request.stream", random.chance(50));
    set(record, "request.temperature", static_cast<double>(random.number(0, 20)) / 10.0);
  }
  return records;
}

std::string random_leaf(Random& random) {
  const auto n = [&random](std::int64_t most) { return std::to_string(random.number(0, most)); };
  switch (random.number(0, 17)) {
    case 0:
      return "model == \"m-" + n(11) + "\"";
    case 1:
      return "model in [\"m-" + n(9) + "\", \"m-" + n(9) + "\"]";
    case 2:
      return "contains(end_user, \"" + n(30) + "\")";
    case 3:
      return "end_user != \"user-" + n(300) + "\"";
    case 4:
      return "cidr(client.address, \"10." + n(8) + ".0.0/16\")";
    case 5:
      return "cidr(client.address, \"" + std::string(random.chance(50) ? "2001:db8::/32" : "::/0") +
             "\")";
    case 6:
      return "client.asn in [" + n(200) + ", " + n(200) + ", " + n(200) + "]";
    case 7:
      return "output_tokens > " + n(1'050);
    case 8:
      return "output_tokens + 10 <= input_tokens";
    case 9:
      return "request.temperature >= 1." + n(9);
    case 10:
      return "exists(end_user)";
    case 11:
      return n(1'050) + " " + random.one_of<std::string>({"<", "<=", "==", "!=", ">=", ">"}) +
             " output_tokens";
    case 12:
      return "output_tokens " + random.one_of<std::string>({"<", "<=", "==", "!=", ">="}) + " " +
             n(1'050);
    case 13:
      return "client.asn in list:systems";
    case 14:
      return "end_user in list:users";
    case 15:
      return "output_tokens > " + n(1'000) + ".5";
    case 16:
      return "time >= \"1970-01-01T00:00:00." + n(9) + "Z\"";
    default:
      return "request.stream";
  }
}

// NOLINTNEXTLINE(misc-no-recursion)
std::string random_condition(Random& random, std::vector<std::string>& leaves, int depth) {
  if (depth == 0 || random.chance(25)) {
    // Leaves come again, as those of policies do.
    if (leaves.empty() || random.chance(50)) leaves.push_back(random_leaf(random));
    return random.one_of(leaves);
  }
  if (random.chance(15)) return "not (" + random_condition(random, leaves, depth - 1) + ")";
  const std::string join = random.chance(60) ? " and " : " or ";
  std::string text = "(" + random_condition(random, leaves, depth - 1);
  for (std::int64_t i = random.number(1, 3); i > 0; --i) {
    text += join + random_condition(random, leaves, depth - 1);
  }
  return text + ")";
}

/// Lists of every third system and every seventh user.
NamedLists some_lists() {
  std::vector<ValueList::Item> systems;
  for (std::int64_t i = 0; i < 200; i += 3) systems.push_back({Value(i)});
  std::vector<ValueList::Item> users;
  for (int i = 0; i < 300; i += 7) users.push_back({Value("user-" + std::to_string(i))});
  NamedLists lists;
  lists.add({std::make_shared<const ValueList>("systems", ValueType::kInt64, systems), {}});
  lists.add({std::make_shared<const ValueList>("users", ValueType::kString, users), {}});
  return lists;
}

Expr expression_of(const std::string& text, RecordKind kind = RecordKind::kUsage) {
  NamedLists lists = some_lists();
  ExprScope scope;
  scope.fields = kind;
  scope.lists = &lists;
  std::vector<Diagnostic> diagnostics;
  auto expr = parse_expression(text, scope, {}, diagnostics);
  EXPECT_TRUE(expr) << text << (diagnostics.empty() ? "" : ": " + diagnostics[0].message);
  return expr ? *std::move(expr) : Expr();
}

/// Loads a batch, and holds each answer against that of interpret().
void expect_as_interpreted(Plan& plan, ColumnSet& columns,
                           const std::vector<std::pair<NodeId, Expr>>& asked,
                           const std::vector<Record>& records) {
  std::vector<const Record*> places;
  for (const Record& record : records) places.push_back(&record);
  columns.load(places);
  plan.start_batch();
  for (const auto& [id, expr] : asked) {
    const TruthBits& bits = plan.truth(id);
    for (std::size_t row = 0; row < records.size(); ++row) {
      const Value wanted = interpret(expr, {.record = &records[row]});
      const bool* truth = std::get_if<bool>(&wanted);
      ASSERT_EQ(bits.unknown.test(row), truth == nullptr) << to_text(expr) << ", row " << row;
      ASSERT_EQ(bits.yes.test(row), truth != nullptr && *truth) << to_text(expr) << ", row " << row;
    }
  }
}

TEST(Plan, AnswersAsEachRecordByItself) {
  over_random_seeds(30, [](std::uint64_t seed) {
    Random random(seed);
    ColumnSet columns;
    Plan plan(columns);
    std::vector<std::string> leaves;
    std::vector<std::pair<NodeId, Expr>> asked;
    for (int i = 0; i < 25; ++i) {
      Expr expr = expression_of(random_condition(random, leaves, 3));
      const NodeId id = plan.add_truth(expr);
      asked.emplace_back(id, std::move(expr));
    }
    // Several batches, so that the order is learnt; of all sizes, for few rows are asked otherwise.
    for (const std::int64_t rows : {700, 0, 1, 63, 64, 65, 900, 900}) {
      const std::vector<Record> records = random_records(random, rows);
      expect_as_interpreted(plan, columns, asked, records);
    }
  });
}

/// A list answers as its items do: it is true if any is, and false of an empty one.
TEST(Plan, AnswersOfListsAsEachRecordByItself) {
  over_random_seeds(30, [](std::uint64_t seed) {
    Random random(seed);
    ColumnSet columns;
    Plan plan(columns);
    std::vector<std::pair<NodeId, Expr>> asked;
    for (const char* const text :
         {"contains(devices, \"1\")", "devices in list:users", "startswith(devices, \"user-2\")",
          "contains(devices, \"user-1\") or devices in list:users", "not contains(devices, \"7\")",
          "endswith(devices, \"0\") and contains(devices, \"2\")"}) {
      Expr expr = expression_of(text, RecordKind::kAccount);
      const NodeId id = plan.add_truth(expr);
      asked.emplace_back(id, std::move(expr));
    }
    for (const std::int64_t rows : {200, 0, 1, 65, 300}) {
      std::vector<Record> records(static_cast<std::size_t>(rows));
      for (Record& record : records) {
        record.kind = RecordKind::kAccount;
        if (random.chance(15)) continue;
        std::vector<std::string> devices;
        for (std::int64_t i = random.number(0, 3); i > 0; --i) {
          devices.push_back("user-" + std::to_string(random.number(0, 60)));
        }
        set_value(record, *find_field("devices"), devices);
      }
      expect_as_interpreted(plan, columns, asked, records);
    }
  });
}

}  // namespace
}  // namespace tidewaiter
