#include <algorithm>
#include <array>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/policy_files.h"
#include "daemon/app/publications.h"
#include "daemon/app/source_supply.h"
#include "daemon/cli/diagnostics_json.h"
#include "daemon/cli/lint_junit.h"
#include "daemon/cli/lint_sarif.h"
#include "daemon/cli/policies_around.h"
#include "daemon/cli/policy_test_run.h"
#include "daemon/cli/published_texts.h"
#include "daemon/cli/verbs.h"
#include "policies/lint/diagnostic_page.h"
#include "policies/lint/lint_code.h"
#include "policies/lint/mending.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr const char* kStandardInput = "<stdin>";

struct LintOptions {
  std::vector<std::string> paths;
  std::string format = "text";
  bool strict = false;
  std::vector<std::string> ignored;
  std::vector<std::string> base;
  bool fix = false;
  bool dry_run = false;
  bool no_sources = false;
  bool alone = false;
  std::string explain;

  [[nodiscard]] bool reads_standard_input() const {
    return std::ranges::find(paths, "-") != paths.end();
  }
};

/// What the command line names, read.
struct LintInput {
  std::vector<PolicyText> texts;
  std::vector<PolicyText> base;
  std::filesystem::path folder;  ///< that relative paths start from
  std::vector<SourceSupply> sources;
  std::vector<PolicyText> around;     ///< the rest of the set that the texts are a part of
  std::optional<Config> config = {};  ///< whose published lists they are held against
};

std::vector<std::string_view> all_codes() {
  std::vector<std::string_view> codes;
  for (const DiagnosticCode& code : diagnostic_codes()) codes.push_back(code.code);
  for (const DiagnosticCode& code : lint_codes()) codes.push_back(code.code);
  return codes;
}

std::string unknown_code(std::string_view code) {
  std::string message = "there is no code `" + std::string(code) + "`";
  if (const auto near = did_you_mean(code, all_codes())) {
    message += "; did you mean `" + *near + "`?";
  }
  return message;
}

int explain(Invocation& run, const std::string& code_name) {
  const auto section = diagnostic_section(code_name);
  if (!section) {
    const bool configuration =
        code_name.starts_with("TW06") || code_name == "TW0720" || code_name == "TW0721";
    const std::string message = configuration ? "`" + code_name +
                                                    "` is about the configuration: see "
                                                    "docs/configuration.md"
                                              : unknown_code(code_name);
    return fail_with(run, ExitStatus::kUsage, message);
  }
  run.out << *section;
  return code(ExitStatus::kOk);
}

/// What comes by standard input, under the limit of a file: part of a text is not linted.
Result<PolicyText> standard_input() {
  PolicyText text{kStandardInput, {}};
  std::array<char, 65'536> part{};
  while (std::cin.read(part.data(), static_cast<std::streamsize>(part.size())) ||
         std::cin.gcount() > 0) {
    text.text.append(part.data(), static_cast<std::size_t>(std::cin.gcount()));
    if (text.text.size() > kMostListFileBytes) {
      return fail(ErrorCode::kInvalidInput, "standard input is larger than 1 MiB");
    }
  }
  return text;
}

/// The configuration that says which sources there are. With policies named on the command line one
/// need not be there, and a faulty one is told and left out of account.
std::optional<Config> sources_config(Invocation& run, const LintOptions& options) {
  if (options.paths.empty()) return configuration(run);
  if (options.no_sources || (!run.config_file && !find_config_file(run.environment))) {
    return Config{};
  }
  ConfigOutcome outcome = read_config(run.config_file, run.environment);
  if (!has_errors(outcome.diagnostics)) return std::move(outcome.config);
  run.err << "tidewaiter: the configuration has errors (see `tidewaiter config check`): policies "
             "are not held against its sources\n";
  return Config{};
}

Result<LintInput> read_input(Invocation& run, const LintOptions& options) {
  const std::optional<Config> config = sources_config(run, options);
  if (!config) return fail(ErrorCode::kInvalidInput, "the configuration has errors");
  LintInput input;
  input.folder = options.paths.empty() ? config->base : run.environment.working_folder;
  if (!options.no_sources) {
    input.sources = source_supplies(*config);
    if (!config->file.empty()) input.config = *config;
  }
  std::vector<std::string> wanted = options.paths.empty() ? config->policies : options.paths;
  if (options.reads_standard_input()) {
    std::erase(wanted, "-");
    Result<PolicyText> text = standard_input();
    if (!text) return tl::unexpected(text.error());
    input.texts.push_back(std::move(*text));
  }
  Result<std::vector<PolicyText>> texts = options.paths.empty()
                                              ? read_configured_policy_files(*config)
                                              : read_named_policy_files(wanted, input.folder);
  if (!texts) return tl::unexpected(texts.error());
  std::ranges::move(*texts, std::back_inserter(input.texts));
  if (!options.paths.empty() && !options.alone && !options.reads_standard_input()) {
    if (auto rest = rest_of_set(input.texts, run.config_file, run.environment)) {
      tell_rest(run, *rest);
      input.around = std::move(rest->texts);
    }
  }
  if (options.base.empty()) {
    if (!options.paths.empty()) return input;
    const Result<std::vector<SignedBundle>> published = publications(config->state);
    if (!published) return tl::unexpected(published.error());
    input.base = published_texts(run, *published);
    return input;
  }
  texts = read_named_policy_files(options.base, run.environment.working_folder);
  if (!texts) return tl::unexpected(texts.error());
  input.base = std::move(*texts);
  return input;
}

