// Pages of a vendor's API: reading them into records against a bare simdjson loop over the same
// bytes; and a long pull, by its peak of memory. Both check their answers: a wrong fast one fails.
//
//   bench_source_pages [--benchmark_…]   the two readers
//   bench_source_pages --pull ROWS       one pull of so many rows into a new record log; a line of
//                                        JSON: rows, stored, tokens, peak_kb (of the process)

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>
#include <simdjson.h>
#include <sys/resource.h>

#include "daemon/sources/connector.h"
#include "daemon/sources/contract_kind.h"
#include "storage/records/record_log.h"
#include "tests/bench/scratch_folder.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::int64_t kPageRows = 1000;
/// A window of a pull, an hour, has ten full pages and an empty one.
constexpr std::int64_t kPagesAnHour = 10;
constexpr UtcTime kPagesStart{1'767'225'600'000'000};  // 2026-01-01T00:00:00Z

std::int64_t tokens_of(std::int64_t row) { return row % 20'000; }

/// An observation as Langfuse gives it with the groups of fields that the source asks for.
void add_row(std::string& out, std::int64_t row, UtcTime start) {
  const std::string number = std::to_string(row);
  out +=
      R"({"id":"obs-)" + number + R"(","traceId":"trace-)" + number +
      R"(","type":"GENERATION","startTime":")" + format_time(start) + R"(","endTime":")" +
      format_time(start + kSecond) + R"(","projectId":"project-)" + std::to_string(row % 97) +
      R"(","parentObservationId":null,"name":"chat","level":"DEFAULT","statusMessage":null,)" +
      R"("version":null,"environment":"production","userId":"user-)" + std::to_string(row % 4999) +
      R"(","sessionId":"session-)" + std::to_string(row % 997) + R"(","providedModelName":"m-)" +
      std::to_string(row % 7) +
      R"(","internalModelId":"im-3","modelParameters":{"temperature":0.25,"max_tokens":512},)" +
      R"("usageDetails":{"input":)" + std::to_string(tokens_of(row)) + R"(,"output":140,"total":)" +
      std::to_string(tokens_of(row) + 140) +
      R"(},"costDetails":{"input":0.00125,"output":0.0014,"total":0.00265},"totalCost":0.00265,)" +
      R"("latency":1.0,"timeToFirstToken":0.25})";
}

/// The page of rows [first, first + rows), evenly over `window`; behind it comes `cursor`.
std::string page_of(std::int64_t first, std::int64_t rows, Interval window,
                    const std::string& cursor) {
  std::string out = R"({"data":[)";
  out.reserve(static_cast<std::size_t>(rows) * 800 + 64);
  const std::int64_t step = (window.to - window.from).us / (kPageRows * kPagesAnHour);
  for (std::int64_t i = 0; i < rows; ++i) {
    if (i > 0) out += ',';
    const std::int64_t place = (first + i) % (kPageRows * kPagesAnHour);
    add_row(out, first + i, window.from + Duration{place * step / 1000 * 1000});
  }
  return out + R"(],"meta":{)" + (cursor.empty() ? "" : R"("cursor":")" + cursor + "\"") + "}}";
}

SourceConfig page_source(const char* name, const char* kind, const char* url,
                         const char* endpoint) {
  SourceConfig source;
  source.name = name;
  source.kind = kind;
  source.contract.emplace();
  source.contract->url = url;
  source.contract->endpoints = {endpoint};
  source.contract->since = kPagesStart;
  return source;
}

SourceConfig traces_config() {
  SourceConfig source =
      page_source("traces", "langfuse", "https://langfuse.example", "observations");
  source.contract->bucket = {};
  source.contract->overlap = {2 * kHour.us};
  return source;
}

/// A row of OpenAI's usage of completions.
void add_usage_row(std::string& out, std::int64_t row) {
  out += R"({"object":"organization.usage.completions.result","input_tokens":)" +
         std::to_string(tokens_of(row)) +
         R"(,"output_tokens":140,"num_model_requests":5,"project_id":"proj_)" +
         std::to_string(row % 97) + R"(","user_id":"user-)" + std::to_string(row) +
         R"(","api_key_id":"key_)" + std::to_string(row % 997) +
         R"(","model":"gpt-4o-mini-2024-07-18","batch":false,"input_cached_tokens":12,)" +
         R"("input_audio_tokens":0,"output_audio_tokens":0,"service_tier":"default"})";
}

