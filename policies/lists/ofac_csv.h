#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"

namespace tidewaiter {

/// The texts of OFAC's files of comma-separated values, of the SDN list (sdn.csv, alt.csv, add.csv)
/// or of the others (cons_prim.csv, cons_alt.csv, cons_add.csv): no header, `-0-` for nothing, the
/// entry's number first. Columns as in OFAC's "Data specification", section "delimited file
/// format".
struct OfacFiles {
  std::string_view primary;
  std::string_view aliases;        ///< empty: there is no such file
  std::string_view addresses;      ///< the same
  std::string_view comments = {};  ///< the same; what is too long of the remarks
};

/// Whether the text begins with a row of a primary file.
[[nodiscard]] bool looks_like_ofac_csv(std::string_view text);

/// The files of aliases have the strong ones; weak ones, identifiers and nationalities stand in the
/// remarks (add_ofac_remarks()).
[[nodiscard]] ParsedList parse_ofac_csv(const OfacFiles& files);

}  // namespace tidewaiter
