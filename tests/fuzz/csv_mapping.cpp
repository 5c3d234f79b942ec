#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/sources/csv_reader.h"
#include "daemon/sources/row_mapper.h"
#include "policies/language/expression.h"

namespace tidewaiter {
namespace {

Expr expression(std::string_view text, const ExprScope& scope) {
  std::vector<Diagnostic> diagnostics;
  auto expr = parse_expression(text, scope, {}, diagnostics);
  if (!expr) {
    std::abort();
  }
  return *std::move(expr);
}

RowMapper make_mapper() {
  ExprScope scope;
  scope.columns = {{"at", ValueType::kTimestamp}, {"n", ValueType::kInt64},
                   {"x", ValueType::kDouble},     {"who", ValueType::kString},
                   {"ip", ValueType::kIp},        {"cost", ValueType::kMoney},
                   {"for", ValueType::kDuration}, {"cached", ValueType::kBool}};
  SourceConfig config;
  config.name = "fuzz";
  config.format = FileFormat::kCsv;
  config.mapping =
      Mapping{.columns = scope.columns,
              .time = expression("at + seconds(n)", scope),
              .duration = expression("default(for, 0s)", scope),
              .requests = expression("round(x * 600)", scope),
              .fields = {{*find_field("account"), expression("lower(who)", scope)},
                         {*find_field("client.address"), expression("ip", scope)},
                         {*find_field("cost"), expression("cost", scope)},
                         {*find_field("output_tokens"), expression("n * n", scope)},
                         {*find_field("model"), expression("if(cached, who, string(n))", scope)}},
              .identity_by_place = false};
  auto mapper = RowMapper::make(config);
  const std::vector<std::string_view> header{"at", "n", "x", "who", "ip", "cost", "for", "cached"};
  if (!mapper || !mapper->bind(header, "fuzz.csv")) {
    std::abort();
  }
  return *std::move(mapper);
}

}  // namespace
}  // namespace tidewaiter

// Whatever the cells hold, a row is refused with a reason or gives a record that keeps the
// invariants.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static tidewaiter::RowMapper mapper = tidewaiter::make_mapper();
  const std::string_view record(reinterpret_cast<const char*>(data), size);
  tidewaiter::CsvSplitter splitter(',');
  if (splitter.split(record) != tidewaiter::CsvSplitter::Outcome::kRecord) {
    return 0;
  }
  const auto mapped = mapper.map(splitter.cells());
  if (!mapped) {
    if (mapped.error().message.empty() ||
        mapped.error().code != tidewaiter::ErrorCode::kInvalidInput) {
      std::abort();
    }
    return 0;
  }
  if (mapped->time.us < 0 || mapped->duration.us < 0 || mapped->requests < 0 ||
      mapped->end() < mapped->time) {
    std::abort();
  }
  for (std::size_t i = 0; i < mapped->fields.size(); ++i) {
    const auto& [id, value] = mapped->fields[i];
    if (tidewaiter::is_null(value) || id <= tidewaiter::kFieldSource ||
        (i > 0 && mapped->fields[i - 1].first >= id)) {
      std::abort();
    }
  }
  return 0;
}
