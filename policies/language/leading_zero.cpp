#include "policies/language/leading_zero.h"

#include <cstddef>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

std::size_t sign_length(std::string_view number) {
  return number.starts_with('-') || number.starts_with('+') ? 1 : 0;
}

}  // namespace

bool has_leading_zero(std::string_view number) {
  const std::string_view digits = number.substr(sign_length(number));
  return digits.size() > 1 && digits[0] == '0' && is_digit(digits[1]);
}

std::string without_leading_zeros(std::string_view number) {
  std::string out(number);
  while (has_leading_zero(out)) out.erase(sign_length(out), 1);
  return out;
}

}  // namespace tidewaiter
