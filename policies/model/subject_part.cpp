#include "policies/model/subject_part.h"

#include <optional>
#include <utility>

#include "policies/model/finding.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kBetweenParts = " + ";
constexpr std::string_view kAccountText = "account:";
constexpr std::string_view kClusterText = "cluster:";

/// The text up to `end`, without its escapes; moves `text` behind it. Nothing without `end`.
std::optional<std::string> take_until(std::string_view& text, char end) {
  std::string taken;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == end) {
      text.remove_prefix(i + 1);
      return taken;
    }
    if (text[i] == '\\' && ++i == text.size()) return std::nullopt;
    taken += text[i];
  }
  if (end != '\0') return std::nullopt;
  text = {};
  return taken;
}

}  // namespace

bool is_telling_id(std::string_view value) {
  constexpr std::size_t kLeastLength = 8;
  return value.size() >= kLeastLength;
}

Result<SubjectPart> parse_subject_part(std::string_view text) {
  const auto expected = fail(ErrorCode::kInvalidInput,
                             "expected one id with its source, as in `account:gateway/17`, got `" +
                                 std::string(text) + "`");
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return expected;
  const std::optional<FieldId> found = find_field(text.substr(0, colon));
  if (!found || !field(*found).id_of_source) return expected;
  std::string_view rest = text.substr(colon + 1);
  auto source = take_until(rest, '/');
  auto value = source ? take_until(rest, '\0') : std::nullopt;
  if (!value || value->empty()) return expected;
  // One text, one subject: what would be written otherwise is another subject, or none.
  if (to_text(Subject{{*found}, {*value}, *source}) != text) return expected;
  return SubjectPart{*found, std::move(*source), std::move(*value)};
}

bool names_part(std::string_view subject, std::string_view part) {
  // Blanks in values are escaped, so that what stands between parts is found nowhere else.
  while (!subject.empty()) {
    const std::size_t end = subject.find(kBetweenParts);
    const std::string_view one = subject.substr(0, end);
    if (one == part) return true;
    if (one.starts_with(kClusterText) && part.starts_with(kAccountText) &&
        one.substr(kClusterText.size()) == part.substr(kAccountText.size())) {
      return true;
    }
    if (end == std::string_view::npos) break;
    subject.remove_prefix(end + kBetweenParts.size());
  }
  return false;
}

}  // namespace tidewaiter
