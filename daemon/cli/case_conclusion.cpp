#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/cli/act_submission.h"
#include "daemon/cli/case_statements.h"
#include "storage/review/case_statements.h"
#include "storage/review/report_kinds.h"

namespace tidewaiter {
namespace {

struct ConclusionOptions {
  ActOptions act;
  std::string text;
  std::string kind;
  std::string reason;
};

int conclude(Invocation& run, const ConclusionOptions& options) {
  return submit_act(run, options.act,
                    [&options](const CaseBook& /*book*/, const Case* /*c*/) -> Result<Deed> {
                      return Deed{ConclusionStated{}, {{"text", options.text}}};
                    });
}

/// The last one. Without any the rules refuse it, and the ledger has the attempt.
int release(Invocation& run, const ConclusionOptions& options) {
  return submit_act(run, options.act,
                    [&options](const CaseBook& /*book*/, const Case* c) -> Result<Deed> {
                      const std::optional<Conclusion> last = conclusion_of(*c);
                      return Deed{ConclusionReleased{last ? last->stated.index : 0, options.kind},
                                  {{"reason", options.reason}}};
                    });
}

std::vector<std::string> kinds_about_cases() {
  std::vector<std::string> names;
  for (const ReportKind& kind : report_kinds()) {
    if (kind.scope == ReportScope::kCase) names.emplace_back(kind.name);
  }
  return names;
}

}  // namespace

void add_case_conclusion(CLI::App& parent, Selection& selection) {
  CLI::App* state = add_verb(
      parent, "conclude", "states counsel's legal conclusion about a case",
      "Prints the entry, and what has become of the case. Counsel alone states one. It is\n"
      "privileged: the ledger has its digest, and its words are shown to who looks at the\n"
      "evidence. A later one takes its place, and is privileged again. Exit status 4 if the rules\n"
      "refuse it.",
      "  tidewaiter case conclude c-4f8e12ab --text \"15 CFR 744.23 applies\" --seen 19 --as cy");
  auto stated = std::make_shared<ConclusionOptions>();
  add_act_options(*state, stated->act);
  state->add_option("--text", stated->text, "What counsel concludes; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  add_seen_option(*state, stated->act);
  state->callback([stated, &selection] {
    selection.command = [stated](Invocation& run) { return conclude(run, *stated); };
  });

  CLI::App* let_out = add_verb(
      parent, "release", "lets counsel's conclusion into reports of one kind",
      "Prints the entry, and what has become of the case. Counsel alone releases the last\n"
      "conclusion, to reports of this kind that are drawn from then on; in all others it stays\n"
      "privileged. Exit status 4 if the rules refuse it.",
      "  tidewaiter case release c-4f8e12ab --kind referral --as cy --reason \"They asked\"");
  auto released = std::make_shared<ConclusionOptions>();
  add_act_options(*let_out, released->act);
  let_out->add_option("--kind", released->kind, "The kind of report")
      ->type_name("KIND")
      ->required()
      ->check(CLI::IsMember(kinds_about_cases()));
  let_out->add_option("--reason", released->reason, "Why; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  let_out->callback([released, &selection] {
    selection.command = [released](Invocation& run) { return release(run, *released); };
  });
}

}  // namespace tidewaiter
