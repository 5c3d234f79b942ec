#include "daemon/outbound/url_query.h"

#include <algorithm>
#include <array>

namespace tidewaiter {
namespace {

constexpr auto kNames =
    std::to_array<std::string_view>({"auth", "authorization", "bearer", "jwt", "key", "pass",
                                     "passphrase", "pwd", "sid", "sig", "token", "xapikey"});

/// What other names end with. No bare `token`: pages have tokens too.
constexpr auto kEndings = std::to_array<std::string_view>(
    {"accesskey", "accesstoken", "apikey", "apitoken", "authkey", "authtoken", "bearertoken",
     "passwd", "password", "privatekey", "privatetoken", "refreshtoken", "secret", "secretkey",
     "securitytoken", "sessiontoken", "signature", "subscriptionkey"});

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// A parameter's name with its %XX as what they stand for (RFC 3986, 2.1).
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
    const int low = high >= 0 ? digit_of(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Letters in lower case, and digits; all that parts words is left out.
std::string spelt(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
  }
  return out;
}

bool names_credential(std::string_view name) {
  const std::string word = spelt(name);
  return std::ranges::find(kNames, word) != kNames.end() ||
         word.find("credential") != std::string::npos ||
         std::ranges::any_of(kEndings,
                             [&word](std::string_view end) { return word.ends_with(end); });
}

}  // namespace

std::optional<std::string> credential_in_query(std::string_view url) {
  const std::size_t query = url.find('?');
  if (query == std::string_view::npos) return std::nullopt;
  std::string_view rest = url.substr(query + 1);
  rest = rest.substr(0, rest.find('#'));
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of("&;"), rest.size());
    const std::string_view parameter = rest.substr(0, end);
    const std::string name = decoded(parameter.substr(0, parameter.find('=')));
    if (names_credential(name)) return name;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

std::string_view without_query(std::string_view url) { return url.substr(0, url.find('?')); }

}  // namespace tidewaiter
