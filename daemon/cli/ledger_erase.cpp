#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/erasures.h"
#include "daemon/app/state.h"
#include "daemon/cli/ledger_parties.h"
#include "daemon/cli/text_table.h"
#include "policies/model/day_text.h"
#include "storage/ledger/short_id.h"

namespace tidewaiter {
namespace {

struct EraseOptions {
  ActOptions act;
  std::string what;  ///< a subject, or an erasure
  std::string reason;
  bool despite_retention = false;
  bool reject = false;
};

std::string erasure_words(const Erasure& erasure, bool held) {
  switch (erasure.state) {
    case ErasureState::kAsked:
      return held ? "waits for another person, and a hold keeps the subject"
                  : "waits for another person";
    case ErasureState::kApproved:
      return held ? "approved, and stopped by a hold" : "approved, and to be carried out";
    case ErasureState::kRejected:
      return "rejected";
    case ErasureState::kExecuted:
      break;
  }
  return "executed, entry " + std::to_string(erasure.executed.value_or(-1));
}

nlohmann::ordered_json number_or_null(const std::optional<std::int64_t>& number) {
  if (number) return *number;
  return nullptr;
}

nlohmann::ordered_json erasure_json(const Stores& stores, const ErasureBook& book,
                                    const Erasure& erasure) {
  const Hold* const hold = book.hold_on(erasure.party);
  nlohmann::ordered_json second = nullptr;
  if (erasure.second) second = erasure.second->act.act.by;
  nlohmann::ordered_json held_by = nullptr;
  if (hold != nullptr) held_by = hold->id;
  return {{"id", erasure.id},
          {"subject", party_text(stores, erasure.request)},
          {"state", std::string(erasure_state_name(erasure.state))},
          {"entry", erasure.request.index},
          {"by", erasure.request.act.act.by},
          {"despite_retention",
           std::get<ErasureRequested>(erasure.request.act.act.body).despite_retention},
          {"second", second},
          {"held_by", held_by},
          {"executed", number_or_null(erasure.executed)}};
}

int tell_erasure(Invocation& run, const std::string& id, bool json) {
  int status = 0;
  const auto opened = open_parties(run, status);
  if (!opened) return status;
  const auto& [stores, book] = *opened;
  const Erasure* const erasure = book.erasure(id);
  if (erasure == nullptr) {
    return fail_with(run, ExitStatus::kUnavailable, "the ledger does not have the erasure yet");
  }
  if (json) {
    print_json(run, {{"erasure", erasure_json(*stores, book, *erasure)}});
    return code(ExitStatus::kOk);
  }
  run.out << "erasure   " << erasure->id << " of "
          << printable(party_text(*stores, erasure->request)) << ": "
          << erasure_words(*erasure, book.hold_on(erasure->party) != nullptr) << '\n';
  if (erasure->state == ErasureState::kAsked) {
    run.out << "next      another person: `tidewaiter ledger erase plan SUBJECT`, then\n"
            << "          `tidewaiter ledger erase approve " << erasure->id
            << " --as HANDLE --reason TEXT`\n";
  } else if (erasure->state == ErasureState::kApproved) {
    run.out << "next      the daemon carries it out, now or at its next start; without one\n"
            << "          `tidewaiter ledger erase run` does, and says why it could not\n";
  } else if (erasure->state == ErasureState::kExecuted) {
    run.out
        << "next      destroy the backups of the vault that were made before, and erase at the\n"
        << "          sources: what they deliver again comes back\n";
  }
  return code(ExitStatus::kOk);
}

void print_plan(Invocation& run, const ErasurePlan& plan) {
  const auto joined = [](const std::vector<std::string>& all) {
    std::string text;
    for (const std::string& one : all) text += (text.empty() ? "" : ", ") + one;
    return text.empty() ? std::string("none") : text;
  };
  run.out << "An erasure of " << printable(plan.subject) << " would destroy\n"
          << "  in records.db  the personal values of " << counted(plan.records, "record")
          << ", which stay, without saying whose they are\n"
          << "  in ledger.db   who " << counted(plan.findings, "finding") << " "
          << (plan.findings == 1 ? "is" : "are")
          << " about: " << counted(plan.disclosures, "disclosure") << '\n'
          << "  in vault.db    the subject's keys\n"
          << "  in payloads/   " << counted(plan.exhibits, "exhibit") << " that "
          << (plan.exhibits == 1 ? "is" : "are")
          << " kept: of these cases, and others whose words name it\n"
          << "  in acts/       the words of " << printable(joined(plan.cases))
          << ", and all others that name it\n"
          << "Entries, proofs and figures stay, and still verify.\n";
  if (!plan.drafts.empty()) {
    run.out << "Drafts of reports that name it go, and are drawn anew: "
            << printable(joined(plan.drafts)) << '\n';
  }
  if (!plan.reports.empty()) {
    run.out << "Issued reports that name it stay in reports/: " << printable(joined(plan.reports))
            << '\n';
  }
  if (plan.hold) {
    run.out << painted("kept", Tone::kBad, run.terminal) << "  the hold " << plan.hold->id
            << " of entry " << plan.hold->placed.index << ", placed by "
            << printable(plan.hold->placed.act.act.by)
            << ", outranks an erasure: it has to be released first\n";
  }
  if (plan.to_be_kept_until) {
    run.out << painted("to be kept", Tone::kWarning, run.terminal)
            << "  findings about it, and what they rest on, are to be kept for ten years, until "
            << day_text(*plan.to_be_kept_until)
            << ".\n  Whoever asks for the erasure before that says --despite-retention, and "
               "answers for it\n  (GDPR Article 17(3) lets a duty to keep outrank it).\n";
  }
}

nlohmann::ordered_json plan_json(const ErasurePlan& plan) {
  nlohmann::ordered_json hold = nullptr;
  if (plan.hold) hold = plan.hold->id;
  nlohmann::ordered_json until = nullptr;
  if (plan.to_be_kept_until) until = format_time(*plan.to_be_kept_until);
  return {{"subject", plan.subject},   {"records", plan.records},
          {"findings", plan.findings}, {"disclosures", plan.disclosures},
          {"exhibits", plan.exhibits}, {"cases", plan.cases},
          {"reports", plan.reports},   {"drafts", plan.drafts},
          {"held_by", hold},           {"to_be_kept_until", until}};
}

int show_plan(Invocation& run, const EraseOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const Result<std::string> subject = named_subject(*stores->ledger, options.what);
  if (!subject) return fail_with(run, subject.error());
  const auto plan = plan_erasure(stores->paths, *stores->ledger, *subject, run.now());
  if (!plan) return fail_with(run, plan.error());
  if (options.act.json) {
    print_json(run, plan_json(*plan));
  } else {
    print_plan(run, *plan);
  }
  return code(ExitStatus::kOk);
}

int request_erasure(Invocation& run, const EraseOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  if (auto there = require_erasable(stores->paths.ledger); !there) {
    return fail_with(run, there.error());
  }
  const Result<std::string> subject = named_subject(*stores->ledger, options.what);
  if (!subject) return fail_with(run, subject.error());
  const std::string id = new_short_id("e-");
  status = hand_in_about(run, *stores, options.act, id, ErasureRequested{options.despite_retention},
                         {{"subject", *subject}, {"reason", options.reason}});
  return status == code(ExitStatus::kOk) ? tell_erasure(run, id, options.act.json) : status;
}

/// Carries out what is due by now. Of what has to wait, why, as an error. The caller holds the
/// lock.
Result<std::vector<DoneErasure>> carry_out(const StatePaths& paths, UtcTime now) {
  auto done = execute_erasures(paths, now, [] { return true; });
  if (!done) return tl::unexpected(done.error());
  if (done->waits) return tl::unexpected(*done->waits);
  return std::move(done->done);
}

/// The same, unless a daemon uses the state, which does it itself.
Result<void> erase_without_daemon(Invocation& run) {
  int status = 0;
  const std::optional<Config> config = config_with_ledger(run, status);
  if (!config) return {};
  const StatePaths paths = state_paths(*config);
  const Result<StateLock> lock = StateLock::take(paths.process_lock);
  if (!lock && lock.error().code == ErrorCode::kRefused) return {};
  if (!lock) return tl::unexpected(lock.error());
  const auto done = carry_out(paths, run.now());
  return done ? Result<void>() : tl::unexpected(done.error());
}

int approve_erasure(Invocation& run, const EraseOptions& options) {
  std::string id;
  {
    int status = 0;
    const auto opened = open_parties(run, status);
    if (!opened) return status;
    const auto& [stores, book] = *opened;
    const Result<const Erasure*> erasure = lookup_erasure(book, options.what);
    if (!erasure) return fail_with(run, erasure.error());
    id = (*erasure)->id;
    status = hand_in_about(run, *stores, options.act, id,
                           ErasureApproved{(*erasure)->request.index, !options.reject},
                           {{"reason", options.reason}});
    if (status != code(ExitStatus::kOk)) return status;
  }
  if (auto done = erase_without_daemon(run); !done) {
    run.err << "tidewaiter: not erased yet: " << printable(done.error().message) << '\n';
  }
  return tell_erasure(run, id, options.act.json);
}

int list_erasures(Invocation& run, const EraseOptions& options) {
  int status = 0;
  const auto opened = open_parties(run, status);
  if (!opened) return status;
  const auto& [stores, book] = *opened;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  TextTable table({{.header = "ERASURE"},
                   {.header = "SUBJECT", .folds = true},
                   {.header = "ASKED BY"},
                   {.header = "STATE", .folds = true}});
  for (const Erasure& erasure : book.erasures()) {
    list.push_back(erasure_json(*stores, book, erasure));
    table.add_row({{erasure.id},
                   {party_text(*stores, erasure.request)},
                   {erasure.request.act.act.by},
                   {erasure_words(erasure, book.hold_on(erasure.party) != nullptr)}});
  }
  if (options.act.json) {
    print_json(run, {{"erasures", list}});
  } else if (table.empty()) {
    run.out << "nobody has asked for an erasure\n";
  } else {
    run.out << table.render(run.terminal);
  }
  return code(ExitStatus::kOk);
}

nlohmann::ordered_json done_json(const DoneErasure& done) {
  nlohmann::ordered_json left = nullptr;
  if (!done.exhibits_left.empty()) left = done.exhibits_left;
  return {{"id", done.id},           {"entry", done.entry},       {"token", done.token},
          {"records", done.records}, {"findings", done.findings}, {"disclosures", done.disclosures},
          {"keys", done.keys},       {"words", done.words},       {"exhibits", done.exhibits},
          {"exhibits_left", left}};
}

int run_erasures(Invocation& run, const EraseOptions& options) {
  int status = 0;
  const std::optional<Config> config = config_with_ledger(run, status);
  if (!config) return status;
  const StatePaths paths = state_paths(*config);
  const Result<StateLock> lock = StateLock::take(paths.process_lock);
  if (!lock) return fail_with(run, lock.error());
  const auto done = carry_out(paths, run.now());
  if (!done) return fail_with(run, done.error());
  if (options.act.json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const DoneErasure& one : *done) list.push_back(done_json(one));
    print_json(run, {{"erased", list}});
    return code(ExitStatus::kOk);
  }
  for (const DoneErasure& one : *done) {
    run.out << one.id << " is executed, entry " << one.entry << ": "
            << counted(one.records, "record") << " written anew\n";
    if (one.exhibits_left.empty()) continue;
    run.out << "  what attempts to attach have left stays for the next one: "
            << printable(one.exhibits_left) << '\n';
  }
  if (done->empty()) run.out << "no erasure is to be carried out\n";
  return code(ExitStatus::kOk);
}

using EraseCommand = int (*)(Invocation&, const EraseOptions&);

void choose_erase(CLI::App& verb, Selection& selection,
                  const std::shared_ptr<EraseOptions>& options, EraseCommand command) {
  verb.callback([options, command, &selection] {
    selection.command = [options, command](Invocation& run) { return command(run, *options); };
  });
}

void add_erase_plan(CLI::App& parent, Selection& selection) {
  CLI::App* verb =
      add_verb(parent, "plan", "says what an erasure would destroy, and what speaks against it",
               "Prints how many records, findings and words are concerned, the hold that keeps the "
               "subject,\n"
               "and until when findings about it are to be kept. Changes nothing.",
               "  tidewaiter ledger erase plan account:gateway/17\n"
               "  tidewaiter ledger erase plan c-4f8e12ab --json");
  auto options = std::make_shared<EraseOptions>();
  verb->add_option("subject", options->what, "An id with its source, or the case about it")
      ->type_name("SUBJECT")
      ->required();
  add_json_flag(*verb, options->act.json);
  choose_erase(*verb, selection, options, show_plan);
}

void add_erase_request(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "request", "asks for the erasure of a subject",
      "Prints the erasure, which another person has to approve. Refused, with exit status 4 and "
      "an\n"
      "entry of the attempt, where a hold keeps the subject, and where findings about it are to "
      "be\n"
      "kept longer and --despite-retention is not said.",
      "  tidewaiter ledger erase request account:gateway/17 --as jo-ng --reason \"Letter of 3 "
      "May\"\n"
      "  tidewaiter ledger erase request c-4f8e12ab --despite-retention --as jo-ng --reason \"…\"");
  auto options = std::make_shared<EraseOptions>();
  verb->add_option("subject", options->what, "An id with its source, or the case about it")
      ->type_name("SUBJECT")
      ->required();
  verb->add_flag("--despite-retention", options->despite_retention,
                 "Findings about it are to be kept longer, and this is known");
  add_party_options(*verb, options->act, options->reason);
  choose_erase(*verb, selection, options, request_erasure);
}

