#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "policies/model/field.h"
#include "policies/model/record.h"

namespace tidewaiter {

// Fields of a record that no source has delivered: client.country, client.asn, client.anonymizer
// and client.network, looked up by its address when it was read. The record says so itself, in its
// field `enriched`: a note a field, in order, that is the field's name and, where it was not
// computed from the address alone, a title and a day: "client.country GeoLite2-Country 2026-11-24".

/// Sets a field, and notes that it was looked up `by` this, a title and a day; empty where it was
/// computed. REQUIRES: it is one of the four, the record has it not, and `value` is not null; `by`
/// is what check_enriched() takes.
void set_enriched(Record& record, FieldId id, Value value, std::string_view by);

/// A text as the title of a note: what cannot stand in one is `-`, what is longer is cut, and of an
/// empty one it is `unnamed`.
[[nodiscard]] std::string enriched_title(std::string_view text);

/// Whether all notes are of the form, and the record has their fields and an address. What else may
/// stand there is somebody's text. Errors: kInvalidInput.
[[nodiscard]] Result<void> check_enriched(const Record& record);

[[nodiscard]] bool has_enriched(const Record& record);

/// Takes away what was looked up, and the notes: what is left is what the source delivered.
void remove_enriched(Record& record);

/// What a field was looked up in, "GeoLite2-Country 2026-11-24"; empty where it was computed;
/// nothing where the source delivered it, or it is absent. Valid as long as the record is.
[[nodiscard]] std::optional<std::string_view> enriched_by(const Record& record, FieldId id);

/// Whether two records are the same delivery: all but id, revision, observed and what was looked
/// up.
[[nodiscard]] bool same_delivery(const Record& a, const Record& b);

/// Gives a new version of a record what was looked up of the one before it, and nothing else, for
/// that was of its time: where both have one address, and but for fields that the source delivers
/// now. Does nothing where nothing was looked up before.
void take_over_enriched(const Record& before, Record& record);

}  // namespace tidewaiter
