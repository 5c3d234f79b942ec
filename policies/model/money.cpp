#include "policies/model/money.h"

#include <cstddef>

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

}  // namespace

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
