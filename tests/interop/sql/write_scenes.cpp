// write_scenes FIRST COUNT: random records and policies as SQL, a JSON object a line for each seed
// from FIRST on, for databases that answer both dialects.
#include <cstdlib>
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

#include "policies/sql/window_query.h"
#include "tests/property/sql_scene.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

json to_json(const Value& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

std::string_view duckdb_type(ValueType type) {
  if (type == ValueType::kBool) return "BOOLEAN";
  if (type == ValueType::kDouble) return "DOUBLE";
  return type == ValueType::kString || type == ValueType::kIp ? "VARCHAR" : "BIGINT";
}

json scene_json(std::uint64_t seed) {
  const SqlScene scene = random_sql_scene(seed, seed % 2 == 0);
  json columns = json::array({{{"name", "kind"}, {"type", "VARCHAR"}}});
  for (const FieldId id : sql_columns()) {
    columns.push_back({{"name", field(id).name}, {"type", duckdb_type(field(id).type)}});
  }
  json rows = json::array();
  for (const auto& [seq, record] : scene.last) {
    json row = json::array({kind_name(record.kind)});
    for (const FieldId id : sql_columns()) row.push_back(to_json(field_value(record, id)));
    rows.push_back(std::move(row));
  }
  json policies = json::array();
  for (const Policy& policy : scene.set->policies) {
    const auto sqlite = window_query(policy, SqlDialect::kSqlite);
    const auto duckdb = window_query(policy, SqlDialect::kDuckDb);
    if (!sqlite || !duckdb) continue;
    policies.push_back({{"policy", policy.id}, {"sqlite", *sqlite}, {"duckdb", *duckdb}});
  }
  return {{"seed", seed}, {"columns", columns}, {"rows", rows}, {"policies", policies}};
}

}  // namespace
}  // namespace tidewaiter

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "usage: write_scenes FIRST COUNT\n";
    return 2;
  }
  const std::uint64_t first = std::strtoull(arguments[1], nullptr, 10);
  const std::uint64_t seeds = std::strtoull(arguments[2], nullptr, 10);
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    std::cout << tidewaiter::scene_json(seed).dump() << '\n';
  }
  return 0;
}
