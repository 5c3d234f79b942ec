#pragma once

#include <cstdint>
#include <string_view>

#include "policies/model/digest.h"
#include "policies/model/record.h"

namespace tidewaiter {

/// A record's identity where its source gives none: SHA-256 over length-framed kind, source,
/// start (µs), duration (µs), `ordinal`, and then name and value of every dimension that the record
/// has, in the order of names. A dimension that is absent is left out, so that a field which the
/// catalogue gains later does not change the identity of records without it.
///
/// Dimensions say which thing was measured, not how much; a revised bucket keeps its identity.
///   usage    string, ip and bool fields but `status` and `cost.basis`
///   account  ids that their source makes unique, `account.kind`, `name`, `legal_name`
///   audit    string, ip and bool fields
/// Two single requests that agree in all of these would be one record: sources of single requests
/// without ids add the line's own place (`ordinal`, from 0 among equals in file order).
[[nodiscard]] Digest identity(const Record& record, std::int64_t ordinal = 0);

/// A record's identity where its source gives a text for it: SHA-256 over length-framed source and
/// text.
[[nodiscard]] Digest identity_of_text(std::string_view source, std::string_view text);

}  // namespace tidewaiter
