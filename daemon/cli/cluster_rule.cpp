#include "daemon/cli/cluster_rule.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/act_submission.h"
#include "daemon/cli/cluster_outlook.h"
#include "daemon/cli/confirmation.h"
#include "daemon/cli/link_report.h"
#include "daemon/cli/ruling_text.h"
#include "daemon/cli/stored_clusters.h"
#include "policies/model/did_you_mean.h"
#include "storage/ledger/short_id.h"
#include "storage/review/ruling_words.h"

namespace tidewaiter {
namespace {

struct RuleOptions {
  ActOptions act;
  std::string account;
  std::string other;            ///< whom to join; or whose common values to cut the account off
  std::vector<std::string> by;  ///< FIELD=VALUE
  bool all = false;
  std::string ruling;
  bool reject = false;
  std::string reason;
  bool dry_run = false;
  bool yes = false;
};

/// What is to be signed: an act without who and when, its words, and what the log would be told.
struct ProposedRuling {
  Act act;
  Confidential words;
  LinkRuled ruled;
  bool takes_effect = true;  ///< false: a rejection, which changes nothing
};

/// What a verb is about, once the stores are open and the history is linked.
struct Ground {
  const Stores& stores;
  StoredClusters& stored;
};
using Propose = std::function<Result<ProposedRuling>(const Ground&)>;

RuledAccount ruled_as(const LinkedAccount& account) { return {account.source, account.name}; }

/// The value that `FIELD=VALUE` names, of a field that links.
Result<RuledValue> value_named(const Linkage& linkage, const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || equals + 1 == word.size()) {
    return fail(ErrorCode::kInvalidInput,
                "expected FIELD=VALUE, such as devices=d-7, got `" + word + "`");
  }
  const std::string name = word.substr(0, equals);
  std::vector<std::string_view> names;
  for (const Link& link : linkage.links) {
    if (field(link.field).name == name) return RuledValue{link.field, word.substr(equals + 1)};
    names.push_back(field(link.field).name);
  }
  const auto near = did_you_mean(name, names);
  return fail(ErrorCode::kInvalidInput,
              "`" + name + "` links no accounts: " +
                  (near ? "did you mean `" + *near + "`?" : linkage_text(linkage) + " does"));
}

/// The values that link an account with others of its cluster now.
std::vector<RuledValue> linking_values(const ClusterEvidence& evidence,
                                       const LinkedAccount& account) {
  std::vector<RuledValue> values;
  for (const SharedValue& shared : evidence.values) {
    const bool is_cut =
        std::ranges::find(shared.cut, account, &CutHolding::account) != shared.cut.end();
    if (shared.standing != EvidenceStanding::kWeighs || is_cut) continue;
    if (std::ranges::binary_search(shared.value.accounts, account)) {
      values.push_back({shared.value.field, shared.value.text});
    }
  }
  return values;
}

/// The values that are evidence for two accounts: not what both have, but each in another period,
/// for off that the one may be linked with a third.
std::vector<RuledValue> values_between(const Linker& linker, const LinkedAccount& account,
                                       const LinkedAccount& other) {
  std::vector<RuledValue> values;
  for (const CommonValue& common : linker.evidence_between(account, other)) {
    RuledValue value{common.field, common.text};
    // A field that several links name is one value of a ruling.
    if (values.empty() || values.back() != value) values.push_back(std::move(value));
  }
  return values;
}

Result<std::vector<RuledValue>> values_to_cut(const Ground& ground, const LinkedAccount& account,
                                              const RuleOptions& options) {
  const LinkedHistory& history = ground.stored.history;
  std::vector<RuledValue> values;
  for (const std::string& word : options.by) {
    Result<RuledValue> value = value_named(history.chosen.linkage, word);
    if (!value) return tl::unexpected(value.error());
    values.push_back(*std::move(value));
  }
  if (!options.by.empty()) return values;
  std::optional<LinkedAccount> other;
  if (!options.other.empty()) {
    Result<LinkedAccount> meant = account_meant(history.named, options.other);
    if (!meant) return tl::unexpected(meant.error());
    other = *std::move(meant);
  } else if (!options.all) {
    return fail(ErrorCode::kInvalidInput,
                "say what to cut it off: --by FIELD=VALUE, --from ACCOUNT for what it has in "
                "common with that one, or --all");
  }
  values = other ? values_between(history.linker, account, *other)
                 : linking_values(history.linker.evidence_around(account), account);
  if (!values.empty()) return values;
  if (other && !history.linker.in_step(account, *other).empty()) {
    return fail(ErrorCode::kNotFound,
                "`" + name_of(account) + "` and `" + name_of(*other) +
                    "` act in step, and a ruling cuts accounts off values alone: give the "
                    "lockstep link less weight than the threshold, or exempt the account");
  }
  return fail(ErrorCode::kNotFound,
              "`" + name_of(account) + "` has nothing that links it to " +
                  (other ? "`" + name_of(*other) + "`: `tidewaiter cluster show " +
                               name_of(account) + " --path` shows the way between them"
                         : "anybody"));
}

Result<ProposedRuling> propose_cut(const Ground& ground, const RuleOptions& options) {
  const Result<LinkedAccount> account = account_meant(ground.stored.history.named, options.account);
  if (!account) return tl::unexpected(account.error());
  Result<std::vector<RuledValue>> values = values_to_cut(ground, *account, options);
  if (!values) return tl::unexpected(values.error());
  ProposedRuling proposed;
  proposed.act.case_id = new_short_id("k-");
  proposed.act.body = LinkCut{static_cast<std::int64_t>(values->size())};
  proposed.ruled = {proposed.act.case_id, {}, {ruled_as(*account)}, *std::move(values)};
  proposed.words = ruling_words(proposed.ruled, options.reason);
  return proposed;
}

Result<ProposedRuling> propose_joint(const Ground& ground, const RuleOptions& options) {
  ProposedRuling proposed;
  proposed.act.case_id = new_short_id("k-");
  proposed.act.body = LinkJoined{};
  proposed.ruled.ruling = proposed.act.case_id;
  for (const std::string& word : {options.account, options.other}) {
    const Result<LinkedAccount> account = account_meant(ground.stored.history.named, word);
    if (!account) return tl::unexpected(account.error());
    proposed.ruled.accounts.push_back(ruled_as(*account));
  }
  if (proposed.ruled.accounts[0] == proposed.ruled.accounts[1]) {
    return fail(ErrorCode::kInvalidInput, "an account is not joined with itself");
  }
  proposed.words = ruling_words(proposed.ruled, options.reason);
  return proposed;
}

/// What is done about a ruling that is there. Without words of it nobody can tell what would
/// change.
Result<ProposedRuling> propose_about(const Ground& ground, const RuleOptions& options,
                                     bool approves) {
  const Result<RulingBook> book = RulingBook::read(*ground.stores.ledger);
  if (!book) return tl::unexpected(book.error());
  const Result<const Ruling*> found = book->lookup(options.ruling);
  if (!found) return tl::unexpected(found.error());
  const Ruling& ruling = **found;
  const Result<WordedRuling> words = worded(ground.stores.paths.folder, ruling);
  if (!words) return tl::unexpected(words.error());
  ProposedRuling proposed;
  proposed.act.case_id = ruling.id;
  proposed.words = {{"reason", options.reason}};
  proposed.ruled = {ruling.id, {}, {}, {}};
  if (!approves) {
    proposed.act.body = RulingLifted{};
    return proposed;
  }
  // Where nothing waits the rules refuse it, and the ledger has the attempt.
  proposed.act.body = RulingApproved{ruling.pending ? ruling.pending->index : 0, !options.reject};
  proposed.takes_effect = !options.reject;
  const bool lifts =
      ruling.pending && std::holds_alternative<RulingLifted>(ruling.pending->act.act.body);
  if (lifts || options.reject) return proposed;
  if (ruling.pending && !words->ruled) {
    return fail(ErrorCode::kNotFound, "the words of `" + ruling.id +
                                          "` are erased: nobody can tell what it would change");
  }
  if (words->ruled) proposed.ruled = *words->ruled;
  return proposed;
}

/// Tells what has become of the ruling.
int tell_ruling(Invocation& run, const std::string& id, const std::optional<RulingOutlook>& outlook,
                bool json) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const Result<RulingBook> book = RulingBook::read(*stores->ledger);
  if (!book) return fail_with(run, book.error());
  const Ruling* const ruling = book->find(id);
  if (ruling == nullptr) return fail_with(run, ExitStatus::kUsage, "the ruling is gone");
  const Result<WordedRuling> words = worded(stores->paths.folder, *ruling);
  if (!words) return fail_with(run, words.error());
  if (json) {
    nlohmann::ordered_json document = {{"recorded", true}, {"ruling", ruling_json(*words)}};
    if (outlook) document["outlook"] = outlook_json(*outlook);
    print_json(run, document);
    return code(ExitStatus::kOk);
  }
  run.out << "recorded  entry " << ruling->acts.back().index << '\n'
          << "ruling    " << ruling->id << ", " << ruling_state_text(*ruling) << '\n';
  if (ruling->pending) {
    run.out << "next      another person: `tidewaiter cluster rulings " << ruling->id
            << "` has what they type\n";
  } else {
    run.out
        << "next      the daemon follows it at its next turn, or `tidewaiter run --once` does\n";
  }
  return code(ExitStatus::kOk);
}

