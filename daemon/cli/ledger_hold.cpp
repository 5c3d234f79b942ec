#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/ledger_parties.h"
#include "daemon/cli/text_table.h"
#include "storage/ledger/short_id.h"

namespace tidewaiter {
namespace {

struct HoldOptions {
  ActOptions act;
  std::string what;  ///< a subject, or a hold
  std::string reason;
  bool reject = false;
  bool all = false;
};

std::string hold_words(const Hold& hold) {
  if (hold.state == HoldState::kAsked) return "keeps already; another person has to approve it";
  if (hold.state == HoldState::kReleaseAsked) {
    return "keeps; another person has to approve its release";
  }
  if (hold.state == HoldState::kStands) return "stands";
  return std::string(hold_state_name(hold.state)) + ": keeps nobody";
}

nlohmann::ordered_json hold_json(const Stores& stores, const Hold& hold) {
  nlohmann::ordered_json acts = nlohmann::ordered_json::array();
  for (const RecordedAct& act : hold.acts) {
    acts.push_back({{"entry", act.index},
                    {"type", std::string(act_type(act.act.act))},
                    {"by", act.act.act.by}});
  }
  return {{"id", hold.id},
          {"subject", party_text(stores, hold.placed)},
          {"state", std::string(hold_state_name(hold.state))},
          {"keeps", hold.keeps()},
          {"entry", hold.placed.index},
          {"by", hold.placed.act.act.by},
          {"acts", acts}};
}

/// The hold as the ledger has it now.
int tell_hold(Invocation& run, const std::string& id, bool json) {
  int status = 0;
  const auto opened = open_parties(run, status);
  if (!opened) return status;
  const auto& [stores, book] = *opened;
  const Hold* const hold = book.hold(id);
  if (hold == nullptr) {
    return fail_with(run, ExitStatus::kUnavailable, "the ledger does not have the hold yet");
  }
  if (json) {
    print_json(run, {{"hold", hold_json(*stores, *hold)}});
    return code(ExitStatus::kOk);
  }
  run.out << "hold      " << hold->id << " on " << printable(party_text(*stores, hold->placed))
          << ": " << hold_words(*hold) << '\n';
  if (hold->waits() != nullptr) {
    run.out << "next      another person: `tidewaiter ledger hold approve " << hold->id
            << " --as HANDLE --reason TEXT`\n";
  }
  return code(ExitStatus::kOk);
}

int place_hold(Invocation& run, const HoldOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const Result<std::string> subject = named_subject(*stores->ledger, options.what);
  if (!subject) return fail_with(run, subject.error());
  const std::string id = new_short_id("h-");
  status = hand_in_about(run, *stores, options.act, id, HoldPlaced{},
                         {{"subject", *subject}, {"reason", options.reason}});
  return status == code(ExitStatus::kOk) ? tell_hold(run, id, options.act.json) : status;
}

/// An act about a hold that is there.
int act_on_hold(Invocation& run, const HoldOptions& options, bool release) {
  int status = 0;
  const auto opened = open_parties(run, status);
  if (!opened) return status;
  const auto& [stores, book] = *opened;
  const Result<const Hold*> hold = lookup_hold(book, options.what);
  if (!hold) return fail_with(run, hold.error());
  // Where nothing waits the rules refuse it, and the ledger has the attempt.
  const RecordedAct* const waits = (*hold)->waits();
  ActBody body = HoldReleased{(*hold)->placed.index};
  if (!release) body = HoldApproved{waits != nullptr ? waits->index : 0, !options.reject};
  const std::string id = (*hold)->id;
  status =
      hand_in_about(run, *stores, options.act, id, std::move(body), {{"reason", options.reason}});
  return status == code(ExitStatus::kOk) ? tell_hold(run, id, options.act.json) : status;
}

int list_holds(Invocation& run, const HoldOptions& options) {
  int status = 0;
  const auto opened = open_parties(run, status);
  if (!opened) return status;
  const auto& [stores, book] = *opened;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  TextTable table({{.header = "HOLD"},
                   {.header = "SUBJECT", .folds = true},
                   {.header = "PLACED BY"},
                   {.header = "STATE", .folds = true}});
  for (const Hold& hold : book.holds()) {
    if (!options.all && !hold.keeps()) continue;
    list.push_back(hold_json(*stores, hold));
    table.add_row({{hold.id},
                   {party_text(*stores, hold.placed)},
                   {hold.placed.act.act.by},
                   {hold_words(hold)}});
  }
  if (options.act.json) {
    print_json(run, {{"holds", list}});
  } else if (table.empty()) {
    run.out << "no hold keeps anybody\n";
  } else {
    run.out << table.render(run.terminal);
  }
  return code(ExitStatus::kOk);
}

void add_hold_place(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "place", "keeps what is known of a subject, whatever else is asked for",
      "Prints the hold. It keeps from now on; another person approves it, or rejects it. SUBJECT\n"
      "is an id with its source, or the case that is about it.",
      "  tidewaiter ledger hold place account:gateway/17 --as jo-ng --reason \"Subpoena 26-114\"\n"
      "  tidewaiter ledger hold place c-4f8e12ab --as jo-ng --reason \"Subpoena 26-114\"");
  auto options = std::make_shared<HoldOptions>();
  verb->add_option("subject", options->what, "Whom it keeps")->type_name("SUBJECT")->required();
  add_party_options(*verb, options->act, options->reason);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return place_hold(run, *options); };
  });
}

