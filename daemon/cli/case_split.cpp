#include "daemon/cli/case_split.h"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/cli/act_submission.h"
#include "storage/ledger/short_id.h"

namespace tidewaiter {
namespace {

struct SplitOptions {
  ActOptions act;
  std::vector<std::string> findings;  ///< how their ids begin
  std::vector<std::string> subjects;
  std::string reason;
};

/// The ids of findings of the case that begin so.
std::set<std::string> beginning_so(const Case& c, const std::string& prefix) {
  std::set<std::string> found;
  for (const FindingState& finding : c.findings) {
    if (finding.id.starts_with(prefix)) found.insert(finding.id);
  }
  return found;
}

/// The finding whose id begins so: of the case, or else any. That one of another case is named is
/// for the rules to refuse, and an attempt then. Errors: kNotFound if there is none, or more.
Result<std::string> split_finding(const CaseBook& book, const Case& c, const std::string& prefix) {
  std::set<std::string> found = beginning_so(c, prefix);
  for (auto other = book.cases().begin(); found.empty() && other != book.cases().end(); ++other) {
    found = beginning_so(*other, prefix);
  }
  if (found.size() == 1) return *found.begin();
  return fail(ErrorCode::kNotFound,
              (found.empty() ? "no finding begins with `" : "several findings begin with `") +
                  prefix + "`: `tidewaiter case show " + c.id + " --all` has them");
}

/// All findings of the case about a subject that were not withdrawn. Errors: kNotFound.
Result<std::vector<std::string>> findings_about(const Case& c, const std::string& subject) {
  std::vector<std::string> found;
  for (const FindingState& finding : c.findings) {
    const bool stands = finding.state != StepKind::kWithdrawn;
    if (stands && finding.subject == subject) found.push_back(finding.id);
  }
  if (!found.empty()) return found;
  return fail(ErrorCode::kNotFound, "no finding of `" + c.id + "` that stands is about `" +
                                        subject + "`: `tidewaiter case show " + c.id +
                                        " --all` has them");
}

Result<std::vector<std::string>> chosen_findings(const CaseBook& book, const Case& c,
                                                 const SplitOptions& options) {
  std::set<std::string> chosen;
  for (const std::string& prefix : options.findings) {
    Result<std::string> finding = split_finding(book, c, prefix);
    if (!finding) return tl::unexpected(finding.error());
    chosen.insert(std::move(*finding));
  }
  for (const std::string& subject : options.subjects) {
    const auto findings = findings_about(c, subject);
    if (!findings) return tl::unexpected(findings.error());
    chosen.insert(findings->begin(), findings->end());
  }
  if (chosen.empty()) {
    return fail(ErrorCode::kNotFound, "say what goes on in the new case: --finding or --subject");
  }
  if (chosen.size() <= kMostSplitOff) return std::vector(chosen.begin(), chosen.end());
  return fail(ErrorCode::kNotFound, std::to_string(chosen.size()) + " findings are more than " +
                                        std::to_string(kMostSplitOff) +
                                        ", which go by one act: split twice, and merge the two");
}

int split_case(Invocation& run, const SplitOptions& options) {
  const auto make = [&options](const CaseBook& book, const Case* c) -> Result<Deed> {
    auto findings = chosen_findings(book, *c, options);
    if (!findings) return tl::unexpected(findings.error());
    return Deed{CaseSplit{new_short_id("p-"), std::move(*findings)}, {{"reason", options.reason}}};
  };
  return submit_act(run, options.act, make);
}

}  // namespace

void add_case_split(CLI::App& verb, Selection& selection) {
  CLI::App* split = add_verb(
      verb, "split", "lets findings of a case go on in a new one",
      "Prints the entry, what has become of the case, and the new one. The new case has all that\n"
      "was done before, and so its owner and its clocks; it is decided apart. What is found about\n"
      "the subject later comes to the first case. Where the rest of that was decided before, the\n"
      "decision holds again. Exit status 4 if the rules refuse it, which is recorded: of a closed\n"
      "case or one that waits for a second person, of all its findings, of what was decided.",
      "  tidewaiter case split c-4f8e12ab --finding 9c1e --finding 77ab --seen 19 \\\n"
      "      --reason \"Another campaign\" --as jo-ng\n"
      "  tidewaiter case split c-4f8e12ab --subject account:gateway/17 --seen 19 \\\n"
      "      --reason \"Merged by mistake\" --as jo-ng --json");
  auto options = std::make_shared<SplitOptions>();
  add_act_options(*split, options->act);
  split
      ->add_option("--finding", options->findings,
                   "A finding that goes on there, by its id or how it begins; repeatable")
      ->type_name("FINDING");
  split
      ->add_option("--subject", options->subjects,
                   "All findings of the case about this subject that stand; repeatable")
      ->type_name("SUBJECT");
  split->add_option("--reason", options->reason, "Why; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  add_seen_option(*split, options->act);
  split->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return split_case(run, *options); };
  });
}

}  // namespace tidewaiter