/// Shows what would change, asks, and signs.
int rule(Invocation& run, const RuleOptions& options, const Propose& propose) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores_with_records(run, status);
  if (stores == nullptr) return status;
  Result<std::unique_ptr<StoredClusters>> stored = stored_clusters(run, *stores);
  if (!stored) return fail_with(run, stored.error());
  Result<ProposedRuling> proposed = propose({*stores, **stored});
  if (!proposed) return fail_with_words(run, proposed.error());
  std::optional<RulingOutlook> outlook;
  if (proposed->takes_effect) {
    Result<RulingOutlook> seen = ruling_outlook(run, *stores, **stored, proposed->ruled);
    if (!seen) return fail_with(run, seen.error());
    outlook = *std::move(seen);
  }
  if (outlook && !options.act.json) run.out << outlook_text(*outlook, run.terminal);
  const bool asks = !options.act.json && somebody_is_there(run.terminal);
  Confirmation answer = Confirmation::kYes;
  if (options.dry_run) {
    answer = Confirmation::kNo;
  } else if (!options.yes) {
    answer = confirm(run, std::cin, asks, "Sign it?");
  }
  if (answer != Confirmation::kYes) {
    if (options.act.json) {
      nlohmann::ordered_json document = {{"recorded", false}, {"ruling", nullptr}};
      if (outlook) document["outlook"] = outlook_json(*outlook);
      print_json(run, document);
    } else if (answer == Confirmation::kNobodyAsked) {
      run.err << "nothing was signed: nobody is there to be asked; --yes says so\n";
    }
    return code(options.dry_run ? ExitStatus::kOk : ExitStatus::kCheckFailed);
  }
  const std::string id = proposed->act.case_id;
  status = hand_in(run, *stores, options.act, std::move(proposed->act), proposed->words, true);
  return status != 0 ? status : tell_ruling(run, id, outlook, options.act.json);
}

