#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/cycle_run.h"
#include "daemon/cli/time_options.h"
#include "daemon/cli/verbs.h"
#include "policies/model/time.h"

namespace tidewaiter {
namespace {

struct BackfillOptions {
  std::string name;
  std::string from;
  std::string to;
  bool json = false;
};

Result<Interval> asked_time(const BackfillOptions& options) {
  const Result<UtcTime> from = instant_of("--from", options.from);
  if (!from) return tl::unexpected(from.error());
  const Result<UtcTime> to = instant_of("--to", options.to);
  if (!to) return tl::unexpected(to.error());
  if (!is_record_time(*from) || !is_record_time(*to)) {
    return fail(ErrorCode::kInvalidInput, "--from and --to lie in the years 1970 to 9999");
  }
  if (*from < *to) return Interval{*from, *to};
  return fail(ErrorCode::kInvalidInput, "--from must be before --to");
}

/// The source to read, with the time to read; an error says why it has no past that can be asked
/// for.
Result<void> set_backfill(Config& config, const std::string& name, Interval time) {
  const auto source = std::ranges::find(config.sources, name, &SourceConfig::name);
  if (source == config.sources.end()) {
    return fail(ErrorCode::kInvalidInput,
                "no source `" + name + "` is configured: `tidewaiter source list` shows them");
  }
  if (source->push) {
    return fail(ErrorCode::kInvalidInput,
                "`" + name + "` is handed what its senders have: ask them to send it again");
  }
  if (!source->contract) {
    return fail(ErrorCode::kInvalidInput,
                "`" + name + "` reads files: all that is in them is read by `source pull`");
  }
  if (source->record == RecordKind::kAccount) {
    return fail(ErrorCode::kInvalidInput,
                "`" + name + "` reads a directory, which says only how things stand now");
  }
  source->contract->backfill = time;
  return {};
}

int backfill(Invocation& run, const BackfillOptions& options) {
  std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  const Result<Interval> time = asked_time(options);
  if (!time) return fail_with(run, ExitStatus::kUsage, time.error().message);
  if (auto set = set_backfill(*config, options.name, *time); !set) {
    return fail_with(run, ExitStatus::kUsage, set.error().message);
  }
  const std::set<std::string> due = {options.name};
  int status = 0;
  const std::unique_ptr<CycleRun> cycle = run_cycle(run, std::move(*config), &due, status);
  if (cycle == nullptr) return status;
  if (options.json) {
    print_json(run, cycle_json(*cycle));
  } else {
    run.out << reading_text(*cycle, run.terminal);
  }
  return code(cycle_status(cycle->report));
}

}  // namespace

void add_source_backfill(CLI::App& source, Selection& selection) {
  CLI::App* verb = add_verb(
      source, "backfill", "reads a source's past, beside what pulls read",
      "Reads all of a source over HTTP from one time to another, with progress on standard\n"
      "error. Prints what was read and stored, as `source pull` does. Broken off, and asked for\n"
      "again with the same times, it goes on where it was. What pulls have read and will read\n"
      "stays as it is; what is stored already is known again. Coverage grows if what pulls have\n"
      "read goes on where it ends. Policies do not judge what is too late for them: `policy\n"
      "shadow` and `policy backtest` look at it. Refused while a daemon uses the state folder.",
      "  tidewaiter source backfill openai --from 2026-01-01 --to 2026-07-01");
  auto options = std::make_shared<BackfillOptions>();
  verb->add_option("name", options->name, "The source")->type_name("NAME")->required();
  verb->add_option("--from", options->from, "Where it begins; belongs to it")
      ->type_name("TIME")
      ->required();
  verb->add_option("--to", options->to, "Where it ends; does not belong to it")
      ->type_name("TIME")
      ->required();
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return backfill(run, *options); };
  });
}

}  // namespace tidewaiter
