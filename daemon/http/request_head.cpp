#include "daemon/http/request_head.h"

#include <algorithm>
#include <charconv>

#include "policies/model/ascii.h"

namespace tidewaiter {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// A name has no blanks, and none before its colon; neither part has control characters.
bool is_field_text(std::string_view text, bool is_name) {
  return std::ranges::none_of(text, [is_name](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0x7F || (byte < 0x20 && c != '\t') || (is_name && is_blank(c));
  });
}

std::optional<std::size_t> number_in(std::string_view text) {
  std::size_t number = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Says how the body is delimited. False if nothing certain does.
bool delimit(RequestHead& head) {
  bool chunked = false;
  bool length_told = false;
  head.length = 0;
  for (const auto& [name, value] : head.fields) {
    const std::string known = ascii_lower(name);
    if (known == "transfer-encoding") {
      if (chunked || ascii_lower(value) != "chunked") return false;
      chunked = true;
    } else if (known == "content-length") {
      head.length = number_in(value);
      if (length_told || !head.length) return false;
      length_told = true;
    }
  }
  if (chunked) head.length.reset();
  return !(chunked && length_told);
}

}  // namespace

std::optional<RequestHead> read_request_head(std::string_view text) {
  RequestHead head;
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || end == 0 || text[end - 1] != '\r') return std::nullopt;
    const std::string_view line = text.substr(0, end - 1);
    text.remove_prefix(end + 1);
    if (first) {
      first = false;
      continue;
    }
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = without_blanks(line.substr(colon + 1));
    if (!is_field_text(name, true) || !is_field_text(value, false)) return std::nullopt;
    head.fields.emplace_back(name, value);
  }
  return delimit(head) ? std::optional(std::move(head)) : std::nullopt;
}

}  // namespace tidewaiter
