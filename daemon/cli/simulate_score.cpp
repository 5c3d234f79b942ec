#include <charconv>
#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/cli/interrupt.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/score_report.h"
#include "daemon/cli/verbs.h"
#include "daemon/cli/world_options.h"
#include "daemon/cli/written_text.h"
#include "policies/authoring/backtest.h"

namespace tidewaiter {
namespace {

struct ScoreArguments {
  WorldOptions world;
  std::vector<std::string> paths;
  std::string seeds = "1-3";
  std::vector<double> efforts{WorldPlan{}.effort};
  std::string without;
  bool ablation = false;
  std::int64_t threads = 1;
  std::string svg;
  std::string format = "text";
};

/// "7" or "1-10"; nothing if it is neither.
std::optional<std::vector<std::uint64_t>> seeds_of(std::string_view text) {
  constexpr std::uint64_t kMostSeeds = 1'000;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  const char* const end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, first);
  if (error != std::errc{}) return std::nullopt;
  last = first;
  if (at != end) {
    if (*at != '-') return std::nullopt;
    const auto [stop, failure] = std::from_chars(at + 1, end, last);
    if (failure != std::errc{} || stop != end) return std::nullopt;
  }
  if (last < first || last - first >= kMostSeeds) return std::nullopt;
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t i = 0; i <= last - first; ++i) seeds.push_back(first + i);
  return seeds;
}

/// What of the worlds differs between settings.
struct Setting {
  double effort = 0;
  std::optional<SignalFamily> without;
};

/// Each effort, without the family that is left out; the first also without each, if asked for.
std::vector<Setting> settings_of(const ScoreArguments& arguments) {
  std::vector<Setting> settings;
  std::optional<SignalFamily> without = find_family(arguments.without);
  for (const double effort : arguments.efforts) settings.push_back({effort, without});
  if (arguments.ablation) {
    for (const SignalFamily family : kSignalFamilies) {
      settings.push_back({arguments.efforts.front(), family});
    }
  }
  return settings;
}

/// Judges worlds by the policies of one set of files.
class Scorer {
 public:
  Scorer(Invocation& run, const ScoreArguments& arguments, std::vector<std::uint64_t> seeds,
         std::vector<PolicyText> texts)
      : run_(run),
        arguments_(arguments),
        seeds_(std::move(seeds)),
        texts_(std::move(texts)),
        progress_(run.err, run.terminal) {}

  Result<ScoreReport> score() {
    ScoreReport report;
    report.accounts = arguments_.world.accounts;
    report.days = arguments_.world.days;
    report.seeds = seeds_;
    const std::vector<Setting> settings = settings_of(arguments_);
    worlds_ = settings.size() * seeds_.size();
    for (const Setting& setting : settings) {
      Result<ScoredSetting> scored = score(setting, report.policies);
      if (!scored) return tl::unexpected(scored.error());
      report.settings.push_back(*std::move(scored));
    }
    progress_.clear();
    return report;
  }

 private:
  Result<ScoredSetting> score(const Setting& setting, std::size_t& policies) {
    const auto began = std::chrono::steady_clock::now();
    ScoredSetting scored;
    scored.effort = setting.effort;
    scored.without = setting.without;
    std::vector<DetectionScore> scores;
    for (const std::uint64_t seed : seeds_) {
      const World world(arguments_.world.plan(seed, setting.effort));
      const auto set = policies_for(world);
      if (!set) return tl::unexpected(set.error());
      policies = (*set)->policies.size();
      const auto trial = run_trial(world, *set, {setting.without, threads()},
                                   [this](int day) { return go_on(day); });
      if (!trial) return fail(ErrorCode::kUnavailable, "stopped on request: nothing was scored");
      scores.push_back(score_detection(world, *trial));
      scored.records += trial->records;
      if (seed == seeds_.front()) take_coverage(*trial, scored);
      ++done_;
    }
    scored.summary = summarise(scores);
    scored.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return scored;
  }

  [[nodiscard]] std::size_t threads() const { return static_cast<std::size_t>(arguments_.threads); }

  bool go_on(int day) {
    progress_.show("world " + std::to_string(done_ + 1) + " of " + std::to_string(worlds_) +
                   ", day " + std::to_string(day) + " of " + std::to_string(arguments_.world.days));
    return !interrupt_.token().stop_requested();
  }

  /// The files, with what this world's provider knows in the place of lists of the same names.
  Result<std::shared_ptr<const PolicySet>> policies_for(const World& world) {
    const std::string registers = world.registers();
    std::vector<PolicyText> texts = texts_;
    for (PolicyText& text : texts) text.text = with_lists_of(registers, text.text);
    const LoadOutcome loaded = load_policies(texts, world.plan().day(world.plan().days));
    if (has_errors(loaded.diagnostics)) {
      print_diagnostics(run_.err, loaded.diagnostics);
      return fail(ErrorCode::kInvalidInput, "the policies have errors: nothing was scored");
    }
    return tried_policies(loaded.set);
  }

