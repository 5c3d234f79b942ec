#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// One value of an event's field, as Sigma looks at it: a text, whatever its type was.
struct SigmaValue {
  bool null = false;
  std::string text;    ///< empty for null; `true`, `4624`, `0.5` as the source wrote them
  std::string folded;  ///< `text` with ASCII letters in lower case
};

[[nodiscard]] SigmaValue sigma_text(std::string text);
[[nodiscard]] SigmaValue sigma_number(std::int64_t number);
[[nodiscard]] SigmaValue sigma_null();

/// An event as Sigma's rules see it: names of fields, each with one value or several (a list; a
/// rule's item holds if it holds for any of them). Names are told apart by case. What the event
/// came from, JSON, a Windows log or one of our records, is the business of whoever fills it.
class SigmaEvent {
 public:
  /// Adds a value to a field; the first one makes the field.
  void add(std::string_view field, SigmaValue value);

  /// The field's values, at least one, or nullptr if the event lacks the field.
  [[nodiscard]] const std::vector<SigmaValue>* find(std::string_view field) const;

  /// Every field, in the order of names: what keywords are looked for in.
  [[nodiscard]] const std::map<std::string, std::vector<SigmaValue>, std::less<>>& fields() const {
    return fields_;
  }

 private:
  std::map<std::string, std::vector<SigmaValue>, std::less<>> fields_;
};

/// A text as a number: decimal, with a sign, fraction and exponent if it has them, nothing around
/// it. NaN and infinities are no numbers.
[[nodiscard]] std::optional<double> sigma_as_number(std::string_view text);

}  // namespace tidewaiter
