#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/act_submission.h"
#include "daemon/cli/clearance_standing.h"
#include "daemon/cli/clearance_verbs.h"
#include "daemon/cli/finding_lookup.h"
#include "daemon/cli/stated_policy.h"
#include "daemon/cli/verbs.h"
#include "policies/language/cleared_policies.h"
#include "storage/ledger/short_id.h"

namespace tidewaiter {
namespace {

struct ClearanceOptions {
  ActOptions act;
  std::string clearance;  ///< how its id begins
  std::string finding;
  std::string party;  ///< LIST:ENTRY
  std::string name;   ///< of the account; empty: the only one that hits the party
  std::string reason;
  bool reject = false;
  bool json = false;
};

bool is_called(const FindingHit& hit, const std::string& party) {
  const std::string list = hit.hit.list + ":";
  if (!party.starts_with(list)) return false;
  const std::string entry = party.substr(list.size());
  return entry == hit.hit.party.name ||
         std::ranges::find(hit.hit.party.ids, entry) != hit.hit.party.ids.end();
}

/// What the finding could be cleared of, for whoever named something else.
std::string choices_text(const FindingHits& hits) {
  std::string text;
  for (const FindingHit& one : hits.hits) {
    if (one.hit.standing != HitStanding::kCounts) continue;
    const std::string choice =
        "`" + one.hit.reference() + "` (" + one.hit.party.name + "), by `" + one.hit.name + "`";
    if (text.find(choice) == std::string::npos) text += (text.empty() ? "" : "; ") + choice;
  }
  return text;
}

/// What all records that the finding shows have in common with the party: who clears has seen them.
std::vector<AgreedValue> agreed_by(const FindingHits& hits, const FindingHit& meant) {
  std::vector<AgreedValue> all;
  for (const FindingHit& one : hits.hits) {
    const bool is_it = one.source == meant.source && one.account == meant.account &&
                       party_digest(one.hit.party) == party_digest(meant.hit.party);
    if (!is_it) continue;
    all.insert(all.end(), one.agreed.begin(), one.agreed.end());
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

/// The one hit that is meant.
Result<FindingHit> hit_meant(const FindingHits& hits, const ClearanceOptions& options) {
  std::vector<const FindingHit*> meant;
  for (const FindingHit& one : hits.hits) {
    const bool is_named = options.name.empty() || one.hit.name == options.name;
    if (one.hit.standing != HitStanding::kCounts || !is_called(one, options.party)) continue;
    if (!is_named || one.account.empty()) continue;
    const bool is_known = std::ranges::any_of(meant, [&one](const FindingHit* other) {
      return other->source == one.source && other->account == one.account &&
             other->hit.field == one.hit.field &&
             cleared_name(other->hit.field, other->hit.name) ==
                 cleared_name(one.hit.field, one.hit.name) &&
             party_digest(other->hit.party) == party_digest(one.hit.party);
    });
    if (!is_known) meant.push_back(&one);
  }
  if (meant.size() == 1) return *meant.front();
  const std::string choices = choices_text(hits);
  if (meant.size() > 1) {
    return fail(ErrorCode::kNotFound,
                "several names or entries are meant by `" + options.party +
                    "`: say which with --name, or by the entry's id: " + choices);
  }
  if (choices.empty()) {
    return fail(ErrorCode::kNotFound,
                "the finding shows no hit that could be cleared" +
                    (hits.unknown.empty() ? std::string() : ": " + hits.unknown));
  }
  return fail(ErrorCode::kNotFound,
              "the finding shows no hit of `" + options.party + "`: it shows " + choices);
}

/// A clearance says something of the version that is in force alone.
Result<void> check_in_force(const Stores& stores, const FindingState& finding,
                            std::int64_t version) {
  const Result<PolicySet> set = set_in_force(*stores.records);
  if (!set) return tl::unexpected(set.error());
  const auto policy = std::ranges::find(set->policies, finding.policy, &Policy::id);
  if (policy != set->policies.end() && policy->version == version) return {};
  return fail(ErrorCode::kNotFound,
              "version " + std::to_string(version) + " of `" + finding.policy +
                  "`, which stated the finding, is not in force any more: clear what the one that "
                  "is finds");
}

/// What is signed.
struct ProposedClearance {
  Act act;
  Confidential words;
};

Result<ProposedClearance> propose_clearance(const Stores& stores, const ClearanceOptions& options) {
  const Result<FindingState> finding = find_finding(*stores.ledger, options.finding);
  if (!finding) return tl::unexpected(finding.error());
  const Result<StatedPolicy> policy = stated_policy(stores, *finding);
  if (!policy) return tl::unexpected(policy.error());
  const FindingHits hits = hits_of_finding(stores, *finding, *policy);
  if (!hits.asks || (policy->text && screening_of(*policy->text) == nullptr)) {
    return fail(ErrorCode::kNotFound, "`" + finding->policy +
                                          "` screens no names: what it found "
                                          "is decided by `tidewaiter case decide`");
  }
  const Result<FindingHit> hit = hit_meant(hits, options);
  if (!hit) return tl::unexpected(hit.error());
  if (auto same = check_in_force(stores, *finding, policy->version); !same) {
    return tl::unexpected(same.error());
  }
  ProposedClearance proposed;
  proposed.act.case_id = new_short_id("m-");
  proposed.act.body = NameCleared{finding->id, finding->policy, policy->version};
  const ClearedName cleared{hit->source,         hit->account,       hit->hit.field,
                            hit->hit.name,       hit->hit.list,      party_digest(hit->hit.party),
                            hit->hit.party.name, hit->hit.party.ids, agreed_by(hits, *hit)};
  proposed.words = clearance_words(cleared, options.reason);
  return proposed;
}

/// Tells what has become of a clearance.
int tell_clearance(Invocation& run, const std::string& id, bool json) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  Result<std::vector<WordedClearance>> all = worded_clearances(*stores);
  if (!all) return fail_with(run, all.error());
  const auto found = std::ranges::find_if(
      *all, [&id](const WordedClearance& one) { return one.clearance.id == id; });
  if (found == all->end()) return fail_with(run, ExitStatus::kUsage, "the clearance is gone");
  const Clearance& clearance = found->clearance;
  if (json) {
    print_json(run, {{"recorded", true}, {"clearance", clearance_json(*found, {})}});
    return code(ExitStatus::kOk);
  }
  run.out << "recorded   entry " << clearance.acts.back().index << '\n'
          << "clearance  " << clearance.id << ", " << clearance_state_text(*found, {}) << '\n'
          << "           " << printable(clearance_text(*found)) << '\n'
          << "           " << printable(known_agreement(*found)) << '\n';
  if (clearance.state == ClearanceState::kProposed) {
    run.out << "next       another person: `tidewaiter clearance show " << clearance.id
            << "` has what they type\n";
  } else {
    run.out
        << "next       the daemon follows it at its next turn, or `tidewaiter run --once` does\n";
  }
  return code(ExitStatus::kOk);
}

int add(Invocation& run, const ClearanceOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores_with_records(run, status);
  if (stores == nullptr) return status;
  Result<ProposedClearance> proposed = propose_clearance(*stores, options);
  if (!proposed) return fail_with(run, proposed.error());
  const std::string id = proposed->act.case_id;
  status = hand_in(run, *stores, options.act, std::move(proposed->act), proposed->words, true);
  return status != 0 ? status : tell_clearance(run, id, options.act.json);
}

/// Lifts a clearance, or gives another person's word on it.
int act_about(Invocation& run, const ClearanceOptions& options, bool approves) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const Result<ClearanceBook> book = ClearanceBook::read(*stores->ledger);
  if (!book) return fail_with(run, book.error());
  const Result<const Clearance*> found = book->lookup(options.clearance);
  if (!found) return fail_with(run, found.error());
  Act act;
  act.case_id = (*found)->id;
  act.body = ClearanceLifted{};
  if (approves) act.body = ClearanceApproved{(*found)->given.index, !options.reject};
  const std::string id = act.case_id;
  status = hand_in(run, *stores, options.act, std::move(act), {{"reason", options.reason}}, true);
  return status != 0 ? status : tell_clearance(run, id, options.act.json);
}

/// All of them, or the one that is named.
int show(Invocation& run, const ClearanceOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  Result<std::vector<WordedClearance>> all = worded_clearances(*stores);
  if (!all) return fail_with(run, all.error());
  if (!options.clearance.empty()) {
    const Result<ClearanceBook> book = ClearanceBook::read(*stores->ledger);
    if (!book) return fail_with(run, book.error());
    const Result<const Clearance*> found = book->lookup(options.clearance);
    if (!found) return fail_with(run, found.error());
    std::erase_if(
        *all, [&found](const WordedClearance& one) { return one.clearance.id != (*found)->id; });
  }
  const auto standings = clearance_standings(run, *stores, *all);
  if (!standings) return fail_with(run, standings.error());
  const bool one = !options.clearance.empty();
  if (options.json) {
    auto list = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < all->size(); ++i) {
      list.push_back(clearance_json((*all)[i], (*standings)[i]));
    }
    print_json(run, one ? list.front() : nlohmann::ordered_json{{"clearances", std::move(list)}});
  } else if (one) {
    run.out << clearance_page(all->front(), standings->front(), run.terminal);
  } else if (all->empty()) {
    run.out << "nobody has cleared a name: `tidewaiter clearance add` does\n";
  } else {
    run.out << clearances_table(*all, *standings).render(run.terminal);
  }
  return tell_damage(run, *all);
}

void add_reason_option(CLI::App& verb, ClearanceOptions& options) {
  verb.add_option("--reason", options.reason, "Why; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  add_act_options(verb, options.act, false);
}

void add_clearance_argument(CLI::App& verb, ClearanceOptions& options) {
  verb.add_option("clearance", options.clearance, "The clearance: its id, or how it begins")
      ->type_name("CLEARANCE")
      ->required();
}

void add_clearance_add(CLI::App& clearance, Selection& selection) {
  CLI::App* verb = add_verb(
      clearance, "add", "says that an account's name is not a listed party that it hits",
      "Prints what has become of the clearance, which it signs. From then on this name of this\n"
      "account does not hit this entry of this list under this policy, until the name, the entry\n"
      "or the policy's version changes, a country or identifier comes to agree that did not, or\n"
      "somebody lifts it; what else it hits stays found. It waits for a second person where a\n"
      "decision about the finding would. Exit status 4 if the rules refuse it.",
      "  tidewaiter clearance add --finding 4f8e12ab --party ofac:306 --as jo-ng --reason \"Born "
      "in another year\"");
  auto options = std::make_shared<ClearanceOptions>();
  verb->add_option("--finding", options->finding, "The finding that shows the hit")
      ->type_name("ID")
      ->required();
  verb->add_option("--party", options->party, "The entry, as `finding show` names it")
      ->type_name("LIST:ENTRY")
      ->required();
  verb->add_option("--name", options->name, "Which name of the account, if several hit the entry")
      ->type_name("TEXT");
  add_reason_option(*verb, *options);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return add(run, *options); };
  });
}

