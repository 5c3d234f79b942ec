// Judges a file of native lines by a folder of policies and says as JSON what it cost and what it
// came to. It is what `tidewaiter policy backtest --over` does, by the same connector, loader and
// backtest, but for the record log between reading and judging; so the costs of the two are told
// apart, and records need no place.
//
//   bench_judge POLICIES RECORDS [--threads N] [--findings] [--hourly]
//
// Times are processor time of all threads, and wall time. `resident_kb` is what the process holds
// of the machine's memory before the first record and after the last one.
//
// --hourly: the file says what it has drained as a source does that is asked each hour, and not
// only at its end; its records must come in the order of time. `resident_by_hour_kb` is then what
// the process holds at each of these statements.

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/sources/connector.h"
#include "policies/authoring/backtest.h"
#include "policies/language/load.h"
#include "tests/bench/resident_bytes.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr UtcTime kAsOf{1'798'761'600'000'000};  // 2027-01-01T00:00:00Z: after all records

struct Options {
  std::string policies;
  std::string records;
  std::size_t threads = 1;
  bool findings = false;
  bool hourly = false;
};

/// Time that one part of the work has taken so far.
class Spent {
 public:
  template <class Work>
  auto measure(const Work& work) {
    const double cpu = processor_seconds();
    const auto wall = std::chrono::steady_clock::now();
    const Stop stop{*this, cpu, wall};
    return work();
  }
  [[nodiscard]] Json json() const { return {{"cpu_s", cpu_s_}, {"wall_s", wall_s_}}; }

 private:
  static double processor_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  }
  struct Stop {
    Spent& spent;
    double cpu;
    std::chrono::steady_clock::time_point wall;
    ~Stop() {
      spent.cpu_s_ += processor_seconds() - cpu;
      spent.wall_s_ +=
          std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count();
    }
  };

  double cpu_s_ = 0;
  double wall_s_ = 0;
};

std::int64_t resident_kb() { return resident_bytes() / 1024; }

std::int64_t peak_kb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

std::vector<PolicyText> texts_in(const fs::path& folder) {
  std::vector<PolicyText> texts;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (file.path().extension() != ".yaml") continue;
    std::ifstream stream(file.path(), std::ios::binary);
    texts.push_back({file.path().string(), {std::istreambuf_iterator<char>(stream), {}}});
  }
  std::ranges::sort(texts, {}, &PolicyText::path);
  return texts;
}

PolicySet policies_of(const std::vector<PolicyText>& texts) {
  LoadOutcome loaded = load_policies(texts, kAsOf);
  if (has_errors(loaded.diagnostics)) {
    for (const Diagnostic& found : loaded.diagnostics) {
      if (found.level == DiagnosticLevel::kError) {
        throw std::runtime_error(found.span.file + ":" + std::to_string(found.span.line) + ": " +
                                 found.message);
      }
    }
  }
  return std::move(loaded.set);
}

/// Reads a file of native lines page by page, as entries of a log.
class Lines {
 public:
  Lines(const std::string& path, bool hourly) : hourly_(hourly) {
    config_.name = "file";
    config_.kind = "file";
    config_.path = path;
    config_.poll_every = Duration{0};  // nobody waits for the file to grow
    auto made = make_connector(config_);
    if (!made) throw std::runtime_error(made.error().message);
    connector_ = *std::move(made);
  }

  /// False at the end.
  bool next(std::vector<LogEntry>& entries) {
    entries.clear();
    if (drained_) return false;
    auto page = connector_->next(cursor_, kAsOf, {});
    if (!page) throw std::runtime_error(page.error().message);
    if (!*page) return false;
    if (!(*page)->quarantine.empty()) throw std::runtime_error("a line could not be read");
    cursor_ = (*page)->cursor;
    for (Record& record : (*page)->records) {
      if (hourly_) state_hours(record.time, entries);
      entries.push_back({++seq_, false, std::move(record), {}});
      ++records_;
    }
    if ((*page)->drained) {
      drained_ = true;
      if (!hourly_) entries.push_back(drained(*(*page)->drained));
    }
    return true;
  }
  [[nodiscard]] std::int64_t records() const { return records_; }