  /// Policies that could tell of no record or of no window, and those that read no record.
  static void take_coverage(const Trial& trial, ScoredSetting& scored) {
    for (const PolicyCoverage& one : trial.coverage) {
      const bool told_nothing =
          one.windows_not_evaluable > 0 && one.windows_true == 0 && one.windows_false == 0;
      if (one.records_read == 0) {
        scored.read_nothing.push_back(one.policy);
      } else if (told_nothing || one.records_unknown == one.records_read) {
        scored.not_evaluable.push_back(one.policy);
      }
    }
  }

  Invocation& run_;
  const ScoreArguments& arguments_;
  std::vector<std::uint64_t> seeds_;
  std::vector<PolicyText> texts_;
  const Interrupt interrupt_;
  ProgressLine progress_;
  std::size_t done_ = 0;
  std::size_t worlds_ = 0;
};

int print(Invocation& run, const ScoreArguments& arguments, const ScoreReport& report) {
  if (!arguments.svg.empty()) {
    const auto path = run.environment.working_folder / arguments.svg;
    if (const auto written = write_text(path, evasion_svg(report)); !written) {
      return fail_with(run, written.error());
    }
  }
  if (arguments.format == "json") {
    print_json(run, score_json(report));
  } else if (arguments.format == "markdown") {
    run.out << score_markdown(report);
  } else {
    run.out << score_text(report, run.terminal);
  }
  return code(ExitStatus::kOk);
}

int score(Invocation& run, const ScoreArguments& arguments) {
  std::optional<std::vector<std::uint64_t>> seeds = seeds_of(arguments.seeds);
  if (!seeds) {
    return fail_with(run, ExitStatus::kUsage,
                     "--seeds takes a number or a range of up to 1,000 such as 1-10, got `" +
                         arguments.seeds + "`");
  }
  Result<PolicyFiles> files = policy_files(run, arguments.paths);
  if (!files) return fail_with(run, files.error());
  const Result<ScoreReport> report =
      Scorer(run, arguments, *std::move(seeds), std::move(files->texts)).score();
  if (!report) return fail_with(run, report.error());
  return print(run, arguments, *report);
}

std::string family_fault(const std::string& name) {
  if (find_family(name)) return {};
  std::string names;
  for (const SignalFamily family : kSignalFamilies) {
    names += (names.empty() ? "" : ", ") + std::string(family_name(family));
  }
  return "expected one of " + names + ", got `" + name + "`";
}

}  // namespace

void add_simulate_score(CLI::App& simulate, Selection& selection) {
  CLI::App* verb = add_verb(
      simulate, "score", "tells what policies catch in simulated worlds, and whom they wrong",
      "Prints, over worlds of which the truth is known: which campaigns are caught, after how "
      "many\n"
      "days and exchanges, which share of their accounts; false alerts a day for 10,000 honest\n"
      "accounts, by policy and by who was meant; precision by policy. The provider's registers of\n"
      "each world stand in for lists of the same names. --ablation judges the worlds again\n"
      "without each family of signals, several --effort along what evasion costs; --svg draws\n"
      "that. docs/detection.md has the shipped packs' figures.",
      "  tidewaiter simulate score policies/packs\n"
      "  tidewaiter simulate score policies/packs --seeds 11-13 --accounts 500 --ablation\n"
      "  tidewaiter simulate score my-policies --effort 0,0.25,0.5,0.75,1 --svg evasion.svg\n"
      "  tidewaiter simulate score policies/packs --json | jq '.settings[0].account_recall'");
  auto arguments = std::make_shared<ScoreArguments>();
  verb->add_option("paths", arguments->paths,
                   "Policy files, folders or globs; those of the configuration without them")
      ->type_name("PATH");
  verb->add_option("--seeds", arguments->seeds, "Of which worlds; 1-3 without it")
      ->type_name("SEED|FROM-TO");
  add_world_options(*verb, arguments->world);
  verb->add_option("--effort", arguments->efforts,
                   "What campaigns spend on not being seen, 0 to 1; 0.3 without it")
      ->type_name("NUMBER[,…]")
      ->delimiter(',')
      ->check(CLI::Range(0.0, 1.0).description(""));
  CLI::Option* without =
      verb->add_option("--without", arguments->without, "Leave out this family of signals")
          ->type_name("FAMILY")
          ->check(family_fault);
  verb->add_flag("--ablation", arguments->ablation, "Judge again without each family of signals")
      ->excludes(without);
  add_number(*verb, "--threads", arguments->threads, 1, "How many judge; 1 without it",
             static_cast<std::int64_t>(kMostThreads));
  verb->add_option("--svg", arguments->svg, "Draw what is caught at which effort")
      ->type_name("FILE");
  CLI::Option* format = verb->add_option("--format", arguments->format, "text, json or markdown")
                            ->check(CLI::IsMember({"text", "json", "markdown"}));
  verb->add_flag_callback(
          "--json", [arguments] { arguments->format = "json"; },
          "Print one JSON document instead of text")
      ->excludes(format);
  verb->callback([arguments, &selection] {
    selection.command = [arguments](Invocation& run) { return score(run, *arguments); };
  });
}

}  // namespace tidewaiter