void add_erase_opinion(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "approve", "approves another person's erasure, or rejects it",
      "Prints the erasure. One that is approved is carried out at once, by the daemon where one\n"
      "uses the state: it cannot be taken back. Exit status 4 if the rules refuse it.",
      "  tidewaiter ledger erase approve e-77d0 --as ada-byron --reason \"Checked the plan\"\n"
      "  tidewaiter ledger erase approve e-77d0 --reject --as ada-byron --reason \"Wrong "
      "account\"");
  auto options = std::make_shared<EraseOptions>();
  verb->add_option("erasure", options->what, "The erasure: its id, or how it begins")
      ->type_name("ERASURE")
      ->required();
  verb->add_flag("--reject", options->reject, "Reject it");
  add_party_options(*verb, options->act, options->reason);
  choose_erase(*verb, selection, options, approve_erasure);
}

void add_erase_list_and_run(CLI::App& parent, Selection& selection) {
  CLI::App* list =
      add_verb(parent, "list", "lists erasures",
               "Prints one row an erasure: its id, whom, who asked for it, and its state.",
               "  tidewaiter ledger erase list\n"
               "  tidewaiter ledger erase list --json");
  auto listed = std::make_shared<EraseOptions>();
  add_json_flag(*list, listed->act.json);
  choose_erase(*list, selection, listed, list_erasures);
  CLI::App* verb = add_verb(parent, "run", "carries out what was approved and is not executed",
                            "Prints what was executed, or why it could not be. Ends what an "
                            "interruption left half done.\n"
                            "The daemon must be stopped; it does the same when it starts.",
                            "  tidewaiter ledger erase run\n"
                            "  tidewaiter ledger erase run --json");
  auto options = std::make_shared<EraseOptions>();
  add_json_flag(*verb, options->act.json);
  choose_erase(*verb, selection, options, run_erasures);
}

}  // namespace

void add_ledger_erase(CLI::App& ledger, Selection& selection) {
  CLI::App* verb = add_verb(ledger, "erase", "destroys what is known of a subject, by two people",
                            "Proofs stay valid. docs/operations.md has the whole way.", "");
  verb->require_subcommand(1);
  add_erase_opinion(*verb, selection);
  add_erase_list_and_run(*verb, selection);
  add_erase_plan(*verb, selection);
  add_erase_request(*verb, selection);
}

}  // namespace tidewaiter
