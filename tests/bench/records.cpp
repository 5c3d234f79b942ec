// Native lines: reading them, into records and on into columns of all fields, against a bare
// simdjson loop over the same bytes; appending them to a log, reading the log back. Each benchmark
// checks its answer: a wrong fast one fails.

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include "policies/engine/columns.h"
#include "policies/model/record_json.h"
#include "storage/records/record_log.h"
#include "tests/bench/scratch_folder.h"

namespace tidewaiter {
namespace {

constexpr UtcTime kStart{20'780 * kDay.us};

FieldId id_of(std::string_view name) { return find_field(name).value(); }

/// Requests of one afternoon over a few thousand accounts, with the fields that gateways give.
std::vector<Record> make_records(std::size_t lines) {
  std::mt19937_64 random(17);
  const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random() % n); };
  std::vector<Record> records(lines);
  for (std::size_t i = 0; i < lines; ++i) {
    Record& r = records[i];
    r.source = "gateway";
    r.id = sha256(std::to_string(i));
    r.time = kStart + Duration{static_cast<std::int64_t>(i) * 50'000};
    r.observed = r.time + kMinute;
    set_value(r, id_of("operation"), std::string("chat"));
    set_value(r, id_of("model"), "m-" + std::to_string(below(12)));
    set_value(r, id_of("input_tokens"), below(20'000));
    set_value(r, id_of("output_tokens"), below(4'000));
    set_value(r, id_of("account"), "acct_" + std::to_string(below(5'000)));
    set_value(r, id_of("api_key"), "key_" + std::to_string(below(9'000)));
    set_value(r, id_of("client.address"), "198.51.100." + std::to_string(below(256)));
    set_value(r, id_of("status"), std::string("ok"));
    set_value(r, id_of("cost"), below(1'000'000'000));
    set_value(r, id_of("request.temperature"), static_cast<double>(below(200)) / 100.0);
  }
  return records;
}

struct Data {
  std::vector<Record> records;
  std::vector<std::string> lines;
  std::int64_t bytes = 0;
  std::int64_t output_tokens = 0;

  explicit Data(std::size_t size) : records(make_records(size)) {
    for (const Record& r : records) {
      lines.emplace_back();
      write_record_json(r, lines.back());
      bytes += static_cast<std::int64_t>(lines.back().size());
      output_tokens += std::get<std::int64_t>(*find_value(r, id_of("output_tokens")));
    }
  }
};

/// The data of as many lines as a benchmark is asked for, made once.
const Data& data_of(const benchmark::State& state) {
  static std::map<std::int64_t, Data> made;
  const std::int64_t lines = state.range(0);
  return made.try_emplace(lines, static_cast<std::size_t>(lines)).first->second;
}

void count(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * data_of(state).bytes);
}

/// Every value of a line, taken by its type: what no reader can do without.
std::int64_t touch(simdjson::ondemand::object object) {
  std::int64_t output_tokens = 0;
  for (auto field : object) {
    simdjson::ondemand::value value = field.value();
    switch (value.type()) {
      case simdjson::ondemand::json_type::number: {
        if (field.key() == "output_tokens") {
          output_tokens = value.get_int64();
        } else {
          benchmark::DoNotOptimize(double(value.get_double()));
        }
        break;
      }
      case simdjson::ondemand::json_type::string:
        benchmark::DoNotOptimize(std::string_view(value.get_string()));
        break;
      default:
        break;
    }
  }
  return output_tokens;
}

void bare_simdjson(benchmark::State& state) {
  const Data& data = data_of(state);
  std::vector<simdjson::padded_string> padded;
  for (const std::string& line : data.lines) padded.emplace_back(line);
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    std::int64_t tokens = 0;
    for (const auto& line : padded) {
      auto document = parser.iterate(line);
      tokens += touch(document.get_object());
    }
    if (tokens != data.output_tokens) state.SkipWithError("wrong sum of tokens");
  }
  count(state);
}
BENCHMARK(bare_simdjson)->ArgName("lines")->Arg(5'000)->Arg(200'000)->Unit(benchmark::kMillisecond);

void read_native(benchmark::State& state) {
  const Data& data = data_of(state);
  const FieldId output_tokens = id_of("output_tokens");
  RecordJsonReader reader;
  const Record defaults;
  for (auto _ : state) {
    std::int64_t tokens = 0;
    for (const std::string& line : data.lines) {
      const auto record = reader.read(line, defaults);
      if (!record) {
        state.SkipWithError("a line does not read");
        return;
      }
      tokens += std::get<std::int64_t>(*find_value(*record, output_tokens));
    }
    if (tokens != data.output_tokens) state.SkipWithError("wrong sum of tokens");
  }
  count(state);
}
BENCHMARK(read_native)->ArgName("lines")->Arg(5'000)->Arg(200'000)->Unit(benchmark::kMillisecond);

/// As an evaluation reads them: batches of records, whose fields become columns.
void read_columns(benchmark::State& state) {
  const Data& data = data_of(state);
  const FieldId output_tokens = id_of("output_tokens");
  ColumnSet columns;
  for (const Field& one : fields()) {
    if (has_kind(one, RecordKind::kUsage)) columns.use(id_of(one.name));
  }
  RecordJsonReader reader;
  const Record defaults;
  std::vector<Record> batch;
  std::vector<const Record*> rows;
  for (auto _ : state) {
    std::int64_t tokens = 0;
    for (std::size_t from = 0; from < data.lines.size(); from += kBatchEntries) {
      const std::size_t to = std::min(data.lines.size(), from + kBatchEntries);
      batch.clear();
      rows.clear();
      for (std::size_t i = from; i < to; ++i) {
        auto record = reader.read(data.lines[i], defaults);
        if (!record) return state.SkipWithError("a line does not read");
        batch.push_back(*std::move(record));
      }
      for (const Record& record : batch) rows.push_back(&record);
      columns.load(rows);
      for (const std::int64_t value : columns.column(output_tokens).ints) tokens += value;
    }
    if (tokens != data.output_tokens) state.SkipWithError("wrong sum of tokens");
  }
  count(state);
}
BENCHMARK(read_columns)->ArgName("lines")->Arg(5'000)->Arg(200'000)->Unit(benchmark::kMillisecond);

void write_native(benchmark::State& state) {
  const Data& data = data_of(state);
  std::string out;
  for (auto _ : state) {
    std::int64_t bytes = 0;
    for (const Record& record : data.records) {
      out.clear();
      write_record_json(record, out);
      bytes += static_cast<std::int64_t>(out.size());
    }
    if (bytes != data.bytes) state.SkipWithError("other bytes than before");
  }
  count(state);
}
BENCHMARK(write_native)->ArgName("lines")->Arg(5'000)->Arg(200'000)->Unit(benchmark::kMillisecond);

std::unique_ptr<RecordLog> open_log(const ScratchFolder& folder) {
  return RecordLog::open(folder / "records.db", RecordLog::Mode::kReadWrite).value();
}

/// Appends all records in full pages; says whether all were new (or all known).
bool append_all(RecordLog& log, const std::vector<Record>& records, bool known) {
  Page page;
  page.source = "gateway";
  for (std::size_t i = 0; i < records.size(); i += kMaxPageRecords) {
    const auto first = records.begin() + static_cast<std::ptrdiff_t>(i);
    const auto last = records.begin() +
                      static_cast<std::ptrdiff_t>(std::min(records.size(), i + kMaxPageRecords));
    page.records.assign(first, last);
    page.cursor = std::to_string(i);
    const auto receipt = log.append(page, kStart);
    const auto size = static_cast<std::int64_t>(page.records.size());
    if (!receipt || (known ? receipt->duplicates : receipt->added) != size) return false;
  }
  return true;
}

void append(benchmark::State& state) {
  const Data& data = data_of(state);
  for (auto _ : state) {
    state.PauseTiming();
    auto folder = std::make_unique<ScratchFolder>();
    auto log = open_log(*folder);
    state.ResumeTiming();
    const bool good = append_all(*log, data.records, false);
    state.PauseTiming();
    log.reset();
    folder.reset();
    state.ResumeTiming();
    if (!good) {
      state.SkipWithError("a page was not appended whole");
      return;
    }
  }
  count(state);
}
BENCHMARK(append)
    ->ArgName("lines")
    ->Arg(5'000)
    ->Arg(200'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void append_known(benchmark::State& state) {
  const Data& data = data_of(state);
  const ScratchFolder folder;
  const auto log = open_log(folder);
  if (!append_all(*log, data.records, false)) state.SkipWithError("a page was not appended whole");
  for (auto _ : state) {
    if (!append_all(*log, data.records, true)) state.SkipWithError("a re-read was not harmless");
  }
  count(state);
}
BENCHMARK(append_known)
    ->ArgName("lines")
    ->Arg(5'000)
    ->Arg(200'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void read_back(benchmark::State& state) {
  const Data& data = data_of(state);
  const ScratchFolder folder;
  const auto log = open_log(folder);
  if (!append_all(*log, data.records, false)) state.SkipWithError("a page was not appended whole");
  const FieldId output_tokens = id_of("output_tokens");
  for (auto _ : state) {
    std::int64_t tokens = 0;
    LogOffset at;
    while (true) {
      const auto chunk = log->read(at);
      if (!chunk || chunk->entries.empty()) break;
      at = chunk->end;
      for (const LogEntry& entry : chunk->entries) {
        tokens += std::get<std::int64_t>(*find_value(std::get<Record>(entry.body), output_tokens));
      }
    }
    if (tokens != data.output_tokens) state.SkipWithError("wrong sum of tokens");
  }
  count(state);
}
BENCHMARK(read_back)
    ->ArgName("lines")
    ->Arg(5'000)
    ->Arg(200'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace tidewaiter

BENCHMARK_MAIN();
