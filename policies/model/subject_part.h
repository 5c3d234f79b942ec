#pragma once

#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "policies/model/field.h"

namespace tidewaiter {

/// One part of a subject that is an id of its source: an account, a key, an end user. What a person
/// is known by here, and what a hold or an erasure is about. A plain value.
struct SubjectPart {
  FieldId field = 0;   ///< one with Field::id_of_source
  std::string source;  ///< that makes the id unique
  std::string value;
  bool operator==(const SubjectPart&) const = default;
};

/// Whether an id is so long that another field of its source has the same one for the same party
/// alone: numbers that are counted up are not.
[[nodiscard]] bool is_telling_id(std::string_view value);

/// Reads what to_text(Subject) writes of one such part: "account:gateway/17".
/// Errors: kInvalidInput, with what is expected, for several parts, a field that is no id, and a
/// text that to_text would not write.
[[nodiscard]] Result<SubjectPart> parse_subject_part(std::string_view text);

/// Whether a subject, as to_text(Subject) gives it, names what `part` (read by
/// parse_subject_part()) names: as one of its parts, or as the account that a cluster is called
/// after.
[[nodiscard]] bool names_part(std::string_view subject, std::string_view part);

}  // namespace tidewaiter
