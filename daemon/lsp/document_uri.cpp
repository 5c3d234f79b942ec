#include "daemon/lsp/document_uri.h"

#include <optional>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

}  // namespace

std::string path_of_uri(std::string_view uri) {
  constexpr std::string_view kScheme = "file://";
  if (!uri.starts_with(kScheme)) return std::string(uri);
  const std::string_view rest = uri.substr(kScheme.size());
  const std::size_t slash = rest.find('/');  // what stands before it is a host
  if (slash == std::string_view::npos) return std::string(uri);
  std::string path;
  for (std::size_t i = slash; i < rest.size(); ++i) {
    const bool escape = rest[i] == '%' && i + 2 < rest.size();
    const auto high = escape ? hex_digit(rest[i + 1]) : std::nullopt;
    const auto low = escape ? hex_digit(rest[i + 2]) : std::nullopt;
    if (high && low) {
      path += static_cast<char>(*high * 16 + *low);
      i += 2;
    } else {
      path += rest[i];
    }
  }
  return path;
}

std::string uri_of_path(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "/-.~!$&'()*+,;=:@";
  std::string uri = "file://";
  for (const char c : path) {
    if (begins_name(c) || is_digit(c) || kPlain.find(c) != std::string_view::npos) {
      uri += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    uri += '%';
    uri += kHex[byte >> 4U];
    uri += kHex[byte & 0xfU];
  }
  return uri;
}

}  // namespace tidewaiter