/// What is to be told, after `--ignore`.
struct LintAnswer {
  const std::vector<PolicyText>& texts;
  const std::vector<MendedText>& mended;
  std::vector<Diagnostic> diagnostics;
  std::int64_t policies = 0;
  std::int64_t errors = 0;
  std::int64_t warnings = 0;
};

/// Where the documents of a text begin, behind the first: lines, from 1.
std::vector<std::int32_t> document_starts(const std::string& text) {
  std::vector<std::int32_t> starts;
  std::istringstream lines(text);
  std::string line;
  for (std::int32_t number = 1; std::getline(lines, line); ++number) {
    if (line.starts_with("---")) starts.push_back(number);
  }
  return starts;
}

/// Policies in whose documents nothing is wrong: one that was read in spite of an error, such as a
/// key that stands twice, does not come into force.
std::int64_t faultless(const MendOutcome& outcome) {
  std::map<std::string, std::vector<std::int32_t>> starts;
  for (const PolicyText& text : outcome.texts) starts[text.path] = document_starts(text.text);
  const auto document_of = [&starts](const SourceSpan& span) {
    const auto& of_file = starts[span.file];
    return std::pair(span.file, std::ranges::upper_bound(of_file, span.line) - of_file.begin());
  };
  std::set<std::pair<std::string, std::ptrdiff_t>> faulty;
  for (const Diagnostic& d : outcome.left.diagnostics) {
    if (d.level == DiagnosticLevel::kError) faulty.insert(document_of(d.span));
  }
  return std::ranges::count_if(outcome.left.set.policies, [&](const Policy& policy) {
    return !faulty.contains(document_of(policy.span));
  });
}

LintAnswer answer_of(const MendOutcome& outcome, const LintOptions& options) {
  LintAnswer answer{outcome.texts, outcome.mended, outcome.left.diagnostics};
  std::erase_if(answer.diagnostics, [&](const Diagnostic& d) {
    return std::ranges::find(options.ignored, d.code) != options.ignored.end();
  });
  answer.policies = faultless(outcome);
  for (const Diagnostic& d : answer.diagnostics) {
    ++(d.level == DiagnosticLevel::kError ? answer.errors : answer.warnings);
  }
  return answer;
}

nlohmann::ordered_json mended_json(const std::vector<MendedText>& mended) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const MendedText& text : mended) {
    out.push_back({{"file", text.path}, {"fixes", text.fixes}, {"diff", unified_diff(text)}});
  }
  return out;
}

void print_as_json(Invocation& run, const LintAnswer& answer) {
  print_json(run, {{"files", answer.texts.size()},
                   {"policies", answer.policies},
                   {"errors", answer.errors},
                   {"warnings", answer.warnings},
                   {"diagnostics", diagnostics_json(answer.diagnostics)},
                   {"mended", mended_json(answer.mended)}});
}

void print_mended(Invocation& run, const LintAnswer& answer, bool dry_run) {
  std::int64_t fixes = 0;
  for (const MendedText& text : answer.mended) {
    fixes += text.fixes;
    if (dry_run) run.out << unified_diff(text);
  }
  run.out << (dry_run ? "would be mended: " : "mended: ") << counted(fixes, "place") << " in "
          << counted(static_cast<std::int64_t>(answer.mended.size()), "file") << '\n';
}

void print_as_text(Invocation& run, const LintAnswer& answer, const LintOptions& options) {
  print_diagnostics(run.out, answer.diagnostics);
  if (options.fix) print_mended(run, answer, options.dry_run);
  run.out << counted(static_cast<std::int64_t>(answer.texts.size()), "file")
          << ", policies without error: " << grouped(answer.policies) << ", "
          << painted(counted(answer.errors, "error"), answer.errors > 0 ? Tone::kBad : Tone::kGood,
                     run.terminal)
          << ", " << counted(answer.warnings, "warning") << '\n';
  const auto mendable =
      std::ranges::count_if(answer.diagnostics, [](const Diagnostic& d) { return !d.fix.empty(); });
  if (mendable > 0 && !options.fix) {
    run.out << counted(mendable, "of them has", "of them have") << " a safe fix: add `--fix`\n";
  }
}

