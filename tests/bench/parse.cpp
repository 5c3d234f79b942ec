#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <benchmark/benchmark.h>

#include "daemon/sources/connector.h"
#include "policies/language/expression.h"
#include "tests/bench/scratch_folder.h"

namespace tidewaiter {
namespace {

constexpr UtcTime kNow{1'767'312'000'000'000};  // 2026-01-02T00:00:00Z

Expr expression(std::string_view text, const ExprScope& scope) {
  std::vector<Diagnostic> diagnostics;
  auto expr = parse_expression(text, scope, {}, diagnostics);
  if (!expr) {
    std::abort();
  }
  return *std::move(expr);
}

/// Rows i = 0, 1, …: time 2026-01-01 plus i mod 86,400 seconds, i tokens. Gives the bytes.
std::int64_t write_rows(const std::filesystem::path& path, bool csv, std::int64_t rows) {
  std::ofstream out(path, std::ios::binary);
  if (csv) {
    out << "category,at_s,account,model,tokens,rate\n";
  }
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int64_t second = i % 86'400;
    if (csv) {
      out << "language," << second << ",account-" << i % 997 << ",m-large," << i << ",0.25\n";
    } else {
      const UtcTime time{1'767'225'600'000'000 + second * kSecond.us};
      out << R"({"kind":"usage","time":")" << format_time(time) << R"(","account":"account-)"
          << i % 997 << R"(","model":"m-large","output_tokens":)" << i << "}\n";
    }
  }
  out.flush();
  return static_cast<std::int64_t>(out.tellp());
}

SourceConfig config_for(const std::filesystem::path& path, bool csv) {
  SourceConfig config;
  config.name = "bench";
  config.kind = "file";
  config.path = path.string();
  if (csv) {
    ExprScope scope;
    scope.columns = {{"at_s", ValueType::kInt64},
                     {"account", ValueType::kString},
                     {"model", ValueType::kString},
                     {"tokens", ValueType::kInt64},
                     {"rate", ValueType::kDouble}};
    config.format = FileFormat::kCsv;
    config.mapping =
        Mapping{.columns = scope.columns,
                .time = expression("timestamp('2026-01-01T00:00:00Z') + seconds(at_s)", scope),
                .duration = std::nullopt,
                .requests = expression("round(rate * 4)", scope),
                .fields = {{*find_field("account"), expression("account", scope)},
                           {*find_field("model"), expression("model", scope)},
                           {*find_field("output_tokens"), expression("tokens", scope)}},
                .identity_by_place = true};
  }
  return config;
}

void read_all(benchmark::State& state, bool csv) {
  const ScratchFolder folder;
  const std::int64_t rows = state.range(0);
  const std::int64_t bytes = write_rows(folder / "rows", csv, rows);
  const SourceConfig config = config_for(folder / "rows", csv);
  const FieldId tokens = *find_field("output_tokens");
  for (auto _ : state) {
    auto source = make_connector(config);
    std::string cursor;
    std::int64_t records = 0;
    std::int64_t sum = 0;
    for (;;) {
      auto page = (*source)->next(cursor, kNow, {});
      if (!page) {
        state.SkipWithError(page.error().message.c_str());
        return;
      }
      if (!*page) {
        break;
      }
      cursor = (*page)->cursor;
      records += static_cast<std::int64_t>((*page)->records.size());
      for (const Record& record : (*page)->records) {
        sum += std::get<std::int64_t>(field_value(record, tokens));
      }
    }
    if (records != rows || sum != rows * (rows - 1) / 2) {
      state.SkipWithError("wrong answer");
      return;
    }
  }
  state.SetItemsProcessed(state.iterations() * rows);
  state.SetBytesProcessed(state.iterations() * bytes);
}

void csv_rows(benchmark::State& state) { read_all(state, true); }
void native_lines(benchmark::State& state) { read_all(state, false); }

BENCHMARK(csv_rows)->ArgName("rows")->Arg(5'000)->Arg(200'000)->Unit(benchmark::kMillisecond);
BENCHMARK(native_lines)->ArgName("rows")->Arg(5'000)->Arg(200'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tidewaiter

BENCHMARK_MAIN();
