#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "policies/model/field.h"
#include "policies/model/record.h"

namespace tidewaiter {

// Fields of a record that no source has delivered: they were looked up when it was read. The
// record says so itself, in its field `enriched`: a text a field, in the order of the names, that
// is the field's name and, after a blank, what it was looked up in and of which day that is:
// "client.country GeoLite2-Country 2026-11-24".

/// Sets a field, and notes that it was looked up `by` this; empty where it was computed from the
/// record alone. REQUIRES: the record has not the field; `value` is not null.
void set_enriched(Record& record, FieldId id, Value value, std::string_view by);

/// Takes away what was looked up, and the note of it: what is left is what the source delivered.
void remove_enriched(Record& record);

/// What a field was looked up in, "GeoLite2-Country 2026-11-24"; empty where it was computed;
/// nothing where the source delivered it, or it is absent. Valid as long as the record is.
[[nodiscard]] std::optional<std::string_view> enriched_by(const Record& record, FieldId id);

/// Whether two records are the same delivery: all but id, revision, observed and what was looked
/// up.
[[nodiscard]] bool same_delivery(const Record& a, const Record& b);

}  // namespace tidewaiter