Result<void> write_back(const MendOutcome& outcome, const std::filesystem::path& folder) {
  for (const MendedText& text : outcome.mended) {
    if (auto written = write_policy_file({text.path, text.after}, folder); !written) {
      return written;
    }
  }
  return {};
}

int lint(Invocation& run, const LintOptions& options) {
  if (!options.explain.empty()) return explain(run, options.explain);
  if (options.fix && !options.dry_run && options.reads_standard_input()) {
    return fail_with(run, ExitStatus::kUsage,
                     "standard input cannot be written to: add `--dry-run`, or name a file");
  }
  Result<LintInput> input = read_input(run, options);
  if (!input) return fail_with(run, input.error());
  LintRequest request{input->texts, run.now(), input->sources, input->base, input->around};
  request.fixtures = fixtures_beside(input->folder);
  MendOutcome outcome;
  if (options.fix) {
    outcome = mend_policies(request);
    if (!options.dry_run) {
      if (auto written = write_back(outcome, input->folder); !written) {
        return fail_with(run, written.error());
      }
    }
  } else {
    outcome.left = lint_policies(request);
    outcome.texts = std::move(input->texts);
  }
  if (input->config) {
    std::ranges::move(check_lists_fit(*input->config, outcome.left.documents),
                      std::back_inserter(outcome.left.diagnostics));
  }
  const LintAnswer answer = answer_of(outcome, options);
  if (options.format == "json") {
    print_as_json(run, answer);
  } else if (options.format == "sarif") {
    print_json(run, lint_sarif(answer.diagnostics, run.environment.working_folder));
  } else if (options.format == "junit") {
    run.out << lint_junit(answer.texts, answer.diagnostics, options.strict);
  } else {
    print_as_text(run, answer, options);
  }
  const bool failed = answer.errors > 0 || (options.strict && answer.warnings > 0);
  return code(failed ? ExitStatus::kCheckFailed : ExitStatus::kOk);
}

/// Only warnings may be ignored.
std::string ignorable(const std::string& code_name) {
  const std::vector<std::string_view> codes = all_codes();
  if (std::ranges::find(codes, code_name) == codes.end()) return unknown_code(code_name);
  return is_warning_code(code_name)
             ? std::string()
             : "`" + code_name + "` is an error: only warnings can be ignored";
}

void add_options(CLI::App& verb, LintOptions& options) {
  verb.add_option("path", options.paths, "Files, folders or globs; - is standard input")
      ->type_name("PATH");
  CLI::Option* format = verb.add_option("--format", options.format, "How to print")
                            ->type_name("FORMAT")
                            ->check(CLI::IsMember({"text", "json", "sarif", "junit"}));
  verb.add_flag_callback(
          "--json", [&options] { options.format = "json"; }, "Same as --format json")
      ->excludes(format);
  verb.add_flag("--strict", options.strict, "Let warnings fail, too");
  verb.add_option("--ignore", options.ignored, "Leave out the warnings of a code")
      ->type_name("CODE")
      ->check(ignorable)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  verb.add_option("--base", options.base,
                  "The former version: a file, folder or glob; without PATH the last publication")
      ->type_name("PATH")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  verb.add_flag("--no-sources", options.no_sources,
                "Do not hold policies against the configured sources");
  verb.add_flag("--alone", options.alone, kAloneDescription);
  CLI::Option* fix = verb.add_flag("--fix", options.fix, "Mend what is safe to mend");
  verb.add_flag("--dry-run", options.dry_run, "With --fix: show the change, write nothing")
      ->needs(fix);
  verb.add_option("--explain", options.explain, "Print what the documentation says of a code")
      ->type_name("CODE");
}

}  // namespace

void add_policy_lint(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "lint", "reads policies and tells all errors and warnings at once",
      "Prints each with file, line, column, code, the line, a caret and a hint, then the counts.\n"
      "Files that are named are read together with the rest of their set: the policies of the\n"
      "nearest tidewaiter.yaml, or of --config.\n"
      "Fields, windows and waits are held against the sources of the configuration, if there is\n"
      "one. A comment `# lint: allow CODE reason` above a line allows a warning there.\n"
      "--fix changes misspelt words that can be meant in one way, and quotes words that YAML\n"
      "readers twist; it never changes what a policy means that loads. Exit status 1 if there is\n"
      "an error; warnings alone give 0, unless --strict.",
      "  tidewaiter policy lint policies/\n"
      "  tidewaiter policy lint --fix --dry-run policies/burst.yaml\n"
      "  tidewaiter policy lint --strict --format sarif policies/ > lint.sarif\n"
      "  tidewaiter policy lint --base released/policies policies/\n"
      "  tidewaiter policy lint --explain TW1105");
  auto options = std::make_shared<LintOptions>();
  add_options(*verb, *options);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return lint(run, *options); };
  });
}

}  // namespace tidewaiter
