#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// An amount in nano-USD (10^-9 US dollars). Never floating point.
struct Money {
  std::int64_t nano_usd = 0;
  auto operator<=>(const Money&) const = default;
};

/// Reads a decimal amount of US dollars ("12.50", "-0.000000001", "1e-7" is refused) exactly.
/// Errors: kInvalidInput if it is not such a number, has more than nine fraction digits that are
/// not zero, or exceeds int64 nano-USD (about 9.2 billion dollars).
[[nodiscard]] Result<Money> parse_money(std::string_view text);

/// "12.5", "0.000000001", "-3": the shortest decimal that parse_money reads back.
[[nodiscard]] std::string format_money(Money money);

}  // namespace tidewaiter
