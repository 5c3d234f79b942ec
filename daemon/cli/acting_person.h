#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "daemon/app/act_file.h"
#include "daemon/app/attempts.h"
#include "daemon/app/signatory.h"
#include "daemon/cli/acting_options.h"
#include "daemon/cli/command.h"
#include "daemon/cli/stores.h"
#include "storage/people/password.h"

namespace tidewaiter {

/// Somebody who acts, and by what we know that it is they.
struct ActingPerson {
  Signatory who;
  ActProof proof = ActProof::kUnsaid;
};

struct KnownPerson {
  std::optional<ActingPerson> person;
};

/// Adds --key and --password-file, and gives the two.
std::array<CLI::Option*, 2> add_proof_options(CLI::App& verb, ActingOptions& options);
/// Adds --as and those. `acts` says who it is that acts: "Who acts". What stands before the verb is
/// in `options` as if it stood behind it, and two that differ are refused.
void add_acting_options(CLI::App& verb, ActingOptions& options, const std::string& acts);

/// The name of the Unix user: people whose handle it is need not say who they are.
[[nodiscard]] std::string unix_user_name();

/// Finds out who acts, by what the command line `said`, and asks for the password where nothing
/// else proves it (proof_without_password()). A wrong one, and an act of somebody who has none
/// where it takes one, is recorded as an attempt, with the type and the case of `tried`; on a
/// terminal there are three tries. The pointer lives as long as `run`. Errors: those of signatory()
/// and try_password(); kRefused for a wrong password.
[[nodiscard]] Result<const ActingPerson*> acting_person(const Invocation& run, const Stores& stores,
                                                        const ActingOptions& said,
                                                        const TriedAct& tried);

/// Records that somebody tried what they may not, and gives `why` as the error, which says that.
[[nodiscard]] Error recorded_attempt(const Invocation& run, const Stores& stores,
                                     const TriedAct& tried, Error why);

}  // namespace tidewaiter
