#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/publications.h"
#include "daemon/cli/condition_text.h"
#include "daemon/cli/finding_text.h"
#include "daemon/cli/set_documents_text.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/verbs.h"
#include "policies/language/policy_status.h"

namespace tidewaiter {
namespace {

struct ListOptions {
  std::vector<std::string> paths;
  bool json = false;
};

std::vector<std::string> subject_fields(const Policy& policy) {
  std::vector<std::string> names;
  for (const FieldId id : policy.for_each) names.emplace_back(field(id).name);
  return names;
}

nlohmann::ordered_json policy_json(const Policy& policy) {
  nlohmann::ordered_json basis = nlohmann::ordered_json::array();
  for (const Basis& b : policy.basis) basis.push_back({{"type", b.type}, {"text", b.text}});
  return {{"id", policy.id},
          {"version", policy.version},
          {"status", policy_status_name(policy.status)},
          {"severity", severity_name(policy.severity)},
          {"title", policy.title},
          {"kind", policy.kind},
          {"reads", kind_name(policy.reads)},
          {"for_each", subject_fields(policy)},
          {"window", policy.window.calendar || policy.window.session
                         ? span_text(policy.window)
                         : format_duration(policy.window.length)},
          {"every", format_duration(policy.window.every)},
          {"wait_for_late", policy.window.wait_for_late
                                ? nlohmann::json(format_duration(*policy.window.wait_for_late))
                                : nlohmann::json(nullptr)},
          {"report_when", condition_text(policy)},
          {"basis", basis},
          {"exemptions", policy.exempt.size()},
          {"tests", policy.tests.size()},
          {"hash", to_hex(policy.hash)},
          {"file", policy.span.file},
          {"line", policy.span.line}};
}

TextTable policy_table(const PolicySet& set) {
  TextTable table({{.header = "POLICY"},
                   {.header = "VERSION", .right = true},
                   {.header = "STATUS"},
                   {.header = "SEVERITY"},
                   {.header = "READS"},
                   {.header = "FOR EACH", .folds = true},
                   {.header = "WINDOW", .folds = true},
                   {.header = "TESTS", .right = true, .folds = true},
                   {.header = "REPORTS WHEN", .folds = true}});
  for (const Policy& policy : set.policies) {
    std::string subject;
    for (const std::string& name : subject_fields(policy)) {
      subject += (subject.empty() ? "" : " + ") + name;
    }
    table.add_row({{policy.id},
                   {grouped(policy.version)},
                   {std::string(policy_status_name(policy.status))},
                   {std::string(severity_name(policy.severity)), severity_tone(policy.severity)},
                   {std::string(kind_name(policy.reads))},
                   {subject},
                   {span_text(policy.window)},
                   {grouped(static_cast<std::int64_t>(policy.tests.size()))},
                   {condition_text(policy)}});
  }
  return table;
}

/// The last publication in the configured state folder, if any.
struct LastPublication {
  std::optional<SignedBundle> last;
  bool required = false;  ///< nothing else comes into force
};

/// Nothing without a configuration that can be read, which listing does not need.
Result<LastPublication> published_bundle(Invocation& run) {
  ConfigOutcome outcome = read_config(run.config_file, run.environment);
  if (has_errors(outcome.diagnostics)) return LastPublication{};
  if (run.state) {
    move_state(outcome.config, (run.environment.working_folder / *run.state).lexically_normal());
  }
  Result<std::vector<SignedBundle>> all = publications(outcome.config.state);
  if (!all) return tl::unexpected(all.error());
  if (all->empty()) return LastPublication{};
  return LastPublication{std::move(all->back()), outcome.config.published_only};
}

nlohmann::ordered_json published_json(const std::optional<SignedBundle>& bundle) {
  if (!bundle) return nullptr;
  return {{"bundle", to_hex(bundle->hash)},
          {"version", bundle->bundle.version},
          {"title", bundle->bundle.title},
          {"set", to_hex(bundle->bundle.set)}};
}

void print_published(Invocation& run, const LastPublication& published, const Digest& set) {
  const SignedBundle& last = *published.last;
  run.out << "\npublication " << last.bundle.version << ", bundle " << to_hex(last.hash);
  if (last.bundle.set == set) {
    run.out << ": these policies\n";
  } else {
    run.out << ": other policies than these files hold"
            << (published.required ? ", and what is in force; `tidewaiter policy publish` brings "
                                     "the files into force\n"
                                   : "\n");
  }
}

/// How many files have something wrong: their policies are not listed.
std::int64_t files_with_errors(const std::vector<Diagnostic>& errors) {
  std::set<std::string> files;
  for (const Diagnostic& error : errors) files.insert(error.span.file);
  return static_cast<std::int64_t>(files.size());
}

int list(Invocation& run, const ListOptions& options) {
  const Result<PolicyFiles> files = policy_files(run, options.paths);
  if (!files) return fail_with(run, files.error());
  // Warnings are told by `policy lint`, once.
  std::vector<Diagnostic> errors = files->loaded.diagnostics;
  std::erase_if(errors, [](const Diagnostic& d) { return d.level != DiagnosticLevel::kError; });
  print_diagnostics(run.err, errors);
  const PolicySet& set = files->loaded.set;
  LastPublication published;
  if (options.paths.empty()) {
    Result<LastPublication> found = published_bundle(run);
    if (!found) return fail_with(run, found.error());
    published = std::move(*found);
  }
  if (options.json) {
    nlohmann::ordered_json policies = nlohmann::ordered_json::array();
    for (const Policy& policy : set.policies) policies.push_back(policy_json(policy));
    nlohmann::ordered_json all = {{"set_hash", to_hex(set.hash)},
                                  {"published", published_json(published.last)},
                                  {"files_with_errors", files_with_errors(errors)},
                                  {"policies", policies}};
    all.update(documents_json(files->loaded.documents));
    print_json(run, all);
    return code(has_errors(files->loaded.diagnostics) ? ExitStatus::kConfiguration
                                                      : ExitStatus::kOk);
  }
  if (set.policies.empty()) {
    run.out << "no policies\n";
  } else {
    run.out << policy_table(set).render(run.terminal);
  }
  if (const std::int64_t bad = files_with_errors(errors); bad > 0) {
    run.out << painted(counted(bad, "file") + (bad == 1 ? " has" : " have") +
                           " errors: what is wrong there is not listed",
                       Tone::kBad, run.terminal)
            << "; `tidewaiter policy lint` says what to do\n";
  }
  const std::string documents = documents_text(files->loaded.documents, run.terminal);
  if (!documents.empty()) run.out << '\n' << documents;
  if (published.last) print_published(run, published, set.hash);
  return code(has_errors(files->loaded.diagnostics) ? ExitStatus::kConfiguration : ExitStatus::kOk);
}

}  // namespace

void add_policy_list(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(policy, "list", "lists policies",
                            "Prints one row a policy, by id, then one for each pack, list, "
                            "exemption and license.",
                            "  tidewaiter policy list\n  tidewaiter policy list --json policies/");
  auto options = std::make_shared<ListOptions>();
  verb->add_option("path", options->paths, "Files, folders or globs")->type_name("PATH");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return list(run, *options); };
  });
}

}  // namespace tidewaiter
