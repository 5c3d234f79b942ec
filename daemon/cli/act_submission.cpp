#include "daemon/cli/act_submission.h"

#include <chrono>
#include <functional>
#include <memory>
#include <ostream>
#include <thread>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/app/sealed_act.h"
#include "daemon/cli/act_recording.h"
#include "daemon/cli/case_text.h"
#include "daemon/cli/counted_act.h"
#include "daemon/cli/masked_case.h"
#include "daemon/cli/sealed_submission.h"

namespace tidewaiter {
namespace {

/// A daemon looks for acts at each turn, at least every ten seconds.
constexpr std::chrono::seconds kPatience{25};
constexpr std::chrono::milliseconds kBetweenLooks{100};

/// Who acts: a wrong password is an attempt at this act.
Result<const ActingPerson*> who_signs(const Invocation& run, const Stores& stores,
                                      const ActOptions& options, const Act& act) {
  return acting_person(run, stores, options, {std::string(act_type(act)), act.case_id, {}});
}

/// What has become of an act that was handed in. One that is nowhere any more was taken in, and an
/// erasure that it allowed has ended with its words.
Result<ActStanding> standing_of(const Stores& stores, const Digest& act) {
  Result<ActStanding> standing = act_standing(stores.paths.folder, act);
  if (standing || standing.error().code != ErrorCode::kNotFound) return standing;
  return ActStanding{ActFate::kTaken, {}};
}

using Deadline = std::chrono::steady_clock::time_point;

/// Whoever holds the lock takes the act in, or lets it go: then it is taken in here. Looks once
/// after `until`.
Result<ActStanding> wait_for(const Stores& stores, const Digest& act,
                             const std::function<UtcTime()>& now, Deadline until) {
  for (;;) {
    Result<ActStanding> standing = standing_of(stores, act);
    if (!standing || standing->fate != ActFate::kWaits) return standing;
    if (std::chrono::steady_clock::now() > until) return standing;
    std::this_thread::sleep_for(kBetweenLooks);
    if (const Result<bool> taken = record_handed_in(stores, now()); !taken) {
      return tl::unexpected(taken.error());
    }
  }
}

/// What has been handed in is recorded sooner or later, whatever went wrong then.
tl::unexpected<Error> after_handing_in(Error error, std::size_t done, std::size_t all) {
  error.message =
      std::to_string(done) + " of " + std::to_string(all) +
      " acts are handed in, and recorded now or at the daemon's next turn: " + error.message;
  return tl::unexpected(std::move(error));
}

/// The act's entry in its case.
const RecordedAct* entry_of(const Case& c, const Digest& digest) {
  for (const RecordedAct& act : c.acts) {
    const Result<Digest> its = act_digest(act.act.act);
    if (its && *its == digest) return &act;
  }
  return nullptr;
}

/// The case that an act has split off; null where it is another act.
const Case* split_off_by(const CaseBook& book, const RecordedAct* act) {
  const auto* const split = act != nullptr ? std::get_if<CaseSplit>(&act->act.act.body) : nullptr;
  return split != nullptr ? book.find(split->into) : nullptr;
}

void print_counts(Invocation& run, std::span<const DeedCounts> counts) {
  for (const DeedCounts& one : counts) {
    run.out << one.name << ": " << printable(deed_counts_text(one.counts)) << '\n';
  }
}

void add_counts(nlohmann::ordered_json& document, std::span<const DeedCounts> counts) {
  for (const DeedCounts& one : counts) document[one.name] = one.counts;
}

/// What has become of a case, after the act about it.
int tell_recorded(Invocation& run, const Digest& digest, const std::string& case_id, bool json,
                  std::span<const DeedCounts> counts) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kMasked);
  if (stores == nullptr) return status;
  const Result<CaseBook> book = CaseBook::read(*stores->ledger);
  if (!book) return fail_with(run, book.error());
  const Result<ReportBook> reports = ReportBook::read(*stores->ledger);
  if (!reports) return fail_with(run, reports.error());
  const CaseClocks clocks(*book, *reports);
  const Case* const c = book->find(case_id);
  if (c == nullptr) return fail_with(run, ExitStatus::kUsage, "the case is gone");
  const RecordedAct* const entry = entry_of(*c, digest);
  const Case* const part = split_off_by(*book, entry);
  if (json) {
    const auto told = [&](const Case& one) {
      nlohmann::ordered_json its = case_json(one, clocks, run.now());
      if (stores->masked) say_withheld(its, kWithheldOfCase);
      return its;
    };
    nlohmann::ordered_json document = {
        {"act", to_hex(digest)}, {"recorded", true}, {"case", told(*c)}};
    if (part != nullptr) document["split_off"] = told(*part);
    add_counts(document, counts);
    print_json(run, document);
    return code(ExitStatus::kOk);
  }
  if (entry != nullptr) {
    run.out << "recorded  entry " << entry->index << ": " << printable(entry->act.act.by) << ' '
            << printable(act_words(entry->act.act)) << '\n';
  }
  print_counts(run, counts);
  run.out << "case      " << c->id << ", " << printable(case_state_text(*c)) << '\n';
  if (part != nullptr) {
    run.out << "new case  " << part->id << ", " << printable(case_state_text(*part)) << ", owner "
            << (part->owner.empty() ? "nobody" : printable(part->owner)) << '\n';
  }
  if (c->state == CaseState::kProposed) {
    run.out << "next      another person looks: `tidewaiter case show " << c->id
            << "`, which has\n          what they type to approve it, or to reject it\n";
  }
  return code(ExitStatus::kOk);
}

