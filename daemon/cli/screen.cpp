#include "daemon/cli/screen.h"

#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>

#include "daemon/cli/looked_in.h"
#include "daemon/cli/verbs.h"
#include "policies/lists/column_meaning.h"

namespace tidewaiter {
namespace {

int screen(Invocation& run, const ScreenOptions& options) {
  const auto usage = [&run](std::string_view message) {
    return fail_with(run, ExitStatus::kUsage, message);
  };
  const int ways = (options.name.empty() ? 0 : 1) + (options.input.empty() ? 0 : 1) +
                   (options.pairs.empty() ? 0 : 1);
  if (ways != 1) {
    return usage("expected one of a NAME, --input FILE and --pairs FILE, but there are " +
                 std::to_string(ways));
  }
  if (!options.pairs.empty()) {
    if (!options.lists.empty()) return usage("--pairs compares names with each other, not --list");
    return screen_pairs(run, options);
  }
  return screen_names(run, options);
}

}  // namespace

std::optional<PartyKind> chosen_kind(const ScreenOptions& options) {
  return kind_from(options.kind);
}

double score_number(Score score) { return static_cast<double>(score) / kSameName; }

void add_screen(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(
      app, "screen", "compares names with those of published lists, or with each other",
      "Prints the listed parties that a name is like: the score, from 0 to 1, by what, and what\n"
      "the list asks of whoever deals with them, by today's law; `not-known` where that is not\n"
      "known, which clears nobody.\n\n"
      "Looked in are the configured lists, as `tidewaiter list sync` fetched them; with --list,\n"
      "these files alone, as they are published: OFAC (XML, or sdn.csv with alt.csv, add.csv and\n"
      "sdn_comments.csv beside it), the Consolidated Screening List (CSV, JSON), the Denied\n"
      "Persons List (TSV), those of the United Nations, the European Union and the United Kingdom\n"
      "(XML, CSV), or one's own: a table with a column `name`, and `alias`, `kind`, `country`,\n"
      "`identifier` where it has them, or YAML with `parties`; plain, gzip or zstd. Rows that\n"
      "cannot be read are told on standard error, and end with status 1.\n\n"
      "--input is a table with a column `name`, and `kind` and `id` where it has them. --pairs is\n"
      "a table with the columns `name1` and `name2`, and `kind`, and prints the score of each\n"
      "pair. Without a kind a name is looked for as either; a pair is taken by its words.",
      "  tidewaiter screen \"Wladimir Putin\"\n"
      "  tidewaiter screen \"Wladimir Putin\" --list sdn.csv --list UN_consolidated.xml\n"
      "  tidewaiter screen --input customers.csv --list sdn.csv --csv > hits.csv\n"
      "  tidewaiter screen --pairs pairs.csv --json");
  auto options = std::make_shared<ScreenOptions>();
  options->least = 0.85;
  verb->add_option("name", options->name, "The name to look for")->type_name("NAME");
  verb->add_option("--list", options->lists,
                   "Look in this file, not in the configured lists; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  add_consequences_option(*verb, options->consequences);
  verb->add_option("--input", options->input, "Look for each name of this file")->type_name("FILE");
  verb->add_option("--pairs", options->pairs, "Compare the two names of each row of this file")
      ->type_name("FILE");
  verb->add_option("--kind", options->kind, "What the names are the names of")
      ->type_name("KIND")
      ->check(CLI::IsMember({"person", "organisation"}));
  verb->add_option("--score", options->least,
                   "Only hits of at least this score, from 0.5; 0.85 without it")
      ->type_name("SCORE")
      ->check(CLI::Range(0.5, 1.0));
  CLI::Option* limit = add_number(
      *verb, "--limit", options->limit, 0,
      "How many hits to show of each name; 0 shows all. Without it 10, and all as CSV and JSON");
  CLI::Option* csv =
      verb->add_flag("--csv", options->csv, "Print comma-separated values with a header");
  verb->add_flag("--json", options->json, "Print one JSON document instead of text")->excludes(csv);
  verb->callback([options, limit, &selection] {
    constexpr std::int64_t kOnAScreen = 10;
    if (limit->empty() && !options->csv && !options->json) options->limit = kOnAScreen;
    selection.command = [options](Invocation& run) { return screen(run, *options); };
  });
}

}  // namespace tidewaiter
