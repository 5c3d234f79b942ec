#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/policy_files.h"
#include "daemon/cli/diagnostics_json.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/progress_line.h"
#include "daemon/cli/sigma_run.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"
#include "policies/language/diagnostic_code.h"

namespace tidewaiter {
namespace {

struct SigmaVerbOptions {
  std::vector<std::string> paths;
  std::vector<std::string> events;
  std::string mapping;
  std::string names = "auto";
  std::string time_field;
  std::vector<std::string> placeholders;
  bool json = false;
};

/// What the rules' files came to, and what the events did.
struct SigmaAnswer {
  std::vector<PolicyText> texts;
  SigmaOutcome loaded;
  std::optional<SigmaMapping> mapping;
  std::map<std::string, std::int64_t> refused_by_code;  ///< files by their first error
  std::int64_t refused = 0;                             ///< files
  std::int64_t unbound = 0;  ///< of those, files that load but that the mapping has no source for
  std::optional<SigmaEventReport> events;
};

/// What is wrong with a `NAME=VALUE`, or nothing.
std::string placeholder_fault(const std::string& written) {
  const std::size_t equals = written.find('=');
  if (equals != std::string::npos && equals > 0) return {};
  return "expected NAME=VALUE, the name without percent signs, got `" + written + "`";
}

/// `NAME=VALUE`, several times for several values.
SigmaPlaceholders read_placeholders(const std::vector<std::string>& written) {
  SigmaPlaceholders placeholders;
  for (const std::string& one : written) {
    const std::size_t equals = one.find('=');
    placeholders[one.substr(0, equals)].push_back(one.substr(equals + 1));
  }
  return placeholders;
}

/// A mapping that ships, or a file's.
Result<PolicyText> mapping_text(Invocation& run, const std::string& named) {
  if (std::optional<PolicyText> shipped = shipped_mapping(named)) return *std::move(shipped);
  const auto texts = read_policy_files({named}, run.environment.working_folder);
  if (!texts) return tl::unexpected(texts.error());
  if (texts->size() != 1) {
    return fail(ErrorCode::kNotFound, "expected one log source mapping, `records` or `windows`: `" +
                                          named + "` has " + std::to_string(texts->size()));
  }
  return texts->front();
}

void count_refused(SigmaAnswer& answer) {
  std::map<std::string, std::string> first;
  for (const Diagnostic& d : answer.loaded.diagnostics) {
    if (d.level == DiagnosticLevel::kError) first.emplace(d.span.file, d.code);
  }
  answer.refused = static_cast<std::int64_t>(first.size());
  for (const auto& [file, code] : first) ++answer.refused_by_code[code];
}

/// Loads rules and mapping. Nothing if the mapping has errors, which have been told.
Result<std::optional<SigmaAnswer>> load(Invocation& run, const SigmaVerbOptions& options) {
  SigmaAnswer answer;
  auto texts = read_named_policy_files(options.paths, run.environment.working_folder);
  if (!texts) return tl::unexpected(texts.error());
  answer.texts = *std::move(texts);
  answer.loaded = load_sigma(answer.texts, {read_placeholders(options.placeholders)});
  if (!options.mapping.empty()) {
    const Result<PolicyText> text = mapping_text(run, options.mapping);
    if (!text) return tl::unexpected(text.error());
    SigmaMappingOutcome outcome = load_mapping(*text);
    print_diagnostics(run.err, outcome.diagnostics);
    if (has_errors(outcome.diagnostics)) return std::optional<SigmaAnswer>{};
    answer.mapping = std::move(outcome.mapping);
    auto unbound = SigmaMatcher(answer.loaded.set, &*answer.mapping).unbound(answer.texts);
    answer.unbound = static_cast<std::int64_t>(unbound.size());
    auto& all = answer.loaded.diagnostics;
    all.insert(all.end(), unbound.begin(), unbound.end());
    std::ranges::stable_sort(all, {}, [](const Diagnostic& d) { return d.span.file; });
  }
  count_refused(answer);
  return std::optional<SigmaAnswer>(std::move(answer));
}

SigmaFieldNames names_of(const std::string& word) {
  if (word == "paths") return SigmaFieldNames::kPaths;
  return word == "windows" ? SigmaFieldNames::kWindows : SigmaFieldNames::kAuto;
}

Result<void> run_events(Invocation& run, const SigmaVerbOptions& options, SigmaAnswer& answer) {
  std::vector<std::filesystem::path> files;
  for (const std::string& name : options.events) {
    files.push_back(run.environment.working_folder / name);
  }
  const Interrupt interrupt;
  ProgressLine line(run.err, run.terminal);
  Result<SigmaEventReport> report = run_sigma(
      answer.loaded.set, answer.mapping ? &*answer.mapping : nullptr, files,
      {names_of(options.names), options.time_field}, run.now,
      [&line](const CycleProgress& progress) { line.show(progress); }, interrupt.token());
  line.clear();
  if (!report) return tl::unexpected(report.error());
  answer.events = *std::move(report);
  return {};
}

std::string_view title_of(std::string_view code) {
  for (const DiagnosticCode& known : diagnostic_codes()) {
    if (known.code == code) return known.title;
  }
  return {};
}

std::string share(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "none";
  std::ostringstream text;
  text.precision(2);
  text << std::fixed << 100.0 * static_cast<double>(part) / static_cast<double>(whole) << " %";
  return text.str();
}

void print_load(Invocation& run, const SigmaAnswer& answer) {
  print_diagnostics(run.out, answer.loaded.diagnostics);
  if (!answer.refused_by_code.empty()) {
    TextTable table({{"code", false, false, false},
                     {"files", true, false, false},
                     {"why it does not load", false, false, true}});
    for (const auto& [code, files] : answer.refused_by_code) {
      table.add_row({{code, Tone::kBad}, {grouped(files)}, {std::string(title_of(code))}});
    }
    run.out << table.render(run.terminal) << '\n';
  }
  const auto files = static_cast<std::int64_t>(answer.texts.size());
  run.out << counted(files, "file") << ": " << grouped(files - answer.refused) << " load ("
          << share(files - answer.refused, files) << "), "
          << painted(grouped(answer.refused) + " refused",
                     answer.refused > 0 ? Tone::kBad : Tone::kGood, run.terminal)
          << "\nrules: " << grouped(static_cast<std::int64_t>(answer.loaded.set.rules.size()))
          << ", correlations: "
          << grouped(static_cast<std::int64_t>(answer.loaded.set.correlations.size())) << '\n';
}

/// One row of what matched.
struct Row {
  const SigmaHead* head = nullptr;
  const SigmaTally* tally = nullptr;
  bool correlation = false;
};

/// The most first; what serves correlations alone is not told.
std::vector<Row> rows_of(const SigmaAnswer& answer) {
  std::vector<Row> rows;
  for (const auto& [index, tally] : answer.events->rules) {
    const SigmaRule& rule = answer.loaded.set.rules[index];
    if (rule.stands_alone) rows.push_back({&rule.head, &tally, false});
  }
  for (const auto& [index, tally] : answer.events->correlations) {
    const SigmaCorrelation& correlation = answer.loaded.set.correlations[index];
    if (correlation.stands_alone) rows.push_back({&correlation.head, &tally, true});
  }
  std::ranges::stable_sort(rows, std::ranges::greater{},
                           [](const Row& row) { return row.tally->matches; });
  return rows;
}

void print_events(Invocation& run, const SigmaAnswer& answer) {
  const SigmaEventReport& report = *answer.events;
  TextTable table({{"matches", true, false, false},
                   {"level", false, false, false},
                   {"title", false, true, false},
                   {"first at", false, true, true}});
  const std::vector<Row> rows = rows_of(answer);
  for (const Row& row : rows) {
    table.add_row({{grouped(row.tally->matches), Tone::kStrong},
                   {row.head->level},
                   {row.head->title},
                   {row.tally->places.front(), Tone::kFaint}});
  }
  if (!table.empty()) run.out << '\n' << table.render(run.terminal);
  run.out << '\n'
          << counted(report.events, "event") << ", " << grouped(report.events_matched)
          << " matched by a rule; rules and correlations that matched: "
          << grouped(static_cast<std::int64_t>(rows.size())) << '\n';
  if (report.unreadable > 0) {
    run.out << painted(counted(report.unreadable, "line") + " unreadable", Tone::kBad, run.terminal)
            << ", the first at " << printable(report.first_unreadable) << '\n';
  }
  if (report.without_time > 0) {
    run.out << painted(counted(report.without_time, "match", "matches") + " without a time",
                       Tone::kWarning, run.terminal)
            << " in no correlation; name its field with --time\n";
  }
}

nlohmann::ordered_json events_json(const SigmaAnswer& answer) {
  const SigmaEventReport& report = *answer.events;
  nlohmann::ordered_json matched = nlohmann::ordered_json::array();
  for (const Row& row : rows_of(answer)) {
    matched.push_back({{"title", row.head->title},
                       {"id", row.head->id},
                       {"level", row.head->level},
                       {"file", row.head->span.file},
                       {"line", row.head->span.line},
                       {"correlation", row.correlation},
                       {"matches", row.tally->matches},
                       {"at", row.tally->places}});
  }
  return {{"read", report.events},
          {"matched", report.events_matched},
          {"unreadable", report.unreadable},
          {"without_time", report.without_time},
          {"matches", matched}};
}

void print_document(Invocation& run, const SigmaAnswer& answer) {
  nlohmann::ordered_json reasons = nlohmann::ordered_json::array();
  for (const auto& [code, files] : answer.refused_by_code) {
    reasons.push_back({{"code", code}, {"title", title_of(code)}, {"files", files}});
  }
  nlohmann::ordered_json document = {
      {"files", answer.texts.size()},
      {"refused", answer.refused},
      {"documents", answer.loaded.documents},
      {"rules", answer.loaded.set.rules.size()},
      {"correlations", answer.loaded.set.correlations.size()},
      {"reasons", reasons},
      {"diagnostics", diagnostics_json(answer.loaded.diagnostics)},
      {"events", answer.events ? events_json(answer) : nlohmann::ordered_json()}};
  print_json(run, document);
}

int sigma(Invocation& run, const SigmaVerbOptions& options) {
  Result<std::optional<SigmaAnswer>> loaded = load(run, options);
  if (!loaded) return fail_with(run, loaded.error());
  if (!loaded->has_value()) {
    return fail_with(run, ExitStatus::kConfiguration, "the log source mapping has errors");
  }
  SigmaAnswer answer = **std::move(loaded);
  if (!options.events.empty()) {
    const Result<void> ran = run_events(run, options, answer);
    if (!ran) return fail_with(run, ran.error());
  }
  if (options.json) {
    print_document(run, answer);
  } else {
    print_load(run, answer);
    if (answer.events) print_events(run, answer);
  }
  const bool whole = answer.refused == 0 && (!answer.events || answer.events->unreadable == 0);
  return code(whole ? ExitStatus::kOk : ExitStatus::kCheckFailed);
}

}  // namespace

void add_policy_sigma(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "sigma", "reads Sigma rules, and matches them against events",
      "Prints what does not load and why, and how many files do. With --events, what each rule "
      "and\n"
      "correlation matches. Without --mapping a rule is asked about every event, whatever its log\n"
      "source says; a mapping says which events that is. Exit status 1 if a file is refused or a\n"
      "line cannot be read.",
      "  tidewaiter policy sigma rules/\n"
      "  tidewaiter policy sigma rules/ --events host.jsonl.zst --mapping windows\n"
      "  tidewaiter policy sigma rules/ --events usage.jsonl --mapping records\n"
      "  tidewaiter policy sigma rules/ --placeholder 'Workstations=ws-*' --json");
  auto options = std::make_shared<SigmaVerbOptions>();
  verb->add_option("path", options->paths, "Files, folders or globs of rules")
      ->type_name("PATH")
      ->required();
  verb->add_option("--events", options->events, "JSON lines, plain, gzip or zstd")
      ->type_name("FILE");
  verb->add_option("--mapping", options->mapping,
                   "What log sources mean: `records`, `windows`, or a file")
      ->type_name("NAME");
  verb->add_option("--names", options->names, "How members of an event become fields")
      ->type_name("HOW")
      ->check(CLI::IsMember({"auto", "paths", "windows"}));
  verb->add_option("--time", options->time_field, "The field that holds an event's time")
      ->type_name("FIELD");
  verb->add_option("--placeholder", options->placeholders,
                   "What `%NAME%` stands for in rules with `expand`; may be given again")
      ->type_name("NAME=VALUE")
      ->check(placeholder_fault);
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return sigma(run, *options); };
  });
}

}  // namespace tidewaiter
