#include "policies/model/money.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>

#include "policies/model/ascii.h"
#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kFractionDigits = 9;

tl::unexpected<Error> bad_money(std::string_view text) {
  return fail(ErrorCode::kInvalidInput,
              "expected an amount of US dollars such as `12.50` with at most nine decimals, got " +
                  in_backticks(text));
}

/// Appends one decimal digit to a negative total: the negative range is the wider one.
bool append_digit(std::int64_t& negative_total, char digit) {
  return !__builtin_mul_overflow(negative_total, 10, &negative_total) &&
         !__builtin_sub_overflow(negative_total, digit - '0', &negative_total);
}

/// A JSON number in parts: ±digits × 10^exponent.
struct Decimal {
  bool negative = false;
  std::string digits;  ///< without zeros in front
  std::int64_t exponent = 0;
};

/// Takes the digits off the front.
std::string_view take_digits(std::string_view& rest) {
  std::size_t count = 0;
  while (count < rest.size() && is_digit(rest[count])) ++count;
  const std::string_view digits = rest.substr(0, count);
  rest.remove_prefix(count);
  return digits;
}

/// The number behind an `e`; an absurd one is as good as any that far away.
std::optional<std::int64_t> exponent_of(std::string_view text) {
  constexpr std::int64_t kFarAway = 1'000'000;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::string_view digits = take_digits(text);
  if (digits.empty() || !text.empty()) return std::nullopt;
  std::int64_t number = 0;
  const char* const end = digits.data() + digits.size();
  if (std::from_chars(digits.data(), end, number).ec != std::errc() || number > kFarAway) {
    number = kFarAway;
  }
  return negative ? -number : number;
}

std::optional<Decimal> decimal_of(std::string_view text) {
  Decimal decimal;
  decimal.negative = text.starts_with('-');
  if (decimal.negative) text.remove_prefix(1);
  const std::string_view whole = take_digits(text);
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return std::nullopt;
  decimal.digits = whole;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::string_view fraction = take_digits(text);
    if (fraction.empty()) return std::nullopt;
    decimal.digits += fraction;
    decimal.exponent = -static_cast<std::int64_t>(fraction.size());
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    const std::optional<std::int64_t> exponent = exponent_of(text.substr(1));
    if (!exponent) return std::nullopt;
    decimal.exponent += *exponent;
    text = {};
  }
  if (!text.empty()) return std::nullopt;
  decimal.digits.erase(0, std::min(decimal.digits.find_first_not_of('0'), decimal.digits.size()));
  return decimal;
}

/// Whether what is cut off behind the first `kept` digits rounds the number away from zero. `kept`
/// below zero: so many zeros stand in front of them.
bool rounds_up(std::string_view digits, std::int64_t kept) {
  if (kept < 0) return false;
  const std::string_view cut = digits.substr(static_cast<std::size_t>(kept));
  if (cut.empty() || cut.front() < '5') return false;
  if (cut.front() > '5' || cut.find_first_not_of('0', 1) != std::string_view::npos) return true;
  return kept > 0 && (digits[static_cast<std::size_t>(kept) - 1] - '0') % 2 != 0;
}

}  // namespace

Result<Money> round_money(std::string_view number, int power) {
  const auto refused = [number] {
    return fail(ErrorCode::kInvalidInput,
                "expected a number of at most 9.2 billion dollars, got " + in_backticks(number));
  };
  const std::optional<Decimal> decimal = decimal_of(number);
  if (!decimal) return refused();
  if (decimal->digits.empty()) return Money{};
  constexpr std::int64_t kInt64Digits = 19;
  const auto size = static_cast<std::int64_t>(decimal->digits.size());
  const std::int64_t kept =
      size + decimal->exponent + power + static_cast<std::int64_t>(kFractionDigits);
  if (kept > kInt64Digits) return refused();
  std::int64_t total = 0;  // negative, as in parse_money
  for (std::int64_t i = 0; i < kept; ++i) {
    const char digit = i < size ? decimal->digits[static_cast<std::size_t>(i)] : '0';
    if (!append_digit(total, digit)) return refused();
  }
  const bool up = kept < size && rounds_up(decimal->digits, kept);
  if (up && __builtin_sub_overflow(total, 1, &total)) return refused();
  if (!decimal->negative && __builtin_sub_overflow(std::int64_t{0}, total, &total)) {
    return refused();
  }
  return Money{total};
}

Result<Money> parse_money(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative) rest.remove_prefix(1);
  const std::size_t point = rest.find('.');
  const std::string_view whole = rest.substr(0, point);
  std::string_view fraction;
  if (point != std::string_view::npos) {
    fraction = rest.substr(point + 1);
    if (fraction.empty()) return bad_money(text);
  }
  if (whole.empty()) return bad_money(text);
  std::int64_t total = 0;
  for (const char c : whole) {
    if (!is_digit(c) || !append_digit(total, c)) return bad_money(text);
  }
  for (std::size_t i = 0; i < kFractionDigits; ++i) {
    const char c = i < fraction.size() ? fraction[i] : '0';
    if (!is_digit(c) || !append_digit(total, c)) return bad_money(text);
  }
  for (std::size_t i = kFractionDigits; i < fraction.size(); ++i) {
    if (fraction[i] != '0') return bad_money(text);
  }
  if (!negative && __builtin_sub_overflow(std::int64_t{0}, total, &total)) return bad_money(text);
  return Money{total};
}

std::string format_money(Money money) {
  const bool negative = money.nano_usd < 0;
  std::string digits = std::to_string(money.nano_usd);
  if (negative) digits.erase(0, 1);
  if (digits.size() <= kFractionDigits) digits.insert(0, kFractionDigits + 1 - digits.size(), '0');
  std::string fraction = digits.substr(digits.size() - kFractionDigits);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  std::string out = negative ? "-" : "";
  out += digits.substr(0, digits.size() - kFractionDigits);
  return fraction.empty() ? out : out + "." + fraction;
}

}  // namespace tidewaiter
