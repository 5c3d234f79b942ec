#include "policies/language/field_lookup.h"

#include <string>
#include <utility>

#include "policies/model/did_you_mean.h"

namespace tidewaiter {

tl::expected<FieldId, ExprProblem> find_field_of(RecordKind kind, std::string_view name,
                                                 const SourceSpan& span) {
  const std::string shown = "`" + std::string(name) + "`";
  if (const auto id = find_field(name)) {
    if (has_kind(field(*id), kind)) return *id;
    return tl::unexpected(ExprProblem{
        span, kFieldOfOtherKind,
        "field " + shown + " is not part of " + std::string(kind_name(kind)) + " records",
        "a policy sees the fields of the records that it `reads`"});
  }
  const auto near = did_you_mean(name, field_names(kind));
  std::string hint =
      near ? "did you mean `" + *near + "`?" : "docs/native-format.md lists the fields";
  return tl::unexpected(ExprProblem{span, kUnknownName, "unknown field " + shown, std::move(hint),
                                    misspelling_of(name, field_names(kind)).value_or("")});
}

std::vector<std::string_view> field_names(RecordKind kind) {
  std::vector<std::string_view> names;
  for (const Field& f : fields()) {
    if (has_kind(f, kind)) names.push_back(f.name);
  }
  return names;
}

}  // namespace tidewaiter
