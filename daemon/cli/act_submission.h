#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/app/acts.h"
#include "daemon/cli/acting_person.h"
#include "daemon/cli/command.h"
#include "daemon/cli/stores.h"
#include "storage/ledger/act.h"
#include "storage/review/case_book.h"

namespace tidewaiter {

/// What every verb takes that writes an act.
struct ActOptions : ActingOptions {
  std::string case_id;     ///< how it begins
  std::int64_t seen = -1;  ///< -1: all that the ledger has, for acts that rest on nothing read
  bool json = false;
};

/// Adds CASE (but for a lead, which makes its own), the acting options and --json.
void add_act_options(CLI::App& verb, ActOptions& options, bool with_case = true);
/// Adds --seen, for acts that may rest on what was read.
void add_seen_option(CLI::App& verb, ActOptions& options);

/// What is done about a case, once the case is known.
struct Deed {
  ActBody body;
  Confidential content;
};
/// Makes the deed. `c` is null for a lead. Errors are told, and nothing is handed in.
using MakeDeed = std::function<Result<Deed>(const CaseBook& book, const Case* c)>;

/// Signs the act and hands it in; records it at once where no daemon uses the state, and waits for
/// the daemon otherwise. Tells what has become of it. `new_case`: the id of a lead.
int submit_act(Invocation& run, const ActOptions& options, const MakeDeed& make,
               const std::string& new_case = {});

/// The handle of whoever acts: --as, or the Unix user's name. Errors: as acting_person().
[[nodiscard]] Result<std::string> acting_handle(const Invocation& run, const Stores& stores,
                                                const ActOptions& options);

/// As submit_act(), with stores that are open, and without a word on success.
[[nodiscard]] int hand_in(Invocation& run, const Stores& stores, const ActOptions& options, Act act,
                          const Confidential& content, bool quiet);

/// One of several acts, and what has become of it.
struct HandedIn {
  Digest act;
  ActStanding standing;
};

/// The same done about each of several cases: an act for each, in their order, all signed and
/// handed in before any is recorded. Where a daemon records them it is waited for once, as for a
/// single act. Errors: as acting_person(); those of handing in and of recording, which say how many
/// are handed in already.
[[nodiscard]] Result<std::vector<HandedIn>> hand_in_all(Invocation& run, const Stores& stores,
                                                        const ActOptions& options,
                                                        std::span<const std::string> cases,
                                                        const ActBody& body,
                                                        const Confidential& content);

}  // namespace tidewaiter