/// A day of it: one bucket of kPageRows parties.
std::string usage_page() {
  const auto seconds = [](UtcTime time) { return std::to_string(time.us / kSecond.us); };
  std::string out = R"({"object":"page","data":[{"object":"bucket","start_time":)" +
                    seconds(kPagesStart) + R"(,"end_time":)" + seconds(kPagesStart + kDay) +
                    R"(,"results":[)";
  for (std::int64_t row = 0; row < kPageRows; ++row) {
    if (row > 0) out += ',';
    add_usage_row(out, row);
  }
  return out + R"(]}],"has_more":false,"next_page":null})";
}

SourceConfig usage_config() {
  SourceConfig source =
      page_source("usage", "openai", "https://api.openai.example/v1", "completions");
  source.contract->bucket = kDay;
  return source;
}

constexpr std::int64_t kSumOfPage = kPageRows * (kPageRows - 1) / 2;

/// A page that both readers read.
struct Page {
  std::string body;
  SourceConfig config;
  std::string endpoint;
  Interval window;
  /// Where its input tokens stand.
  std::string_view member;
  std::string_view outer;
};

const Page& observations() {
  static const Interval hour{kPagesStart, kPagesStart + kHour};
  static const Page page{page_of(0, kPageRows, hour, {}),
                         traces_config(),
                         "observations",
                         hour,
                         "input",
                         "usageDetails"};
  return page;
}

const Page& usage() {
  static const Page page{usage_page(),   usage_config(),
                         "completions",  {kPagesStart, kPagesStart + kDay},
                         "input_tokens", {}};
  return page;
}

/// Every value of the document, taken by its type; the sum of the input tokens.
struct Touched {
  const Page& page;
  std::int64_t input = 0;

  void take(ondemand::value value, std::string_view name, std::string_view outer) {
    switch (value.type()) {
      case ondemand::json_type::object:
        for (auto field : value.get_object()) {
          const std::string_view key = field.unescaped_key();
          take(field.value(), key, name);
        }
        break;
      case ondemand::json_type::array:
        for (auto item : value.get_array()) take(item.value(), {}, {});
        break;
      case ondemand::json_type::number:
        if (name == page.member && outer == page.outer) {
          input += std::int64_t(value.get_int64());
        } else {
          benchmark::DoNotOptimize(double(value.get_double()));
        }
        break;
      case ondemand::json_type::string:
        benchmark::DoNotOptimize(std::string_view(value.get_string()));
        break;
      case ondemand::json_type::boolean:
        benchmark::DoNotOptimize(bool(value.get_bool()));
        break;
      default:
        break;
    }
  }
};

void count_page(benchmark::State& state, const Page& page) {
  state.SetItemsProcessed(state.iterations() * kPageRows);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page.body.size()));
}

void bare(benchmark::State& state, const Page& page) {
  const simdjson::padded_string body(page.body);
  ondemand::parser parser;
  for (auto _ : state) {
    Touched touched{page};
    auto document = parser.iterate(body);
    for (auto field : document.get_object()) {
      const std::string_view key = field.unescaped_key();
      touched.take(field.value(), key, {});
    }
    if (touched.input != kSumOfPage) state.SkipWithError("wrong sum of tokens");
  }
  count_page(state, page);
}

void read(benchmark::State& state, const Page& page) {
  const auto feed = find_contract_kind(page.config.kind)->feed(page.endpoint, page.config);
  const FeedQuestion question{page.window, {}};
  const FieldId input = *find_field("input_tokens");
  for (auto _ : state) {
    const Result<FeedAnswer> answer = feed->read(page.body, question);
    std::int64_t sum = 0;
    if (answer) {
      for (const Record& record : answer->records) {
        sum += std::get<std::int64_t>(*find_value(record, input));
      }
    }
    if (!answer || answer->rows != kPageRows || sum != kSumOfPage) {
      state.SkipWithError("the page is not read as it was written");
      return;
    }
  }
  count_page(state, page);
}

