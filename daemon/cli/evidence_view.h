#pragma once

#include <cstdint>
#include <string>

#include "daemon/cli/act_submission.h"
#include "daemon/cli/stores.h"

namespace tidewaiter {

// Each view of evidence is an entry of the ledger (`evidence.viewed`) before anything of it is
// shown. Evidence is what stored records say: records themselves, and the names of an account that
// hit somebody who is listed. Figures, counts and times that were computed from them are none.

/// What somebody is about to look at.
struct EvidenceLook {
  std::string case_id;        ///< empty: records by themselves, about no case
  std::int64_t findings = 0;  ///< of the case, how many
  std::int64_t records = 0;   ///< of records by themselves, how many
  /// At which, in words: "finding 4f8e12ab…", "records 1781, 1782". Confidential, for it may name a
  /// subject. Empty: all that the case's findings name.
  std::string at = {};
};

/// Records that whoever acts by `options` looks at it, by the way of every act: signed, judged by
/// the rules, and taken in by the daemon where one uses the state. Gives the exit status: with
/// another one than kOk, which was told on standard error, nothing may be shown.
[[nodiscard]] int record_look(Invocation& run, const Stores& stores, const ActOptions& options,
                              const EvidenceLook& look);
/// The same by what the command line says of who reads.
[[nodiscard]] int record_look(Invocation& run, const Stores& stores, const EvidenceLook& look);

}  // namespace tidewaiter
