#include "policies/language/yaml_trap.h"

#include <algorithm>
#include <array>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// 1e3, 1.5E+2
bool has_exponent(std::string_view text) {
  const std::size_t e = text.find_first_of("eE");
  if (e == std::string_view::npos || e == 0 || !is_digit(text.front())) return false;
  std::string_view power = text.substr(e + 1);
  if (power.starts_with('+') || power.starts_with('-')) power.remove_prefix(1);
  return all_digits(power) && std::all_of(text.begin(), text.begin() + static_cast<long>(e),
                                          [](char c) { return is_digit(c) || c == '.'; });
}

/// 12:30 and 1:30:00 are numbers to the base 60 in YAML 1.1.
bool is_base_sixty(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 && is_digit(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == ':'; });
}

}  // namespace

bool is_yaml_trap(std::string_view plain) {
  constexpr std::array<std::string_view, 8> kWords = {"y",  "n",   "yes",  "no",
                                                      "on", "off", "true", "false"};
  const std::string word = ascii_lower(plain);
  if (std::ranges::find(kWords, std::string_view(word)) != kWords.end()) return true;
  const bool octal = plain.size() > 1 && plain.front() == '0' && all_digits(plain);
  const bool prefixed = word.starts_with("0x") || word.starts_with("0o") || word.starts_with("0b");
  return octal || prefixed || has_exponent(plain) || is_base_sixty(plain);
}

}  // namespace tidewaiter
