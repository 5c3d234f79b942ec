#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/interrupt.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"
#include "daemon/cli/world_options.h"
#include "daemon/cli/written_text.h"
#include "daemon/world/world.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct WorldArguments {
  WorldOptions world;
  std::int64_t seed = 1;
  double effort = WorldPlan{}.effort;
  std::string out;
  bool json = false;
};

/// What came of it: records of each kind, and the exchanges that they stand for.
struct WrittenWorld {
  std::int64_t usage = 0;
  std::int64_t accounts = 0;
  std::int64_t exchanges = 0;
};

Json truth_of(const World& world) {
  Json truth{{"seed", world.plan().seed},
             {"effort", world.plan().effort},
             {"campaigns", Json::array()},
             {"accounts", Json::array()}};
  for (const Campaign& campaign : world.campaigns()) {
    truth["campaigns"].push_back({{"name", campaign.name},
                                  {"wrong", wrong_name(campaign.wrong)},
                                  {"after", campaign.after},
                                  {"accounts", campaign.accounts.size()},
                                  {"cards", campaign.cards},
                                  {"devices", campaign.devices},
                                  {"networks", campaign.networks}});
  }
  for (const WorldAccount& account : world.accounts()) {
    Json one{{"account", account.name}, {"part", part_name(account.part)}};
    if (account.campaign) one["campaign"] = world.campaigns()[*account.campaign].name;
    truth["accounts"].push_back(std::move(one));
  }
  return truth;
}

/// Usage and accounts, each a file of native lines in order of time.
Result<WrittenWorld> write_records(Invocation& run, const World& world, const fs::path& folder) {
  const Interrupt interrupt;
  ProgressLine progress(run.err, run.terminal);
  std::ofstream usage(folder / "usage.jsonl", std::ios::binary);
  std::ofstream accounts(folder / "accounts.jsonl", std::ios::binary);
  WrittenWorld written;
  std::string line;
  for (int day = 0; day < world.plan().days; ++day) {
    if (interrupt.token().stop_requested()) {
      return fail(ErrorCode::kUnavailable,
                  "stopped on request: the files hold a part of the world");
    }
    for (const Record& record : world.day(day)) {
      line.clear();
      write_record_json(record, line);
      line += '\n';
      const bool is_usage = record.kind == RecordKind::kUsage;
      (is_usage ? usage : accounts) << line;
      ++(is_usage ? written.usage : written.accounts);
      if (is_usage) written.exchanges += record.requests;
    }
    progress.show("day " + std::to_string(day + 1) + " of " + std::to_string(world.plan().days));
  }
  progress.clear();
  usage.close();
  accounts.close();
  if (usage && accounts) return written;
  return fail(ErrorCode::kUnavailable, "cannot write the records to `" + folder.string() + "`");
}

Result<WrittenWorld> write_world(Invocation& run, const World& world, const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) {
    return fail(ErrorCode::kUnavailable,
                "cannot make `" + folder.string() + "`: " + failure.message());
  }
  if (auto done = write_text(folder / "registers.yaml", world.registers()); !done) {
    return tl::unexpected(done.error());
  }
  if (auto done = write_text(folder / "truth.json", truth_of(world).dump(1) + '\n'); !done) {
    return tl::unexpected(done.error());
  }
  return write_records(run, world, folder);
}

std::string world_text(const World& world, const WrittenWorld& written, const std::string& folder,
                       const Terminal& terminal) {
  std::string text = counted(written.usage, "usage record") + " of " +
                     counted(written.exchanges, "exchange") + ", " +
                     counted(written.accounts, "account") + ", in " + printable(folder) + "\n";
  if (world.campaigns().empty()) return text;
  TextTable table({{"campaign"},
                   {"accounts", true},
                   {"cards", true},
                   {"devices", true},
                   {"networks", true},
                   {"after", false, false, true}});
  for (const Campaign& one : world.campaigns()) {
    table.add_row({{one.name},
                   {grouped(static_cast<std::int64_t>(one.accounts.size()))},
                   {grouped(one.cards)},
                   {grouped(one.devices)},
                   {grouped(one.networks)},
                   {std::string(one.after), Tone::kFaint}});
  }
  return text + '\n' + table.render(terminal);
}

int make_world(Invocation& run, const WorldArguments& arguments) {
  const World world(
      arguments.world.plan(static_cast<std::uint64_t>(arguments.seed), arguments.effort));
  const auto written = write_world(run, world, run.environment.working_folder / arguments.out);
  if (!written) return fail_with(run, written.error());
  if (arguments.json) {
    print_json(run, {{"folder", arguments.out},
                     {"usage", written->usage},
                     {"accounts", written->accounts},
                     {"exchanges", written->exchanges},
                     {"campaigns", world.campaigns().size()}});
  } else {
    run.out << world_text(world, *written, arguments.out, run.terminal);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_simulate_world(CLI::App& simulate, Selection& selection) {
  CLI::App* verb = add_verb(
      simulate, "world", "makes a provider's customers, with campaigns planted among them",
      "Prints what it made. Writes usage.jsonl and accounts.jsonl (docs/native-format.md), what\n"
      "the provider knows of its customers as lists of policies (registers.yaml), and the truth\n"
      "about each account (truth.json). Everything follows from the seed; nobody in it exists.\n"
      "docs/detection.md says what such a world is made of.",
      "  tidewaiter simulate world --out world\n"
      "  tidewaiter simulate world --out world --seed 7 --accounts 500 --effort 0.8\n"
      "  tidewaiter link --input world/accounts.jsonl --on payment.fingerprints:250");
  auto arguments = std::make_shared<WorldArguments>();
  verb->add_option("--out", arguments->out, "The folder to write to; made if it is not there")
      ->type_name("FOLDER")
      ->required();
  add_number(*verb, "--seed", arguments->seed, 0, "What everything follows from; 1 without it");
  add_world_options(*verb, arguments->world);
  verb->add_option("--effort", arguments->effort,
                   "What campaigns spend on not being seen, 0 to 1; 0.3 without it")
      ->type_name("NUMBER")
      ->check(CLI::Range(0.0, 1.0).description(""));
  add_json_flag(*verb, arguments->json);
  verb->callback([arguments, &selection] {
    selection.command = [arguments](Invocation& run) { return make_world(run, *arguments); };
  });
}

}  // namespace tidewaiter