int tell_waiting(Invocation& run, const Digest& digest, bool json,
                 std::span<const DeedCounts> counts) {
  if (json) {
    nlohmann::ordered_json document = {
        {"act", to_hex(digest)}, {"recorded", false}, {"case", nullptr}};
    add_counts(document, counts);
    print_json(run, document);
  } else {
    print_counts(run, counts);
    run.out << "handed in  " << to_hex(digest).substr(0, 12)
            << ": the daemon that uses this state records it, or the refusal, at its next turn\n";
  }
  return code(ExitStatus::kOk);
}

/// Hands in an act that is whole but for its signature.
using HandIn = std::function<Result<Digest>(Act act, const ActingPerson& acting)>;

/// As hand_in(), with what is told beside what has become of the act.
int hand_in_by(Invocation& run, const Stores& stores, const ActOptions& options, Act act,
               const HandIn& hand, bool quiet, std::span<const DeedCounts> counts) {
  const Result<const ActingPerson*> acting = who_signs(run, stores, options, act);
  if (!acting) return fail_with(run, acting.error());
  act.by = (*acting)->who.person.handle;
  act.at = run.now();
  act.origin = stores.ledger->origin();
  const auto head = stores.ledger->head();
  if (!head) return fail_with(run, head.error());
  act.seen = options.seen < 0 ? head->size : options.seen;
  const std::string case_id = act.case_id;
  const Result<Digest> digest = hand(std::move(act), **acting);
  if (!digest) return fail_with(run, digest.error());
  const Result<bool> taken = record_handed_in(stores, run.now());
  if (!taken) {
    Error error = taken.error();
    error.message = "the act is handed in, and waits to be recorded: " + error.message;
    return fail_with(run, error);
  }
  const Result<ActStanding> standing =
      *taken ? standing_of(stores, *digest)
             : wait_for(stores, *digest, run.now, std::chrono::steady_clock::now() + kPatience);
  if (!standing) return fail_with(run, standing.error());
  if (standing->fate == ActFate::kRefused) {
    return fail_with(run, ExitStatus::kRefused, standing->reason + " (the ledger has the attempt)");
  }
  if (quiet && standing->fate == ActFate::kWaits) {
    return fail_with(run, ExitStatus::kUnavailable,
                     "the daemon that uses this state has not recorded it yet: try again");
  }
  if (quiet) return code(ExitStatus::kOk);
  if (standing->fate == ActFate::kWaits) return tell_waiting(run, *digest, options.json, counts);
  return tell_recorded(run, *digest, case_id, options.json, counts);
}

int hand_in_counted(Invocation& run, const Stores& stores, const ActOptions& options, Act act,
                    const Confidential& content, bool quiet, std::span<const DeedCounts> counts) {
  const auto hand = [&](Act whole, const ActingPerson& acting) {
    return hand_in_act(stores.paths.folder, std::move(whole), content, acting.who.key,
                       acting.proof);
  };
  return hand_in_by(run, stores, options, std::move(act), hand, quiet, counts);
}

}  // namespace

