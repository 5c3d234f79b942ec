#include "policies/language/dash_pattern.h"

#include <array>

#include <re2/re2.h>

#include "policies/language/code_points.h"

namespace tidewaiter {

std::size_t dash_length(std::string_view text, std::size_t at) {
  constexpr std::array<std::string_view, 5> kDashes = {"-", "/", "–", "—", "―"};
  for (const std::string_view dash : kDashes) {
    if (text.substr(at).starts_with(dash)) return dash.size();
  }
  return 0;
}

std::string literal_regex(std::string_view text, bool fold) {
  if (!fold) return RE2::QuoteMeta(text);
  std::string out;
  for (const char c : text) {
    const bool lower = c >= 'a' && c <= 'z';
    const bool upper = c >= 'A' && c <= 'Z';
    if (!lower && !upper) {
      out += RE2::QuoteMeta(std::string_view(&c, 1));
      continue;
    }
    const char other = static_cast<char>(lower ? c - 'a' + 'A' : c - 'A' + 'a');
    out += {'[', c, other, ']'};
  }
  return out;
}

std::string dash_regex(std::string_view wildcards, bool cased) {
  constexpr std::string_view kSpecial = "*?\\";
  std::string out = "(?s)\\A";
  for (std::size_t i = 0; i < wildcards.size();) {
    if (wildcards[i] == '*' || wildcards[i] == '?') {
      out += wildcards[i++] == '*' ? ".*" : ".";
      continue;
    }
    const bool escape = wildcards[i] == '\\' && i + 1 < wildcards.size() &&
                        kSpecial.find(wildcards[i + 1]) != std::string_view::npos;
    if (escape) ++i;
    const std::size_t dash = dash_length(wildcards, i);
    const std::size_t size = dash != 0 ? dash : code_point_length(wildcards, i);
    out += dash != 0 ? std::string(kDashClass) : literal_regex(wildcards.substr(i, size), !cased);
    i += size;
  }
  return out + "\\z";
}

}  // namespace tidewaiter
