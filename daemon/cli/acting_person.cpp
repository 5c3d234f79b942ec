#include "daemon/cli/acting_person.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "daemon/app/people.h"
#include "daemon/app/state_ownership.h"
#include "daemon/app/user_table.h"
#include "daemon/cli/act_recording.h"
#include "daemon/cli/password_prompt.h"

namespace tidewaiter {
namespace {

/// As many as login and sudo give.
constexpr int kTriesOnTerminal = 3;

Result<Signatory> claimed_signatory(const Stores& stores, const std::string& handle,
                                    const std::optional<std::filesystem::path>& key, bool said) {
  Result<Signatory> who = signatory(stores.paths.folder, handle, key);
  if (who || said) return who;
  Error error = who.error();
  error.message = "say who acts, with `--as HANDLE`: " + error.message;
  return tl::unexpected(std::move(error));
}

/// Whether the key of whoever is claimed was retired: then it is tried by somebody who may not. Who
/// names a key file that is not that person's has tried nothing in that name, as of anybody else.
bool tries_retired_key(const Stores& stores, const std::string& handle,
                       const std::optional<std::filesystem::path>& key) {
  const auto everybody = people(stores.paths.folder);
  if (!everybody) return false;  // why is told
  const auto found = std::ranges::find(*everybody, handle, &Person::handle);
  if (found == everybody->end() || !found->retired) return false;
  return !key || key_holder(stores.paths.folder, handle, key).has_value();
}

/// Whether the password that was given is the right one. That it was tried is handed in before it
/// is looked at: whatever ends the process then keeps no guess out of the ledger. Errors: as
/// try_password(), and those of reading it.
Result<bool> try_once(const Invocation& run, const Stores& stores, const TriedAct& tried,
                      const std::string& file) {
  const Result<Password> password =
      file.empty() ? ask_for_password("Password of " + tried.by + ": ") : read_password_file(file);
  if (!password) return tl::unexpected(password.error());
  Result<PendingAttempt> pending = PendingAttempt::begin(stores.paths.folder, tried);
  if (!pending) return tl::unexpected(pending.error());
  Result<bool> right =
      try_password(stores.paths.people, {tried.by, calling_user(run.environment.variables)},
                   *password, run.now());
  if (right && !*right) return false;
  if (auto withdrawn = std::move(*pending).withdraw(); !withdrawn) {
    return tl::unexpected(withdrawn.error());
  }
  return right;
}

/// `why`, and what has become of the attempt that was handed in.
Error told_attempt(const Invocation& run, const Stores& stores, Error why) {
  const Result<bool> recorded = record_handed_in(stores, run.now());
  if (!recorded) {
    why.message += "; the attempt is handed in, and not recorded yet: " + recorded.error().message;
  } else {
    why.message += *recorded ? " (the ledger has the attempt)"
                             : " (the attempt is handed in, for the daemon to record)";
  }
  return why;
}

Result<void> prove_by_password(const Invocation& run, const Stores& stores,
                               const ActingOptions& options, const TriedAct& tried) {
  std::string file = options.password_file;
  if (!file.empty() && file != "-") file = (run.environment.working_folder / file).string();
  const int tries = file.empty() ? kTriesOnTerminal : 1;
  Error wrong{ErrorCode::kRefused, attempt_reason(tried)};
  for (int i = 0; i < tries; ++i) {
    const Result<bool> right = try_once(run, stores, tried, file);
    if (!right) return tl::unexpected(right.error());
    if (*right) return {};
    wrong = told_attempt(run, stores, {ErrorCode::kRefused, attempt_reason(tried)});
  }
  return tl::unexpected(std::move(wrong));
}

}  // namespace

std::array<CLI::Option*, 2> add_proof_options(CLI::App& verb, ActingOptions& options) {
  return {
      verb.add_option("--key", options.key,
                      "The person's key file, if it is not in the state folder")
          ->type_name("FILE"),
      verb.add_option("--password-file", options.password_file,
                      "Where the person's password is, if it is not to be typed: its first line; - "
                      "is standard input")
          ->type_name("FILE")};
}

void add_acting_options(CLI::App& verb, ActingOptions& options, const std::string& acts) {
  verb.add_option("--as", options.as, acts + ": an enrolled person's handle (the Unix user's name)")
      ->type_name("HANDLE");
  add_proof_options(verb, options);
}

std::shared_ptr<KnownPerson> nobody_known() { return std::make_shared<KnownPerson>(); }

std::string unix_user_name() { return unix_user_name(::geteuid()); }

Error recorded_attempt(const Invocation& run, const Stores& stores, const TriedAct& tried,
                       Error why) {
  const auto handed_in = hand_in_attempt(stores.paths.folder, tried);
  if (handed_in) return told_attempt(run, stores, std::move(why));
  why.message += "; the attempt could not be handed in: " + handed_in.error().message;
  return why;
}

Result<const ActingPerson*> acting_person(const Invocation& run, const Stores& stores,
                                          const ActingOptions& said, const TriedAct& tried) {
  const std::string user = unix_user_name();
  const std::string& handle = said.as.empty() ? user : said.as;
  std::optional<ActingPerson>& known = run.known->person;
  if (known && known->who.person.handle == handle) return &*known;
  std::optional<std::filesystem::path> key;
  if (!said.key.empty()) key = run.environment.working_folder / said.key;
  Result<Signatory> who = claimed_signatory(stores, handle, key, !said.as.empty());
  TriedAct attempt = tried;
  if (!who) {
    if (!tries_retired_key(stores, handle, key)) return tl::unexpected(who.error());
    attempt.by = handle;
    attempt.fault = AttemptFault::kRetiredKey;
    return tl::unexpected(recorded_attempt(run, stores, attempt, who.error()));
  }
  attempt.by = who->person.handle;
  const auto proof = proof_without_password(
      stores.paths.folder,
      {attempt.by, user, key, ::geteuid(), calling_user(run.environment.variables)});
  if (!proof && proof.error().code == ErrorCode::kRefused) {
    attempt.fault = AttemptFault::kNoPassword;
    return tl::unexpected(recorded_attempt(run, stores, attempt, proof.error()));
  }
  if (!proof) return tl::unexpected(proof.error());
  attempt.fault = AttemptFault::kWrongPassword;
  if (!*proof) {
    if (auto proven = prove_by_password(run, stores, said, attempt); !proven) {
      return tl::unexpected(proven.error());
    }
  }
  known.emplace(ActingPerson{std::move(*who), proof->value_or(ActProof::kPassword)});
  return &*known;
}

}  // namespace tidewaiter
