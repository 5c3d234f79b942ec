#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"

namespace tidewaiter {

/// Which list of those of which shipped_consequences() knows what follows these bytes are: by their
/// format, by the source that the first entry names (Consolidated Screening List), and, for formats
/// that several lists have, by the name that its publisher gives the file (`sdn.csv`,
/// `cons_prim.csv`, `SDN_ADVANCED.XML`, `dpl.txt`), in either case. `file` may be a path or a URL.
/// Empty where none of these tells.
[[nodiscard]] std::string_view list_code(const ParsedList& list, std::string_view file);

}  // namespace tidewaiter
