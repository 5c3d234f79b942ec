#include "policies/authoring/scalar_text.h"

#include <algorithm>
#include <array>

#include "policies/language/code_points.h"
#include "policies/language/document_reader.h"
#include "policies/language/yaml_trap.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

bool is_null_word(std::string_view text) {
  return text == "null" || text == "Null" || text == "NULL";
}

std::string escaped(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    case '"':
    case '\\':
      return std::string("\\") + c;
    default:
      break;
  }
  if (!is_control(c)) return std::string(1, c);
  return std::string("\\x") + kDigits[byte >> 4U] + kDigits[byte & 0xFU];
}

}  // namespace

bool is_plainly_text(std::string_view text) {
  constexpr std::string_view kHarmless = " ._-/()+*|%=<>;?!'";
  const bool first = !text.empty() && begins_name(text.front());
  if (!first || text.back() == ' ' || is_null_word(text) || is_yaml_trap(text)) return false;
  return std::ranges::all_of(text, [&](char c) {
    return begins_name(c) || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80 ||
           kHarmless.find(c) != std::string_view::npos;
  });
}

std::string quoted_scalar(std::string_view text) {
  const bool escapes = std::ranges::any_of(text, is_control);
  const bool marks = text.find_first_of("\"\\") != std::string_view::npos;
  std::string out;
  if (marks && !escapes) {
    for (const char c : text) {
      if (c == '\'') out += '\'';
      out += c;
    }
    return "'" + out + "'";
  }
  for (const char c : text) out += escaped(c);
  return '"' + out + '"';
}

std::optional<std::string> literal_block(std::string_view text) {
  const bool ended = text.ends_with('\n');
  const std::string_view content = ended ? text.substr(0, text.size() - 1) : text;
  const bool holds =
      !content.empty() && !content.ends_with('\n') &&
      content.find_first_not_of(" \n") != std::string_view::npos &&
      std::ranges::none_of(content, [](char c) { return is_control(c) && c != '\n' && c != '\t'; });
  if (!holds) return std::nullopt;
  const std::size_t first = content.find_first_not_of('\n');
  std::string out = "|";
  if (content[first] == ' ' || content[first] == '\t') out += '2';
  if (!ended) out += '-';
  out += '\n';
  return out.append(content);
}

std::optional<std::string> folded_block(std::string_view text, std::size_t width) {
  const bool holds = !text.empty() && text.front() != ' ' && text.back() != ' ' &&
                     text.find("  ") == std::string_view::npos &&
                     std::ranges::none_of(text, is_control);
  if (!holds) return std::nullopt;
  std::string out = ">-\n";
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    const auto columns = static_cast<std::size_t>(count_code_points(word));
    if (used > 0) {
      const bool fits = used + 1 + columns <= width;
      out += fits ? ' ' : '\n';
      used = fits ? used + 1 : 0;
    }
    out += word;
    used += columns;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace tidewaiter
