#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policies/screening/consequence_table.h"

namespace tidewaiter {

/// What follows from being on a published list, as this program ships it: of the lists of the
/// Consolidated Screening List by its codes (SDN, SSI, EL, …), OFAC-CONS for OFAC's consolidated
/// non-SDN list, UN, EU and EU-OJ (the annexes of the Official Journal), UK, and CSL for the
/// Consolidated Screening List as a whole. Each is there once for the program; safe from any
/// thread. Null for any other code. docs/screening.md has the table, with what it is taken from.
[[nodiscard]] std::shared_ptr<const Consequences> shipped_consequences(std::string_view code);

/// All of them, by their codes; there once for the program.
[[nodiscard]] const ConsequenceTable& shipped_table();

/// The codes, sorted.
[[nodiscard]] std::vector<std::string_view> shipped_codes();

}  // namespace tidewaiter
