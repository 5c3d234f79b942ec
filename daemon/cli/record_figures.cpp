#include "daemon/cli/record_figures.h"

#include <limits>
#include <string_view>
#include <variant>

#include "policies/model/field.h"

namespace tidewaiter {

std::optional<std::int64_t> tokens_of(const Record& record) {
  std::optional<std::int64_t> sum;
  for (const std::string_view name : {"input_tokens", "output_tokens"}) {
    const Value* const value = find_value(record, *find_field(name));
    const auto* const number = value != nullptr ? std::get_if<std::int64_t>(value) : nullptr;
    if (number == nullptr) continue;
    std::int64_t both = sum.value_or(0);
    add_within(both, *number);
    sum = both;
  }
  return sum;
}

void add_within(std::int64_t& sum, std::int64_t part) {
  if (!__builtin_add_overflow(sum, part, &sum)) return;
  using Limits = std::numeric_limits<std::int64_t>;
  sum = part < 0 ? Limits::min() : Limits::max();
}

}  // namespace tidewaiter