void bare_page(benchmark::State& state) { bare(state, observations()); }
void read_page(benchmark::State& state) { read(state, observations()); }
void bare_usage_page(benchmark::State& state) { bare(state, usage()); }
void read_usage_page(benchmark::State& state) { read(state, usage()); }
BENCHMARK(bare_page)->Unit(benchmark::kMicrosecond);
BENCHMARK(read_page)->Unit(benchmark::kMicrosecond);
BENCHMARK(bare_usage_page)->Unit(benchmark::kMicrosecond);
BENCHMARK(read_usage_page)->Unit(benchmark::kMicrosecond);

/// Answers with pages of a history of `rows` rows, each made when it is asked for.
class PagedHistory final : public HttpClient {
 public:
  explicit PagedHistory(std::int64_t rows) : rows_(rows) {}

  Result<HttpResponse> send(const HttpRequest& request, const std::stop_token&) override {
    const std::string_view url = request.url;
    const std::size_t at = url.find("fromStartTime=") + 14;
    std::string written(url.substr(at, url.find('&', at) - at));
    for (std::size_t i = 0; (i = written.find("%3A")) != std::string::npos;) {
      written.replace(i, 3, ":");
    }
    const UtcTime from = parse_time(written).value();
    const std::int64_t hour = (from - kPagesStart).us / kHour.us;
    const std::size_t cursor = url.find("&cursor=");
    std::int64_t page = 0;
    if (cursor != std::string_view::npos) {
      std::from_chars(url.data() + cursor + 8, url.data() + url.size(), page);
    }
    const std::int64_t first = (hour * kPagesAnHour + page) * kPageRows;
    const bool more = page + 1 < kPagesAnHour && first + kPageRows < rows_;
    const std::int64_t count = std::clamp<std::int64_t>(rows_ - first, 0, kPageRows);
    return HttpResponse{200,
                        page_of(first, count, {from, from + kHour},
                                more ? std::to_string(page + 1) : std::string()),
                        {}};
  }

 private:
  std::int64_t rows_;
};

std::int64_t peak_kb() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss;
}

/// One pull as the pipeline makes it: each page with its cursor in a transaction of its own.
int pull(std::int64_t rows) {
  const ScratchFolder folder;
  PagedHistory history(rows);
  const std::int64_t hours = (rows + kPageRows * kPagesAnHour - 1) / (kPageRows * kPagesAnHour);
  const UtcTime now = kPagesStart + Duration{(hours + 1) * kHour.us};
  SourceServices services;
  services.http = &history;
  services.now = [now] { return now; };
  const auto connector = make_connector(traces_config(), services).value();
  const auto log = RecordLog::open(folder / "records.db", RecordLog::Mode::kReadWrite).value();
  const FieldId input = *find_field("input_tokens");
  std::string cursor;
  std::int64_t stored = 0;
  std::int64_t tokens = 0;
  while (true) {
    const auto page = connector->next(cursor, now, {});
    if (!page) {
      std::fprintf(stderr, "bench_source_pages: %s\n", page.error().message.c_str());
      return 1;
    }
    if (!*page) break;
    for (const Record& record : (*page)->records) {
      tokens += std::get<std::int64_t>(field_value(record, input));
    }
    stored += log->append(**page, now).value().added;
    cursor = (*page)->cursor;
    if ((*page)->drained) break;
  }
  std::printf(R"({"rows":%lld,"stored":%lld,"tokens":%lld,"peak_kb":%lld})"
              "\n",
              static_cast<long long>(rows), static_cast<long long>(stored),
              static_cast<long long>(tokens), static_cast<long long>(peak_kb()));
  return 0;
}

std::int64_t rows_asked_for(int argc, char** argv) {
  std::int64_t rows = 0;
  if (argc == 3 && std::strcmp(argv[1], "--pull") == 0) {
    std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), rows);
  }
  return rows;
}

}  // namespace
}  // namespace tidewaiter

int main(int argc, char** argv) {
  if (const std::int64_t rows = tidewaiter::rows_asked_for(argc, argv); rows > 0) {
    return tidewaiter::pull(rows);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
