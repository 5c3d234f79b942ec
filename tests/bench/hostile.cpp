// What a hostile policy file costs: an answer within 100 ms of processor time and 64 MiB, whatever
// the file. Each is read in a process of its own, so that its peak of memory is its own; each run
// checks the answer. A regular expression that backtracking engines cannot finish is timed over two
// lengths.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policies/language/interpret.h"
#include "policies/language/load.h"
#include "policies/language/strict_yaml.h"

namespace tidewaiter {
namespace {

constexpr double kMostSeconds = 0.100;
constexpr double kMostMebibytes = 64;

/// `unit` over and over, up to `bytes`.
std::string repeated(std::string_view unit, std::size_t bytes) {
  std::string text;
  text.reserve(bytes);
  while (text.size() + unit.size() <= bytes) text += unit;
  return text;
}

std::string alias_bomb(std::size_t /*bytes*/) {
  std::string text = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name <= 'j'; ++name) {
    const std::string before(1, static_cast<char>(name - 1));
    text += std::string(1, name) + ": &" + name + " [" + repeated("*" + before + ", ", 36) + "]\n";
  }
  return text;
}

/// A text of about so many bytes.
struct Hostile {
  const char* name;
  const char* code;  ///< of an error that it must get
  std::function<std::string(std::size_t)> text;
};

const std::vector<Hostile>& hostile_texts() {
  static const std::vector<Hostile> texts = {
      {"alias_bomb", "TW0006", alias_bomb},
      {"aliases", "TW0006", [](auto n) { return "a: &a x\nb:\n" + repeated("- *a\n", n); }},
      {"anchors", "TW0006", [](auto n) { return repeated("- &a x\n", n); }},
      {"tags", "TW0007", [](auto n) { return repeated("- !a x\n", n); }},
      {"levels_10000_flow", "TW0009", [](auto) { return "a: " + repeated("[", 10'000); }},
      {"levels_10000_dashes", "TW0009", [](auto) { return repeated("- ", 20'000) + "a"; }},
      {"levels_10000_maps", "TW0009", [](auto) { return repeated("{a: ", 40'000); }},
      {"scalar_100_mib", "TW0002", [](auto) { return "a: " + std::string(100U << 20U, 'a'); }},
      {"scalar_on_one_line", "TW0002", [](auto) { return "a: \"" + std::string(400'000, 'a'); }},
      {"scalar_of_lines", "TW0002",
       [](auto n) { return "policy: \"" + repeated("a\n  ", n - 16) + "\""; }},
      {"block_scalar", "TW0002", [](auto n) { return "policy: >\n" + repeated("  a\n\n", n); }},
      {"not_utf8", "TW0003", [](auto n) { return repeated("- a\n", n) + "- \xFF"; }},
      {"list_not_utf8", "TW0003",
       [](auto) { return "list: a\nvalues:\n" + repeated("- a\n", 1'000'000) + "- \xFF"; }},
      {"list_in_flow", "TW0002",
       [](auto) { return "list: a\nvalues:\n  [" + repeated("a,\n", 1'000'000); }},
      {"list_of_short_values", "TW0002",
       [](auto) { return "list: a\nvalues:\n" + repeated("- a\n", 1'000'000); }},
      {"list_that_ends_badly", "TW0001",
       [](auto) { return "list: a\nvalues:\n" + repeated("- a\n", 128'000) + "- ["; }},
      {"list_of_repetitions", "TW0627",
       [](auto) { return "list: a\ntitle: a\nvalues:\n" + repeated("- a\n", 128'000); }},
      {"comments", "TW0002", [](auto n) { return repeated("# a\n", n); }},
      {"short_values", "TW0002", [](auto n) { return repeated("- a\n", n); }},
      {"short_values_in_flow", "TW0002", [](auto n) { return "[" + repeated("a,\n", n); }},
      {"maps_in_flow", "TW0002", [](auto n) { return "[" + repeated("{},\n", n); }},
      {"pairs_in_flow", "TW0002", [](auto n) { return "{" + repeated("a: b,\n", n); }},
      {"keys_again", "TW0005", [](auto n) { return repeated("a: 1\n", n); }},
      {"documents", "TW0002", [](auto n) { return repeated("---\n", n); }},
      {"blocks", "TW0002", [](auto n) { return repeated("- |\n", n); }},
      {"closing_brackets", "TW0001", [](auto) { return std::string(60'000, ']'); }},
      {"anchors_in_a_row", "TW0001", [](auto) { return repeated("&a ", 60'000); }},
      {"parentheses", "TW0103",
       [](auto) { return "policy: a\ncondition: " + repeated("(", 60'000); }},
  };
  return texts;
}

/// What one child found and took.
struct Cost {
  double seconds = 0;
  double mebibytes = 0;
  bool right = false;
};

/// Of this process: what else the machine does is not the file's doing.
double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Reads the text in a child, which has to find an error of `code`, if there is one, and no policy.
/// The peak is the child's own, the program and the text included.
Cost cost_of(const std::function<std::string()>& text, const char* code) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<PolicyText> texts(1);
    texts[0] = {"hostile.yaml", text()};
    const double start = processor_seconds();
    const LoadOutcome outcome = load_policies(texts, UtcTime{0});
    Cost cost;
    cost.seconds = processor_seconds() - start;
    cost.right = code == nullptr;
    for (const Diagnostic& d : outcome.diagnostics) cost.right |= code != nullptr && d.code == code;
    cost.right &= code == nullptr || outcome.set.policies.empty();
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    cost.mebibytes = static_cast<double>(usage.ru_maxrss) / 1024;
    const bool told = ::write(ends[1], &cost, sizeof cost) == sizeof cost;
    ::_exit(told ? 0 : 1);
  }
  ::close(ends[1]);
  Cost cost;
  if (::read(ends[0], &cost, sizeof cost) != sizeof cost) cost = {};
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return cost;
}

/// `judged`: the limits are held against the cost. A text that is larger than its limit before it
/// is read counts without itself: whoever read the file has refused it already.
void read_hostile(benchmark::State& state, const Hostile& hostile, std::size_t bytes, bool judged) {
  Cost least{.seconds = 1e9, .mebibytes = 0, .right = true};
  for (auto _ : state) {
    const Cost cost = cost_of([&] { return hostile.text(bytes); }, hostile.code);
    state.SetIterationTime(cost.seconds);
    least.seconds = std::min(least.seconds, cost.seconds);
    least.mebibytes = std::max(least.mebibytes, cost.mebibytes);
    if (!cost.right) {
      state.SkipWithError("the error is not the one that was expected");
      return;
    }
  }
  const std::string text = hostile.text(bytes);
  const bool refused_by_size = text.size() > kMostListFileBytes;
  state.counters["bytes"] = static_cast<double>(text.size());
  state.counters["peak_MiB"] = least.mebibytes;
  if (!judged) return;
  if (least.seconds > kMostSeconds) state.SkipWithError("more than 100 ms");
  if (!refused_by_size && least.mebibytes > kMostMebibytes) state.SkipWithError("more than 64 MiB");
}

/// Every file of a fuzz target's corpus, each by itself; the dearest of them is told.
void read_corpus(benchmark::State& state, const std::string& target) {
  Cost most{.seconds = 0, .mebibytes = 0, .right = true};
  std::int64_t files = 0;
  for (auto _ : state) {
    for (const auto& file : std::filesystem::directory_iterator(
             std::filesystem::path(TIDEWAITER_SOURCE_DIR) / "tests/fuzz/corpus" / target)) {
      std::ifstream stream(file.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(stream), {}};
      const Cost cost = cost_of([&text] { return text; }, nullptr);
      if (!cost.right) return state.SkipWithError("a file was not read to its end");
      most.seconds = std::max(most.seconds, cost.seconds);
      most.mebibytes = std::max(most.mebibytes, cost.mebibytes);
      ++files;
    }
    state.SetIterationTime(most.seconds);
  }
  state.counters["files"] = static_cast<double>(files);
  state.counters["peak_MiB"] = most.mebibytes;
  if (files == 0) state.SkipWithError("the corpus has no files");
  if (most.seconds > kMostSeconds) state.SkipWithError("more than 100 ms");
  if (most.mebibytes > kMostMebibytes) state.SkipWithError("more than 64 MiB");
}

/// `(a+)+$` against a run of `a` that another character ends, and against one that nothing does.
void backtracking_regex(benchmark::State& state) {
  const std::vector<PolicyText> texts{{"re.yaml", R"(policy: p.re
version: 1
title: A pattern that a backtracking engine does not finish
status: active
basis: [{control: generated}]
kind: access
severity: low
select: {s: {organization|re: '(a+)+$'}}
condition: s
)"}};
  const LoadOutcome outcome = load_policies(texts, UtcTime{0});
  if (outcome.set.policies.size() != 1) return state.SkipWithError("the policy does not load");
  const Expr& condition = outcome.set.policies[0].condition;
  Record open;
  Record closed;
  const std::string run(static_cast<std::size_t>(state.range(0)), 'a');
  set_value(open, *find_field("organization"), run + "!");
  set_value(closed, *find_field("organization"), run);
  for (auto _ : state) {
    if (interpret(condition, {&open, {}, {}}) != Value(false) ||
        interpret(condition, {&closed, {}, {}}) != Value(true)) {
      return state.SkipWithError("wrong answer");
    }
  }
  state.SetComplexityN(state.range(0));
}
BENCHMARK(backtracking_regex)
    ->ArgName("letters")
    ->Arg(1 << 14)
    ->Arg(1 << 17)
    ->Arg(1 << 20)
    ->Complexity(benchmark::oN)
    ->Unit(benchmark::kMillisecond);

void add(const Hostile& hostile, const char* size, std::size_t bytes, bool judged) {
  benchmark::RegisterBenchmark(("hostile/" + std::string(hostile.name) + "/" + size).c_str(),
                               [&hostile, bytes, judged](benchmark::State& state) {
                                 read_hostile(state, hostile, bytes, judged);
                               })
      ->UseManualTime()
      ->Iterations(3)
      ->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace tidewaiter

int main(int argc, char** argv) {
  // Just below the most that is read: `answer` checks what is told, `limit` also what it costs.
  const std::size_t bytes = tidewaiter::kYamlLimits.bytes - 64;
  for (const tidewaiter::Hostile& hostile : tidewaiter::hostile_texts()) {
    tidewaiter::add(hostile, "answer", bytes, false);
    tidewaiter::add(hostile, "limit", bytes, true);
  }
  for (const std::string target : {"policy_yaml", "policy_lint", "sigma_rule", "language_server"}) {
    benchmark::RegisterBenchmark(
        ("corpus/" + target).c_str(),
        [target](benchmark::State& state) { tidewaiter::read_corpus(state, target); })
        ->UseManualTime()
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