std::string deed_counts_text(const std::map<std::string, std::int64_t>& counts) {
  std::string text;
  for (const auto& [what, count] : counts) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + ' ' + what;
  }
  return text.empty() ? "nothing" : text;
}

void add_act_options(CLI::App& verb, ActOptions& options, bool with_case) {
  if (with_case) {
    verb.add_option("case", options.case_id, "The case: its id, or how it begins")
        ->type_name("CASE")
        ->required();
  }
  add_acting_options(verb, options, "Who acts");
  add_json_flag(verb, options.json);
}

void add_seen_option(CLI::App& verb, ActOptions& options) {
  add_number(verb, "--seen", options.seen, 0,
             "What `case show` gave as seen: refused if the case has more by now")
      ->required();
}

Result<std::string> acting_handle(const Invocation& run, const Stores& stores,
                                  const ActOptions& options) {
  const auto acting = acting_person(run, stores, options, {"report", {}, {}});
  if (!acting) return tl::unexpected(acting.error());
  return (*acting)->who.person.handle;
}

int hand_in(Invocation& run, const Stores& stores, const ActOptions& options, Act act,
            const Confidential& content, bool quiet) {
  return hand_in_counted(run, stores, options, std::move(act), content, quiet, {});
}

int hand_in_sealed(Invocation& run, const Stores& stores, const ActOptions& options, Act act,
                   const std::string& sealed, bool quiet) {
  const auto hand = [&](Act whole, const ActingPerson& acting) {
    return hand_in_sealed_act(stores.paths.folder, std::move(whole), sealed, acting.who.key,
                              acting.proof);
  };
  return hand_in_by(run, stores, options, std::move(act), hand, quiet, {});
}

Result<std::vector<HandedIn>> hand_in_all(Invocation& run, const Stores& stores,
                                          const ActOptions& options,
                                          std::span<const std::string> cases, const ActBody& body,
                                          const Confidential& content) {
  Act act;
  act.body = body;
  if (cases.size() == 1) act.case_id = cases.front();
  const Result<const ActingPerson*> acting = who_signs(run, stores, options, act);
  if (!acting) return tl::unexpected(acting.error());
  const auto& [who, proof] = **acting;
  act.by = who.person.handle;
  act.at = run.now();
  act.origin = stores.ledger->origin();
  act.seen = options.seen;
  std::vector<HandedIn> all;
  all.reserve(cases.size());
  for (const std::string& id : cases) {
    act.case_id = id;
    const Result<Digest> digest = hand_in_act(stores.paths.folder, act, content, who.key, proof);
    if (!digest) return after_handing_in(digest.error(), all.size(), cases.size());
    all.push_back({*digest, {}});
  }
  const Result<bool> taken = record_handed_in(stores, run.now());
  if (!taken) return after_handing_in(taken.error(), all.size(), cases.size());
  const Deadline until = std::chrono::steady_clock::now() + kPatience;  // of all together
  for (HandedIn& one : all) {
    Result<ActStanding> standing =
        *taken ? standing_of(stores, one.act) : wait_for(stores, one.act, run.now, until);
    if (!standing) return after_handing_in(standing.error(), all.size(), cases.size());
    one.standing = std::move(*standing);
  }
  return all;
}

int submit_act(Invocation& run, const ActOptions& options, const MakeDeed& make,
               const std::string& new_case) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  const Result<CaseBook> book = CaseBook::read(*stores->ledger);
  if (!book) return fail_with(run, book.error());
  const Case* c = nullptr;
  if (new_case.empty()) {
    const Result<const Case*> found = book->lookup(options.case_id);
    if (!found) return fail_with(run, found.error());
    c = *found;
  }
  Result<Deed> deed = make(*book, c);
  if (!deed) return fail_with(run, deed.error());
  Act act;
  act.case_id = c != nullptr ? c->id : new_case;
  act.body = std::move(deed->body);
  return hand_in(run, *stores, options, std::move(act), deed->content, false);
}

int submit_counted_act(Invocation& run, const ActOptions& options, const MakeCountedDeed& make,
                       const std::string& new_case) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  Result<CountedDeed> counted = make();
  if (!counted) return fail_with(run, counted.error());
  Act act;
  act.case_id = new_case;
  act.body = std::move(counted->deed.body);
  return hand_in_counted(run, *stores, options, std::move(act), counted->deed.content, false,
                         counted->counts);
}

}  // namespace tidewaiter
