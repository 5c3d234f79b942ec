#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/cli/verbs.h"
#include "policies/authoring/documentation.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

struct DocsOptions {
  std::vector<std::string> paths;
  std::string folder;
  bool html = false;
};

/// A file's name and its bytes.
using Document = std::pair<std::string, std::string>;

std::vector<Document> documents(const std::vector<PolicyPage>& pages, bool html) {
  if (html) return {{"policies.html", to_html(pages)}};
  std::vector<Document> all;
  all.reserve(pages.size());
  for (const PolicyPage& page : pages) all.emplace_back(page.id + ".md", to_markdown(page));
  return all;
}

/// A page of an earlier run is replaced, so that the folder follows the policies.
Result<void> write_document(const fs::path& path, const std::string& bytes) {
  const Result<bool> there = is_there(path);
  if (!there) return tl::unexpected(there.error());
  return *there ? replace_file(path, bytes) : create_file(path, 0666, bytes);
}

int write_all(Invocation& run, const DocsOptions& options, const std::vector<Document>& all) {
  const fs::path folder = run.environment.working_folder / options.folder;
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) {
    return fail_with(run, ExitStatus::kUnavailable,
                     "cannot make the folder `" + folder.string() + "`: " + failure.message());
  }
  for (const auto& [name, bytes] : all) {
    if (auto done = write_document(folder / name, bytes); !done) {
      return fail_with(run, done.error());
    }
    run.out << "wrote " << printable((fs::path(options.folder) / name).string()) << '\n';
  }
  return code(ExitStatus::kOk);
}

int docs(Invocation& run, const DocsOptions& options) {
  const Result<PolicyFiles> files = policy_files(run, options.paths);
  if (!files) return fail_with(run, files.error());
  if (has_errors(files->loaded.diagnostics)) {
    print_diagnostics(run.err, files->loaded.diagnostics);
    return fail_with(run, ExitStatus::kConfiguration,
                     "no pages are written for policies with errors");
  }
  std::vector<PolicyPage> pages;
  for (const Policy& policy : files->loaded.set.policies) {
    pages.push_back(policy_page(policy, run.now()));
  }
  const std::vector<Document> all = documents(pages, options.html);
  if (!options.folder.empty()) return write_all(run, options, all);
  for (const auto& [name, bytes] : all) {
    run.out << bytes;
    if (!options.html && name != all.back().first) run.out << '\n';
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_policy_docs(CLI::App& policy, Selection& selection) {
  CLI::App* verb = add_verb(
      policy, "docs", "writes a page about each policy, in words that a lawyer reads",
      "A page has the basis, what the policy reads and selects, figures and threshold, window,\n"
      "exemptions with their expiry, tests and hash. Prints Markdown, or with --html one page "
      "with\n"
      "an index; with --out writes ID.md for each policy, or policies.html, into the folder.",
      "  tidewaiter policy docs policies/burst.yaml\n"
      "  tidewaiter policy docs --out site/policies\n"
      "  tidewaiter policy docs --html > policies.html");
  auto options = std::make_shared<DocsOptions>();
  verb->add_option("path", options->paths, "Files, folders or globs")->type_name("PATH");
  verb->add_option("--out", options->folder, "Write into this folder; it is made if need be")
      ->type_name("DIR");
  verb->add_flag("--html", options->html, "One self-contained HTML page instead of Markdown");
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return docs(run, *options); };
  });
}

}  // namespace tidewaiter
