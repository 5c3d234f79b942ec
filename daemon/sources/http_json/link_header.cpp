#include "daemon/sources/http_json/link_header.h"

#include <algorithm>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kLinkBlanks = " \t";

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && kLinkBlanks.find(text.front()) != text.npos) text.remove_prefix(1);
  while (!text.empty() && kLinkBlanks.find(text.back()) != text.npos) text.remove_suffix(1);
  return text;
}

/// Takes what stands before the first `end` that is in no quotes, and drops that.
std::string_view take_until(std::string_view& text, std::string_view ends) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (!quoted && ends.find(text[at]) != ends.npos) break;
  }
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at);
  return taken;
}

/// Whether a parameter is `rel` and has `next` among its words.
bool is_next(std::string_view parameter) {
  const std::size_t equals = parameter.find('=');
  if (equals == parameter.npos) return false;
  if (ascii_lower(without_blanks(parameter.substr(0, equals))) != "rel") return false;
  std::string_view value = without_blanks(parameter.substr(equals + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  while (!value.empty()) {
    const std::size_t end = std::min(value.find(' '), value.size());
    if (ascii_lower(value.substr(0, end)) == "next") return true;
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return false;
}

/// "https://host:port" of an address.
std::string_view origin_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == url.npos) return {};
  return url.substr(0, std::min(url.find_first_of("/?#", scheme + 3), url.size()));
}

}  // namespace

std::optional<std::string> next_link(std::string_view header) {
  while (true) {
    const std::size_t open = header.find('<');
    if (open == header.npos) return std::nullopt;
    const std::size_t close = header.find('>', open);
    if (close == header.npos) return std::nullopt;
    const std::string_view target = header.substr(open + 1, close - open - 1);
    header.remove_prefix(close + 1);
    bool next = false;
    take_until(header, ";,");
    while (header.starts_with(';')) {
      header.remove_prefix(1);
      next = is_next(take_until(header, ";,")) || next;
    }
    if (next) return std::string(target);
  }
}

Result<std::string> same_host_link(std::string_view url, std::string_view link) {
  constexpr std::size_t kLongest = 4096;
  const bool plain = std::ranges::all_of(
      link, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>'; });
  if (!plain || link.empty() || link.size() > kLongest || link.find('#') != link.npos) {
    return fail(ErrorCode::kInvalidInput, "the next page's address cannot be one");
  }
  const std::string_view origin = origin_of(url);
  if (link.starts_with('/') && !link.starts_with("//")) {
    return std::string(origin) + std::string(link);
  }
  if (link.starts_with('?')) {
    return std::string(url.substr(0, std::min(url.find('?'), url.size()))) + std::string(link);
  }
  if (!origin.empty() && origin_of(link) == origin) return std::string(link);
  return fail(ErrorCode::kInvalidInput,
              "the next page's address leads to another host, where the key does not go");
}

}  // namespace tidewaiter
