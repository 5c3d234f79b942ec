#include "policies/model/plain_number.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "policies/model/ascii.h"
#include "policies/model/digit_block.h"
#include "policies/model/money.h"
#include "policies/model/time.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kBlock = 8;

/// The number that up to eight characters make. `count` is 1 to 8.
bool block_number(const char* at, std::size_t count, std::uint64_t& number) {
  const std::uint64_t values = digit_values(eight_characters(at), count);
  number = combined_digits(values);
  return are_digits(values);
}

/// Where the first point stands among the first eight characters; kBlock: nowhere.
std::size_t point_in(std::uint64_t word) {
  const std::uint64_t zeros = word ^ eight_times('.');
  // The lowest bit that is set tells the first byte that is zero.
  const std::uint64_t found = (zeros - eight_times('\x01')) & ~zeros & eight_times('\x80');
  return static_cast<std::size_t>(std::countr_zero(found)) / 8;
}

/// Numbers of 15 digits and powers of ten up to this one are exact, so that their quotient is the
/// nearest double there is (Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990).
constexpr std::array kPowers{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                             1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/// How many digits stand at the front, if JSON has them for a whole number: no zero before others.
std::size_t whole_digits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count > 1 && text.front() == '0' ? 0 : count;
}

/// A number of up to eight characters, the point among them.
bool short_real(std::string_view number, double& value) {
  std::uint64_t word = eight_characters(number.data());
  const std::size_t whole = std::min(point_in(word), number.size());
  if (whole == 0 || (whole > 1 && number.front() == '0')) return false;
  std::size_t digits = number.size();
  if (whole < number.size()) {
    --digits;
    if (digits == whole) return false;
    // What stands behind the point moves to its place. `whole` is below eight here.
    const std::uint64_t before = (std::uint64_t{1} << (8 * whole)) - 1;
    word = (word & before) | ((word >> 8U) & ~before);
  }
  const std::uint64_t values = digit_values(word, digits);
  value = static_cast<double>(combined_digits(values)) / kPowers[digits - whole];
  return are_digits(values);
}

/// A number of any length; `token` has its sign.
bool long_real(std::string_view token, std::string_view number, double& value) {
  const std::size_t whole = whole_digits(number);
  if (whole == 0) return false;
  const std::string_view decimals = number.substr(std::min(number.size(), whole + 1));
  if (number.size() > whole && (number[whole] != '.' || decimals.empty())) return false;
  if (!std::ranges::all_of(decimals, is_digit)) return false;
  if (whole + decimals.size() < kPowers.size()) {
    std::int64_t digits = 0;
    for (const char c : number) digits = c == '.' ? digits : digits * 10 + (c - '0');
    value = static_cast<double>(digits) / kPowers[decimals.size()];
    if (token.front() == '-') value = -value;
    return true;
  }
  const char* const end = token.data() + token.size();
  const auto [last, error] = std::from_chars(token.data(), end, value);
  return error == std::errc() && last == end;
}

bool any_money(std::string_view text, std::int64_t& nano_usd) {
  const Result<Money> money = parse_money(text);
  if (money) nano_usd = money->nano_usd;
  return money.has_value();
}

bool any_duration(std::string_view text, std::int64_t& us) {
  const Result<Duration> duration = parse_duration(text);
  if (duration) us = duration->us;
  return duration.has_value();
}

/// The nano-USD of one to nine decimals.
bool nanos(std::string_view decimals, std::uint64_t& number) {
  constexpr std::array<std::uint64_t, kBlock + 1> kFactors{
      0, 100'000'000, 10'000'000, 1'000'000, 100'000, 10'000, 1'000, 100, 10};
  const std::size_t in_block = std::min(decimals.size(), kBlock);
  if (!block_number(decimals.data(), in_block, number)) return false;
  number *= kFactors[in_block];
  if (decimals.size() <= kBlock) return true;
  number += static_cast<std::uint64_t>(decimals[kBlock] - '0');
  return is_digit(decimals[kBlock]);
}

}  // namespace

bool plain_whole(std::string_view token, std::int64_t& number) {
  constexpr std::size_t kMostDigits = 18;
  constexpr std::array<std::uint64_t, kBlock + 1> kShifts{
      1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
  const bool negative = token.starts_with('-');
  if (negative) token.remove_prefix(1);
  if (token.empty() || token.size() > kMostDigits) return false;
  if (token.front() == '0' && token.size() > 1) return false;
  std::uint64_t whole = 0;
  std::uint64_t block = 0;
  for (; token.size() > kBlock; token.remove_prefix(kBlock)) {
    if (!block_number(token.data(), kBlock, block)) return false;
    whole = whole * kShifts[kBlock] + block;
  }
  if (!block_number(token.data(), token.size(), block)) return false;
  number = static_cast<std::int64_t>(whole * kShifts[token.size()] + block);
  if (negative) number = -number;
  return true;
}

bool plain_real(std::string_view token, double& number) {
  const std::string_view digits = token.substr(token.starts_with('-') ? 1 : 0);
  if (digits.empty()) return false;
  if (digits.size() > kBlock) return long_real(token, digits, number);
  if (!short_real(digits, number)) return false;
  if (token.size() > digits.size()) number = -number;
  return true;
}

bool plain_money(std::string_view text, std::int64_t& nano_usd) {
  constexpr std::size_t kDecimals = 9;
  const std::size_t whole = point_in(eight_characters(text.data()));
  std::uint64_t dollars = 0;
  std::uint64_t rest = 0;
  if (whole == 0 || whole == kBlock || whole + 1 >= text.size() ||
      text.size() - whole - 1 > kDecimals || !block_number(text.data(), whole, dollars) ||
      !nanos(text.substr(whole + 1), rest)) {
    return any_money(text, nano_usd);
  }
  nano_usd = static_cast<std::int64_t>(dollars * 1'000'000'000 + rest);
  return true;
}

bool plain_duration(std::string_view text, std::int64_t& us) {
  constexpr std::size_t kMost = 6;  // characters: no product is too large
  std::uint64_t number = 0;
  if (text.size() < 2 || text.size() > kMost ||
      !block_number(text.data(), text.size() - 1, number)) {
    return any_duration(text, us);
  }
  const auto count = static_cast<std::int64_t>(number);
  switch (text.back()) {
    case 's':
      us = count * kSecond.us;
      return true;
    case 'm':
      us = count * kMinute.us;
      return true;
    case 'h':
      us = count * kHour.us;
      return true;
    case 'd':
      us = count * kDay.us;
      return true;
    default:
      return any_duration(text, us);
  }
}

}  // namespace tidewaiter
