#include <algorithm>
#include <memory>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/stores.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct LogOptions {
  std::int64_t from = -1;  ///< -1: so that the last `limit` entries are shown
  std::int64_t limit = 50;
  bool json = false;
};

std::string member(const nlohmann::ordered_json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string policy_id(const nlohmann::ordered_json& entry) {
  if (!entry.is_object() || !entry.contains("policy")) return {};
  return member(entry["policy"], "id");
}

/// Of an act its case and who did it; of one that was refused, who tried.
std::string case_id(const nlohmann::ordered_json& entry) {
  return member(entry.contains("attempt") ? entry["attempt"] : entry, "case");
}

std::string reason(const nlohmann::ordered_json& entry) {
  const bool refused = entry.contains("attempt");
  const std::string by = member(refused ? entry["attempt"] : entry, "by");
  std::string why = member(refused ? entry["attempt"] : entry, "reason");
  if (by.empty()) return why;
  return "by " + by + (why.empty() ? "" : ": " + why);
}

TextTable log_table() {
  return TextTable({{.header = "INDEX", .right = true},
                    {.header = "TIME"},
                    {.header = "TYPE"},
                    {.header = "POLICY", .folds = true},
                    {.header = "FINDING", .folds = true},
                    {.header = "CASE", .folds = true},
                    {.header = "REASON", .folds = true}});
}

int log(Invocation& run, const LogOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  const Result<TreeHead> head = stores->ledger->head();
  if (!head) return fail_with(run, head.error());
  const std::int64_t from =
      options.from >= 0 ? options.from : std::max<std::int64_t>(head->size - options.limit, 0);
  if (options.from >= head->size) {
    return fail_with(run, ExitStatus::kUsage,
                     "there is no entry " + std::to_string(options.from) + ": the ledger has " +
                         counted(head->size, "entry", "entries") + ", numbered from 0");
  }
  const std::int64_t to = std::min(head->size, from + options.limit);
  TextTable table = log_table();
  nlohmann::ordered_json entries = nlohmann::ordered_json::array();
  for (std::int64_t index = from; index < to; ++index) {
    const Result<std::string> bytes = stores->ledger->entry(index);
    if (!bytes) return fail_with(run, bytes.error());
    nlohmann::ordered_json entry = nlohmann::ordered_json::parse(*bytes, nullptr, false);
    table.add_row({{std::to_string(index)},
                   {member(entry, "ts")},
                   {member(entry, "typ")},
                   {policy_id(entry)},
                   {member(entry, "finding").substr(0, 8)},
                   {case_id(entry)},
                   {reason(entry)}});
    entries.push_back({{"index", index}, {"entry", std::move(entry)}});
  }
  if (options.json) {
    print_json(run,
               {{"origin", stores->ledger->origin()}, {"size", head->size}, {"entries", entries}});
  } else {
    run.out << table.render(run.terminal) << "entries " << from << " to " << to - 1 << ", of "
            << grouped(head->size) << " in all\n";
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_ledger_log(CLI::App& ledger, Selection& selection) {
  CLI::App* verb =
      add_verb(ledger, "log", "lists the ledger's entries",
               "Prints one row an entry; with --json the entries' whole contents.",
               "  tidewaiter ledger log --limit 20\n  tidewaiter ledger log --from 0 --json");
  auto options = std::make_shared<LogOptions>();
  add_number(*verb, "--from", options->from, 0,
             "Begin at this index; by default the last ones show")
      ->type_name("INDEX");
  add_number(*verb, "--limit", options->limit, 1, "At most so many; 50 by default");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return log(run, *options); };
  });
}

}  // namespace tidewaiter
