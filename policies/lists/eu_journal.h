#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"

namespace tidewaiter {

/// Whether the first row has the columns of parse_eu_journal().
[[nodiscard]] bool looks_like_eu_journal(std::string_view text);

/// Annexes of acts in the Official Journal of the European Union, as OpenSanctions transcribes them
/// (datasets/eu/journal_sanctions: columns `recordId`, `annex`, `measure`, `schema`, `name`, …). A
/// record's number is its annex's own, so an entry's id is `ANNEX NUMBER`; rows of one number are
/// one entry (EntryRows). Cells of all columns but the name hold several values, comma-separated
/// values with `;` for the comma; of those, one that is lettered, `(a) …; (b) …`, is several.
/// Tax offices' codes (`kppCode`) are no identifiers: many companies have the same.
[[nodiscard]] ParsedList parse_eu_journal(std::string_view text);

}  // namespace tidewaiter
