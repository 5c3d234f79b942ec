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

/// Reads a number as JSON writes it ("0.06", "1.5e-05", "-12") times ten to the `power` as US
/// dollars, exactly, and rounds it to nano-USD, halves to the even neighbour. Cents have the power
/// -2. Errors: kInvalidInput if it is no such number (RFC 8259, 6) or exceeds int64 nano-USD.
[[nodiscard]] Result<Money> round_money(std::string_view number, int power = 0);

/// "12.5", "0.000000001", "-3": the shortest decimal that parse_money reads back.
[[nodiscard]] std::string format_money(Money money);

}  // namespace tidewaiter
