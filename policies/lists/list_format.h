#pragma once

#include <string_view>

#include "policies/lists/list_entry.h"
#include "policies/lists/ofac_csv.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Reads a published list of a format that its bytes tell: OFAC's CSV (whose aliases and addresses
/// are files of their own), an XML by its first element, JSON by its first bracket, a table by the
/// columns of its header, YAML by its first key. An XML without parties has a fault that says so.
/// Pure; the bytes are decompressed.
///
/// Errors: kUnsupported for bytes of none of them, with what was expected; else those of the
/// format.
[[nodiscard]] Result<ParsedList> parse_list(const OfacFiles& files);

}  // namespace tidewaiter
