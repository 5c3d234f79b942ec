#include "daemon/app/secret_lines.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "policies/language/strict_yaml.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 11> kSecretKeys = {
    "token",         "url",    "secret",     "password",    "passwd",     "passphrase",
    "authorization", "bearer", "credential", "signing_key", "routing_key"};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

/// `token`, `tokn`, `webhook_url`; not `output_tokens`.
bool is_secret_key(std::string_view written) {
  std::string key(written);
  std::ranges::transform(key, key.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const std::string last = key.substr(key.find_last_of("_-") + 1);
  return std::ranges::find(kSecretKeys, last) != kSecretKeys.end() ||
         did_you_mean(key, kSecretKeys).has_value();
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

/// The place behind the colon of the line's last secret key.
std::optional<std::size_t> behind_secret_key(std::string_view line) {
  std::optional<std::size_t> behind;
  for (std::size_t at = 0; at < line.size();) {
    if (!is_word(line[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < line.size() && is_word(line[at])) ++at;
    std::size_t colon = at;
    if (colon < line.size() && (line[colon] == '"' || line[colon] == '\'')) ++colon;
    colon = skip_blanks(line, colon);
    const bool is_key = colon < line.size() && line[colon] == ':';
    if (is_key && is_secret_key(line.substr(begin, at - begin))) behind = colon + 1;
  }
  return behind;
}

/// From "//" up to "@", without a blank or another "/" between them: the user of a URL.
std::optional<std::pair<std::size_t, std::size_t>> find_user(std::string_view text,
                                                             std::size_t from) {
  for (std::size_t at = text.find("//", from); at != std::string_view::npos;
       at = text.find("//", at + 1)) {
    const std::size_t end = text.find_first_of("/ \t\"'`@", at + 2);
    if (end != std::string_view::npos && text[end] == '@') return std::pair(at + 2, end);
  }
  return std::nullopt;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// The value does not end in its key's line: nothing is there, or a quote or block stays open.
bool goes_on(std::string_view value) {
  return value.find_first_not_of(" \t\r|>+-&!") == std::string_view::npos ||
         std::ranges::count(value, '"') % 2 != 0 || std::ranges::count(value, '\'') % 2 != 0;
}

}  // namespace

SecretLines::SecretLines(std::string_view text) {
  const std::vector<std::string_view> lines = split_lines(text);
  const auto mark = [this](std::size_t i) { lines_.insert(static_cast<std::int32_t>(i + 1)); };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (find_user(lines[i], 0)) mark(i);
    const auto behind = behind_secret_key(lines[i]);
    if (!behind) continue;
    mark(i);
    const std::size_t indent = skip_blanks(lines[i], 0);
    bool open = goes_on(lines[i].substr(*behind));
    for (std::size_t next = i + 1; next < lines.size(); ++next) {
      const bool blank = is_blank(lines[next]);
      if (!blank && !open && skip_blanks(lines[next], 0) <= indent) break;
      mark(next);
      if (!blank) open = false;
    }
  }
}

void SecretLines::withhold(Diagnostic& diagnostic) const {
  std::string& message = diagnostic.message;
  std::size_t at = 0;
  while (const auto user = find_user(message, at)) {
    message.replace(user->first, user->second - user->first, "…");
    at = user->first;
  }
  if (!contains(diagnostic.span.line) || diagnostic.source_line.empty()) return;
  diagnostic.source_line.clear();
  diagnostic.hint += diagnostic.hint.empty() ? "" : "; ";
  diagnostic.hint += "the line is not shown, for it may hold a secret";
}

}  // namespace tidewaiter
