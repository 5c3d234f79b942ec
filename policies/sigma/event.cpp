#include "policies/sigma/event.h"

#include <charconv>
#include <cmath>
#include <utility>

#include "policies/language/text_match.h"
#include "policies/model/ascii.h"

namespace tidewaiter {

SigmaValue sigma_text(std::string text) {
  SigmaValue value;
  value.folded = ascii_lower(text);
  value.text = std::move(text);
  return value;
}

SigmaValue sigma_number(std::int64_t number) { return sigma_text(std::to_string(number)); }

SigmaValue sigma_null() {
  SigmaValue value;
  value.null = true;
  return value;
}

void SigmaEvent::add(std::string_view field, SigmaValue value) {
  auto at = fields_.find(field);
  if (at == fields_.end()) at = fields_.emplace(field, std::vector<SigmaValue>{}).first;
  at->second.push_back(std::move(value));
}

const std::vector<SigmaValue>* SigmaEvent::find(std::string_view field) const {
  const auto at = fields_.find(field);
  return at == fields_.end() ? nullptr : &at->second;
}

std::optional<double> sigma_as_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = failure == std::errc{} && end == text.data() + text.size();
  if (text.empty() || !whole || !std::isfinite(number)) return std::nullopt;
  return number;
}

}  // namespace tidewaiter
