#include "policies/lint/country_codes.h"

#include <algorithm>
#include <string>

#include "policies/language/text_match.h"
#include "policies/model/ascii.h"
#include "policies/model/country_code.h"

namespace tidewaiter {
namespace {

bool is_left_to_users(char first, char second) {
  if (first == 'Q') return second >= 'M';
  return first == 'X' || (first == 'A' && second == 'A') || (first == 'Z' && second == 'Z');
}

}  // namespace

bool is_country_code(std::string_view text) {
  if (text.size() != 2) return false;
  const std::string lower = ascii_lower(text);
  if (!std::ranges::all_of(lower, [](char c) { return c >= 'a' && c <= 'z'; })) return false;
  const std::string code = ascii_upper(text);
  return is_assigned_country(code) || is_left_to_users(code[0], code[1]) || code == "AP" ||
         code == "EU";
}

}  // namespace tidewaiter
