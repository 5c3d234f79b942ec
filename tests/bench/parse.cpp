#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <benchmark/benchmark.h>
#include <stdlib.h>

#include "daemon/sources/connector.h"
#include "policies/language/expression.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kRows = 200'000;
constexpr UtcTime kNow{1'767'312'000'000'000};  // 2026-01-02T00:00:00Z

/// A file that is gone when the benchmark is.
class BenchFile {
 public:
  BenchFile() {
    std::string name = (std::filesystem::temp_directory_path() / "tidewaiter-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~BenchFile() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  BenchFile(const BenchFile&) = delete;
  BenchFile& operator=(const BenchFile&) = delete;

  [[nodiscard]] std::filesystem::path path() const { return folder_ / "rows"; }

 private:
  std::filesystem::path folder_;
};

Expr expression(std::string_view text, const ExprScope& scope) {
  std::vector<Diagnostic> diagnostics;
  auto expr = parse_expression(text, scope, {}, diagnostics);
  if (!expr) {
    std::abort();
  }
  return *std::move(expr);
}

/// Rows i = 0, 1, …: time 2026-01-01 plus i mod 86,400 seconds, i tokens.
std::int64_t write_rows(const std::filesystem::path& path, bool csv) {
  std::ofstream out(path, std::ios::binary);
  if (csv) {
    out << "category,at_s,account,model,tokens,rate\n";
  }
  for (std::int64_t i = 0; i < kRows; ++i) {
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
  const BenchFile file;
  const std::int64_t bytes = write_rows(file.path(), csv);
  const SourceConfig config = config_for(file.path(), csv);
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
    if (records != kRows || sum != kRows * (kRows - 1) / 2) {
      state.SkipWithError("wrong answer");
      return;
    }
  }
  state.SetItemsProcessed(state.iterations() * kRows);
  state.SetBytesProcessed(state.iterations() * bytes);
}

void csv_rows(benchmark::State& state) { read_all(state, true); }
void native_lines(benchmark::State& state) { read_all(state, false); }

BENCHMARK(csv_rows)->Unit(benchmark::kMillisecond);
BENCHMARK(native_lines)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tidewaiter

BENCHMARK_MAIN();