void add_clearance_approve(CLI::App& clearance, Selection& selection) {
  CLI::App* verb = add_verb(
      clearance, "approve", "approves another person's clearance, or rejects it",
      "Prints what has become of the clearance. Nobody approves what they cleared themselves, nor\n"
      "what has more than they have seen. Exit status 4 if the rules refuse it.",
      "  tidewaiter clearance approve m-4f8e12ab --seen 20 --as ada-byron --reason \"Agreed\"\n"
      "  tidewaiter clearance approve m-4f8e12ab --reject --seen 20 --as ada-byron --reason "
      "\"No\"");
  auto options = std::make_shared<ClearanceOptions>();
  add_clearance_argument(*verb, *options);
  verb->add_flag("--reject", options->reject, "Reject it");
  add_number(*verb, "--seen", options->act.seen, 0,
             "What `clearance show` gave as seen: refused if the clearance has more by now")
      ->required();
  add_reason_option(*verb, *options);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return act_about(run, *options, true); };
  });
}

void add_clearance_lift(CLI::App& clearance, Selection& selection) {
  CLI::App* verb = add_verb(
      clearance, "lift", "takes a clearance back",
      "Prints what has become of the clearance. What it cleared is found again. One person lifts\n"
      "it; one that waits for a second person is lifted by whoever proposed it. Exit status 4 if\n"
      "the rules refuse it.",
      "  tidewaiter clearance lift m-4f8e12ab --as jo-ng --reason \"It is him after all\"");
  auto options = std::make_shared<ClearanceOptions>();
  add_clearance_argument(*verb, *options);
  add_reason_option(*verb, *options);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return act_about(run, *options, false); };
  });
}

