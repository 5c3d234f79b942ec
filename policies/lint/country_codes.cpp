#include "policies/lint/country_codes.h"

#include <algorithm>
#include <array>
#include <string>

#include "policies/language/text_match.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// ISO 3166-1 alpha-2, the 249 codes assigned: a first letter, then the second ones that it has.
constexpr auto kAssigned = std::to_array<std::string_view>({
    "ADEFGILMOQRSTUWXZ",
    "BABDEFGHIJLMNOQRSTVWYZ",
    "CACDFGHIKLMNORUVWXYZ",
    "DEJKMOZ",
    "ECEGHRST",
    "FIJKMOR",
    "GABDEFGHILMNPQRSTUWY",
    "HKMNRTU",
    "IDELMNOQRST",
    "JEMOP",
    "KEGHIMNPRWYZ",
    "LABCIKRSTUVY",
    "MACDEFGHKLMNOPQRSTUVWXYZ",
    "NACEFGILOPRUZ",
    "OM",
    "PAEFGHKLMNRSTWY",
    "QA",
    "REOSUW",
    "SABCDEGHIJKLMNORSTVXYZ",
    "TCDFGHJKLMNORTVWZ",
    "UAGMSYZ",
    "VACEGINU",
    "WFS",
    "YET",
    "ZAMW",
});

bool is_left_to_users(char first, char second) {
  if (first == 'Q') return second >= 'M';
  return first == 'X' || (first == 'A' && second == 'A') || (first == 'Z' && second == 'Z');
}

}  // namespace

bool is_country_code(std::string_view text) {
  if (text.size() != 2) return false;
  const std::string lower = ascii_lower(text);
  if (!std::ranges::all_of(lower, [](char c) { return c >= 'a' && c <= 'z'; })) return false;
  const char first = static_cast<char>(lower[0] - 'a' + 'A');
  const char second = static_cast<char>(lower[1] - 'a' + 'A');
  if (is_left_to_users(first, second) || lower == "ap" || lower == "eu") return true;
  return std::ranges::any_of(kAssigned, [&](std::string_view row) {
    return row.front() == first && row.substr(1).find(second) != std::string_view::npos;
  });
}

}  // namespace tidewaiter