void add_hold_opinion(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "approve", "approves another person's hold or its release, or rejects it",
      "Prints the hold. Nobody approves what they asked for themselves. A hold that is rejected\n"
      "keeps nobody; where the release is rejected it stands. Exit status 4 if the rules refuse.",
      "  tidewaiter ledger hold approve h-0c41 --as ada-byron --reason \"Seen the subpoena\"\n"
      "  tidewaiter ledger hold approve h-0c41 --reject --as ada-byron --reason \"Another "
      "account\"");
  auto options = std::make_shared<HoldOptions>();
  verb->add_option("hold", options->what, "The hold: its id, or how it begins")
      ->type_name("HOLD")
      ->required();
  verb->add_flag("--reject", options->reject, "Reject what waits");
  add_party_options(*verb, options->act, options->reason);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return act_on_hold(run, *options, false); };
  });
}

void add_hold_release(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "release", "asks to end a hold",
      "Prints the hold, which keeps until another person has approved its release.",
      "  tidewaiter ledger hold release h-0c41 --as jo-ng --reason \"The matter is closed\"");
  auto options = std::make_shared<HoldOptions>();
  verb->add_option("hold", options->what, "The hold: its id, or how it begins")
      ->type_name("HOLD")
      ->required();
  add_party_options(*verb, options->act, options->reason);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return act_on_hold(run, *options, true); };
  });
}

void add_hold_list(CLI::App& parent, Selection& selection) {
  CLI::App* verb = add_verb(
      parent, "list", "lists holds",
      "Prints one row a hold that keeps somebody: its id, whom, who placed it, and its state.",
      "  tidewaiter ledger hold list\n"
      "  tidewaiter ledger hold list --all --json");
  auto options = std::make_shared<HoldOptions>();
  verb->add_flag("--all", options->all, "Also those that were rejected or released");
  add_json_flag(*verb, options->act.json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return list_holds(run, *options); };
  });
}

}  // namespace

void add_ledger_hold(CLI::App& ledger, Selection& selection) {
  CLI::App* verb =
      add_verb(ledger, "hold", "keeps what is known of a subject, by two people",
               "A hold outranks an erasure. docs/operations.md has the whole way.", "");
  verb->require_subcommand(1);
  add_hold_opinion(*verb, selection);
  add_hold_list(*verb, selection);
  add_hold_place(*verb, selection);
  add_hold_release(*verb, selection);
}

}  // namespace tidewaiter