 private:
  LogEntry drained(Interval covered) {
    return {++seq_, false, Control{SourceDrained{config_.name, config_.record, covered}}, {}};
  }
  /// All full hours before the next record are drained.
  void state_hours(UtcTime next, std::vector<LogEntry>& entries) {
    const UtcTime hour{next.us - next.us % kHour.us};
    if (!begin_) begin_ = stated_ = hour;
    if (hour <= stated_) return;
    stated_ = hour;
    entries.push_back(drained({*begin_, hour}));
  }

  SourceConfig config_;
  std::unique_ptr<Connector> connector_;
  std::string cursor_;
  std::int64_t seq_ = 0;
  std::int64_t records_ = 0;
  bool drained_ = false;
  bool hourly_;
  std::optional<UtcTime> begin_;
  UtcTime stated_;
};

bool is_statement(const LogEntry& entry) { return std::holds_alternative<Control>(entry.body); }

Json json_of(const PolicyCoverage& coverage) {
  return {{"policy", coverage.policy},
          {"read", coverage.records_read},
          {"selected", coverage.records_selected},
          {"unknown", coverage.records_unknown},
          {"too_late", coverage.records_too_late},
          {"subjects", coverage.subjects}};
}

Json json_of(const SettledFinding& finding) {
  Json figures = Json::object();
  for (const Figure& figure : finding.figures) {
    figures[figure.name] = format_value(figure.value, figure.type);
  }
  return {{"policy", finding.policy},       {"subject", finding.subject.values.front()},
          {"from_us", finding.run.from.us}, {"to_us", finding.run.to.us},
          {"windows", finding.windows},     {"figures", std::move(figures)}};
}

Json judge(const Options& options) {
  const std::vector<PolicyText> texts = texts_in(options.policies);
  Spent load;
  Spent activate;
  Spent read;
  Spent take;
  const PolicySet set = load.measure([&] { return policies_of(texts); });
  std::optional<Backtest> backtest;
  activate.measure([&] {
    backtest.emplace(tried_policies(set), "bench", std::nullopt, EngineKind::kColumnar,
                     std::function<void(std::span<const Step>)>(), options.threads);
  });
  Lines lines(options.records, options.hourly);
  std::vector<LogEntry> entries;
  Json by_hour = Json::array();
  const std::int64_t before = resident_kb();
  while (read.measure([&] { return lines.next(entries); })) {
    take.measure([&] { backtest->take(entries); });
    if (options.hourly && std::ranges::any_of(entries, is_statement)) {
      by_hour.push_back(resident_kb());
    }
  }
  const std::int64_t after = resident_kb();
  Json answer{{"records", lines.records()},
              {"policies", set.policies.size()},
              {"load", load.json()},
              {"activate", activate.json()},
              {"read", read.json()},
              {"judge", take.json()},
              {"resident_kb", {{"before", before}, {"after", after}, {"peak", peak_kb()}}},
              {"opened", backtest->steps(StepKind::kOpened)}};
  if (options.hourly) answer["resident_by_hour_kb"] = std::move(by_hour);
  for (const PolicyCoverage& one : backtest->coverage()) answer["coverage"].push_back(json_of(one));
  answer["findings"] = Json::array();
  for (const SettledFinding& finding : backtest->findings()) {
    if (options.findings) answer["findings"].push_back(json_of(finding));
  }
  return answer;
}

std::optional<Options> options_of(int argc, char** argv) {
  Options options;
  std::vector<std::string> places;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--findings") {
      options.findings = true;
    } else if (word == "--hourly") {
      options.hourly = true;
    } else if (word == "--threads" && i + 1 < argc) {
      options.threads = std::stoul(argv[++i]);
    } else {
      places.push_back(word);
    }
  }
  if (places.size() != 2 || options.threads < 1 || options.threads > kMostThreads) {
    return std::nullopt;
  }
  options.policies = places[0];
  options.records = places[1];
  return options;
}

}  // namespace
}  // namespace tidewaiter

int main(int argc, char** argv) {
  try {
    const auto options = tidewaiter::options_of(argc, argv);
    if (!options) {
      std::cerr << "usage: bench_judge POLICIES RECORDS [--threads N] [--findings] [--hourly]\n";
      return 2;
    }
    std::cout << tidewaiter::judge(*options).dump() << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "bench_judge: " << error.what() << '\n';
    return 1;
  }
}
