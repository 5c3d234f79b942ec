#pragma once

#include <vector>

#include "policies/lists/list_entry.h"
#include "policies/screening/screened_list.h"

namespace tidewaiter {

/// The entries of a published list as policies look for them: with countries by their codes, where
/// these are known by the list's name for them, and as the list writes them otherwise; one that
/// says that it is not known is left out. Ids that are no more than the number of a row
/// are left behind.
[[nodiscard]] std::vector<ListedParty> listed_parties(const ParsedList& list);

}  // namespace tidewaiter
