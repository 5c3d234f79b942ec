#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "policies/screening/screened_list.h"

namespace tidewaiter {

/// An issue of a published list as policies look into it: its parties, whatever format they came
/// in. A plain value; safe from any thread.
struct PartyIssue {
  Digest digest;  ///< of the text that it was read from
  std::shared_ptr<const ScreenedList> parties;
};

/// The parties as a text that says the same for the same parties, in whatever order: a line
/// `{"tidewaiter_issue":2}`, then a JSON object a party, sorted, each party once, with all the
/// ids that it has in the list. A party that is listed under other programmes, or with other terms
/// of licences, is another one. All dates are left out: a published list holds as it is. Errors:
/// kInvalidInput for names that are not UTF-8.
[[nodiscard]] Result<std::string> party_issue_text(const std::vector<ListedParty>& parties);

/// Whether the text is of that form. One that an earlier version of the program wrote begins with
/// `{"tidewaiter_issue":1}`, and need not have the programmes of its parties.
[[nodiscard]] bool is_current_issue_text(std::string_view text);

/// Reads what party_issue_text() wrote, or wrote in an earlier version of the program: its parties
/// are then a list that does not keep programmes (ScreenedList::keeps_programs()). Names that
/// cannot be compared are left out of what is looked for: publishers have them. Errors: kCorruption
/// for any other text.
[[nodiscard]] Result<PartyIssue> read_party_issue(std::string_view text);

}  // namespace tidewaiter