void add_rule_options(CLI::App& verb, RuleOptions& options) {
  verb.add_option("--reason", options.reason, "Why; no outsider reads it")
      ->type_name("TEXT")
      ->required();
  add_act_options(verb, options.act, false);
  CLI::Option* dry =
      verb.add_flag("--dry-run", options.dry_run, "Only show what would change; nothing is signed");
  verb.add_flag("--yes", options.yes, "Sign without asking")->excludes(dry);
}

void add_ruling_argument(CLI::App& verb, RuleOptions& options) {
  verb.add_option("ruling", options.ruling, "The ruling: its id, or how it begins")
      ->type_name("RULING")
      ->required();
}

}  // namespace

void add_cluster_cut(CLI::App& cluster, Selection& selection) {
  CLI::App* verb = add_verb(
      cluster, "cut", "rules that values which an account has are no evidence for it",
      "Prints which clusters would change, and which findings would be withdrawn, restated or\n"
      "opened; asks; signs the ruling, and says what has become of it. From then on the account\n"
      "is linked to nobody by these values, whatever comes and came when; by other values, also\n"
      "ones that it gets later, it is. Others that have the values stay linked by them, and by no\n"
      "more than before. It waits for a second person while a finding of severity high or\n"
      "critical stands about a cluster. Exit status 1 if nobody said yes, 4 if the rules refuse\n"
      "it.",
      "  tidewaiter cluster cut gateway/a-3 --by devices=d-7 --as jo-ng --reason \"A shop's "
      "terminal\" --dry-run\n"
      "  tidewaiter cluster cut a-3 --from b-4 --as jo-ng --reason \"Two flat mates\"");
  auto options = std::make_shared<RuleOptions>();
  verb->add_option("account", options->account, "Whom to cut off")
      ->type_name("ACCOUNT")
      ->required();
  CLI::Option* by = verb->add_option("--by", options->by, "Off this value; may be repeated")
                        ->type_name("FIELD=VALUE")
                        ->allow_extra_args(false);
  CLI::Option* from =
      verb->add_option("--from", options->other,
                       "Off every value that links it to this account, towards everybody")
          ->type_name("ACCOUNT")
          ->excludes(by);
  verb->add_flag("--all", options->all, "Off every value that links it to anybody now")
      ->excludes(by)
      ->excludes(from);
  add_rule_options(*verb, *options);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) {
      return rule(run, *options,
                  [&](const Ground& ground) { return propose_cut(ground, *options); });
    };
  });
}