void add_clearance_list(CLI::App& clearance, Selection& selection) {
  CLI::App* list = add_verb(
      clearance, "list", "lists what people have cleared, and what has ended that",
      "Prints one row a clearance: its id, whether it clears, awaits a second person, was lifted\n"
      "or has ended, and by which of the four, whose name is not whom, under which policy, by\n"
      "whom and when. Stored history is read for what accounts are called now. Of one whose words\n"
      "are damaged it says so, and tells which at the end, with exit status 4.",
      "  tidewaiter clearance list\n"
      "  tidewaiter clearance list --json | jq '.clearances[] | select(.ended_by != null)'");
  auto options = std::make_shared<ClearanceOptions>();
  add_json_flag(*list, options->json);
  list->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return show(run, *options); };
  });
  CLI::App* verb = add_verb(clearance, "show", "shows one clearance, and every act about it",
                            "Prints where it stands, whose name is not whom, each act about it "
                            "with its reason, and what\n"
                            "another person types where one is awaited.",
                            "  tidewaiter clearance show m-4f8e12ab");
  auto one = std::make_shared<ClearanceOptions>();
  add_clearance_argument(*verb, *one);
  add_json_flag(*verb, one->json);
  verb->callback([one, &selection] {
    selection.command = [one](Invocation& run) { return show(run, *one); };
  });
}

}  // namespace

void add_clearance(CLI::App& app, Selection& selection) {
  CLI::App* verb =
      add_verb(app, "clearance", "clears names of listed parties that they are not",
               "A clearance holds until the name, the entry or the policy's version changes.", "");
  verb->require_subcommand(1);
  add_clearance_add(*verb, selection);
  add_clearance_approve(*verb, selection);
  add_clearance_lift(*verb, selection);
  add_clearance_list(*verb, selection);
}

}  // namespace tidewaiter
