#include "policies/model/ip_text.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

#include "policies/model/ascii.h"
#include "policies/model/input_text.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> bad_address(std::string_view text) {
  return fail(ErrorCode::kInvalidInput,
              "expected an IPv4 or IPv6 address such as `192.0.2.1` or `2001:db8::1`, got " +
                  in_backticks(text));
}

}  // namespace

bool is_ipv4(std::string_view text) {
  constexpr int kNumbers = 4;
  constexpr int kMost = 255;
  for (int left = kNumbers; left > 0; --left) {
    std::size_t digits = 0;
    int number = 0;
    for (; digits < text.size() && is_digit(text[digits]); ++digits) {
      number = number * 10 + (text[digits] - '0');
      if (number > kMost) return false;
    }
    if (digits == 0 || (digits > 1 && text.front() == '0')) return false;
    text.remove_prefix(digits);
    if (left > 1) {
      if (!text.starts_with('.')) return false;
      text.remove_prefix(1);
    }
  }
  return text.empty();
}

Result<std::string> canonical_ip(std::string_view text) {
  if (is_ipv4(text)) return std::string(text);
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  // inet_pton reads a C string: a NUL inside would hide what follows it.
  if (text.size() >= buffer.size() || text.find('\0') != std::string_view::npos) {
    return bad_address(text);
  }
  std::copy(text.begin(), text.end(), buffer.begin());
  in6_addr v6{};
  if (inet_pton(AF_INET6, buffer.data(), &v6) != 1) return bad_address(text);
  const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6);
  const void* const address = mapped ? static_cast<const void*>(&v6.s6_addr[12]) : &v6;
  const int family = mapped ? AF_INET : AF_INET6;
  if (inet_ntop(family, address, buffer.data(), buffer.size()) == nullptr) return bad_address(text);
  return std::string(buffer.data());
}

}  // namespace tidewaiter