void add_cluster_join(CLI::App& cluster, Selection& selection) {
  CLI::App* verb = add_verb(
      cluster, "join", "rules that two accounts belong together",
      "Prints which clusters would change, and which findings would be withdrawn, restated or\n"
      "opened; asks; signs the ruling, and says what has become of it. From then on the two are\n"
      "linked, whatever they have in common. It waits for a second person while a finding of\n"
      "severity high or critical stands about a cluster. Exit status 1 if nobody said yes, 4 if\n"
      "the rules refuse it.",
      "  tidewaiter cluster join gateway/a-3 gateway/b-4 --as jo-ng --reason \"One signed for "
      "both\"");
  auto options = std::make_shared<RuleOptions>();
  verb->add_option("account", options->account, "One of them")->type_name("ACCOUNT")->required();
  verb->add_option("other", options->other, "The other one")->type_name("ACCOUNT")->required();
  add_rule_options(*verb, *options);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) {
      return rule(run, *options,
                  [&](const Ground& ground) { return propose_joint(ground, *options); });
    };
  });
}

void add_cluster_lift(CLI::App& cluster, Selection& selection) {
  CLI::App* verb = add_verb(
      cluster, "lift", "takes a ruling on links back",
      "Prints what would change, asks, signs, and says what has become of the ruling. It waits\n"
      "for a second person as a ruling does. Exit status 1 if nobody said yes, 4 if the rules\n"
      "refuse it.",
      "  tidewaiter cluster lift k-4f8e12ab --as jo-ng --reason \"It was another shop\"");
  auto options = std::make_shared<RuleOptions>();
  add_ruling_argument(*verb, *options);
  add_rule_options(*verb, *options);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) {
      return rule(run, *options,
                  [&](const Ground& ground) { return propose_about(ground, *options, false); });
    };
  });
}

void add_cluster_approve(CLI::App& cluster, Selection& selection) {
  CLI::App* verb = add_verb(
      cluster, "approve", "approves another person's ruling on links, or rejects it",
      "Prints what would change, asks, signs, and says what has become of the ruling. Nobody\n"
      "approves what they ruled themselves, nor what has more than they have seen. Exit status 1\n"
      "if nobody said yes, 4 if the rules refuse it.",
      "  tidewaiter cluster approve k-4f8e12ab --seen 20 --as ada-byron --reason \"Agreed\"\n"
      "  tidewaiter cluster approve k-4f8e12ab --reject --seen 20 --as ada-byron --reason \"No\"");
  auto options = std::make_shared<RuleOptions>();
  add_ruling_argument(*verb, *options);
  verb->add_flag("--reject", options->reject, "Reject it");
  add_number(*verb, "--seen", options->act.seen, 0,
             "What `cluster rulings` gave as seen: refused if the ruling has more by now")
      ->required();
  add_rule_options(*verb, *options);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) {
      return rule(run, *options,
                  [&](const Ground& ground) { return propose_about(ground, *options, true); });
    };
  });
}

}  // namespace tidewaiter
