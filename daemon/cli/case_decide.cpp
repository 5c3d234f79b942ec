#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "daemon/cli/act_submission.h"
#include "daemon/cli/time_options.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct DecideOptions {
  ActOptions act;
  std::string outcome;
  std::string reason;
  std::string until;
  bool reject = false;
};

void add_reason(CLI::App& verb, std::string& reason) {
  verb.add_option("--reason", reason, "Why; no outsider reads it")->type_name("TEXT")->required();
}

int decide(Invocation& run, const DecideOptions& options) {
  return submit_act(run, options.act,
                    [&options](const CaseBook& /*book*/, const Case* /*c*/) -> Result<Deed> {
                      Decided decided{*outcome_from(options.outcome), std::nullopt};
                      if (!options.until.empty()) {
                        const Result<UtcTime> until = instant_of("--until", options.until);
                        if (!until) return tl::unexpected(until.error());
                        decided.until = *until;
                      }
                      return Deed{decided, {{"reason", options.reason}}};
                    });
}

int approve(Invocation& run, const DecideOptions& options) {
  return submit_act(
      run, options.act, [&options](const CaseBook& /*book*/, const Case* c) -> Result<Deed> {
        // Without a decision the rules refuse it, and the ledger has the attempt.
        const std::int64_t decision = c->decision ? c->decision->index : 0;
        return Deed{SecondOpinion{decision, !options.reject}, {{"reason", options.reason}}};
      });
}

int appeal(Invocation& run, const DecideOptions& options) {
  return submit_act(run, options.act,
                    [&options](const CaseBook& /*book*/, const Case* /*c*/) -> Result<Deed> {
                      return Deed{Appealed{}, {{"reason", options.reason}}};
                    });
}

void add_decide(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "decide", "says what a case is",
      "Prints the entry, and what has become of the case. A decision waits for another person\n"
      "where a finding is of severity high or critical, where a policy rests on law, where the\n"
      "case is referred, and for one in ten of all others. Outcomes: confirmed, false-positive,\n"
      "accepted-risk (with --until), needs-information (the case stays open), referred. A\n"
      "finding that is opened or restated later opens the case again. Exit status 4 if the\n"
      "rules refuse it.",
      "  tidewaiter case decide c-4f8e12ab confirmed --seen 19 --as jo-ng --reason \"Same template "
      "in 40 "
      "keys\"\n"
      "  tidewaiter case decide c-4f8e12ab accepted-risk --until 2027-01-31 --seen 19 --as jo-ng "
      "--reason "
      "\"…\"");
  auto options = std::make_shared<DecideOptions>();
  add_act_options(*verb, options->act);
  verb->add_option("outcome", options->outcome, "What it is")
      ->type_name("OUTCOME")
      ->required()
      ->check(CLI::IsMember(
          {"confirmed", "false-positive", "accepted-risk", "needs-information", "referred"}));
  add_reason(*verb, options->reason);
  verb->add_option("--until", options->until, "When an accepted risk is looked at again")
      ->type_name("TIME");
  add_seen_option(*verb, options->act);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return decide(run, *options); };
  });
}

void add_approve(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "approve", "approves another person's decision, or rejects it",
      "Prints the entry, and what has become of the case. Nobody approves what they decided\n"
      "themselves, nor a case that has more than they have seen. Exit status 4 if the rules\n"
      "refuse it.",
      "  tidewaiter case approve c-4f8e12ab --seen 20 --as ada-byron --reason \"Agreed\"\n"
      "  tidewaiter case approve c-4f8e12ab --reject --seen 20 --as ada-byron --reason \"One key "
      "is "
      "shared\"");
  auto options = std::make_shared<DecideOptions>();
  add_act_options(*verb, options->act);
  verb->add_flag("--reject", options->reject, "Reject it: the case is open again");
  add_reason(*verb, options->reason);
  add_seen_option(*verb, options->act);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return approve(run, *options); };
  });
}

void add_appeal(CLI::App& parent, Selection& selection) {
  CLI::App* verb =
      add_verb(parent, "appeal", "opens a closed case again",
               "Prints the entry, and what has become of the case.",
               "  tidewaiter case appeal c-4f8e12ab --as jo-ng --reason \"The customer wrote\"");
  auto options = std::make_shared<DecideOptions>();
  add_act_options(*verb, options->act);
  add_reason(*verb, options->reason);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return appeal(run, *options); };
  });
}

}  // namespace

void add_case_decide(CLI::App& verb, Selection& selection) {
  add_decide(verb, selection);
  add_approve(verb, selection);
  add_appeal(verb, selection);
}

}  // namespace tidewaiter
