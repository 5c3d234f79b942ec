#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/cli/act_submission.h"
#include "daemon/cli/case_page.h"
#include "daemon/cli/evidence_view.h"
#include "daemon/cli/lead_show.h"
#include "daemon/cli/suggested_role.h"
#include "daemon/cli/told_case.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct CaseShowOptions {
  ActOptions act;
  bool evidence = false;
  bool all = false;
  bool leads_only = false;
};

int show_case(Invocation& run, const CaseShowOptions& options) {
  int status = 0;
  // Who looks at evidence is judged with the entry about it, under its name.
  const std::unique_ptr<Stores> stores =
      open_stores(run, status, options.evidence ? Shows::kNothingPersonal : Shows::kMasked);
  if (stores == nullptr) return status;
  const Result<CaseBook> book = CaseBook::read(*stores->ledger);
  if (!book) return fail_with(run, book.error());
  const Result<const Case*> found = book->lookup(options.act.case_id);
  if (!found) return fail_with(run, found.error());
  if (options.leads_only && !(*found)->is_lead()) {
    return fail_with(run, ExitStatus::kUsage,
                     "`" + (*found)->id + "` is no lead: `tidewaiter case show` has it");
  }
  if (options.evidence) {
    const int recorded =
        record_look(run, *stores, options.act, {(*found)->id, (*found)->standing_findings(), 0});
    if (recorded != code(ExitStatus::kOk)) return recorded;
  }
  Result<ToldCase> told = tell_case(*stores, *book, **found, options.evidence);
  if (!told) return fail_with(run, told.error());
  std::optional<LeadClusters> clusters;
  if (stores->masked) {
    mask_case(*told);
  } else {
    told->links = links_of_case(run, *stores, **found);
    clusters = clusters_of_lead(run, *stores, *told);
  }
  if (options.act.json) {
    print_case_json(run, *told, clusters, options.evidence);
  } else {
    Result<std::string> role = suggested_role(run, *stores);
    if (!role) return fail_with(run, role.error());
    print_case(run, *told, clusters, {options.evidence, options.all, *std::move(role)});
  }
  // Told last, where it is not overlooked.
  return told->damage ? fail_with(run, *told->damage) : code(ExitStatus::kOk);
}

}  // namespace

void add_case_show(CLI::App& verb, Selection& selection) {
  CLI::App* show = add_verb(
      verb, "show", "shows one case on one page",
      "Prints where the case stands and what may be done next, its findings, the policies with\n"
      "their bases and what may be innocent, of a cluster by which evidence its accounts are\n"
      "linked, the subject's requests over time, and by day beside what is usual for it, what\n"
      "could not be told, all that was found and done, in order, and the reports about it. With\n"
      "--evidence also the records that the findings name: who looks at them is an entry of the\n"
      "ledger first.",
      "  tidewaiter case show c-4f8e12ab\n"
      "  tidewaiter case show c-4f8e12ab --evidence --as jo-ng");
  auto options = std::make_shared<CaseShowOptions>();
  add_act_options(*show, options->act);
  show->add_flag("--evidence", options->evidence, "Show the records that the findings name");
  show->add_flag("--all", options->all, "Show all findings, not the last 20");
  show->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show_case(run, *options); };
  });
}

void add_lead_show(CLI::App& lead, Selection& selection) {
  CLI::App* show = add_verb(lead, "show", "shows one lead on one page",
                            "Prints what `case show` prints of its case: where it stands, what\n"
                            "the tip says and who gave it, which of the subjects that it names\n"
                            "have a case, have no finding, or belong to a cluster that has a\n"
                            "case, and all that was done.",
                            "  tidewaiter lead show l-4f8e12ab");
  auto options = std::make_shared<CaseShowOptions>();
  options->leads_only = true;
  add_act_options(*show, options->act);
  show->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show_case(run, *options); };
  });
}

}  // namespace tidewaiter
