#include "policies/language/text_match.h"

#include <algorithm>
#include <cstddef>

#include <re2/re2.h>

#include "policies/language/code_points.h"

namespace tidewaiter {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

RE2::Options regex_options(bool cased) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(cased);
  return options;
}

bool equal_bytes(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// One element of a wildcard pattern, read at `at`.
struct Element {
  bool any_one = false;
  std::string_view plain;  ///< the code point that must stand there
  std::size_t size = 0;    ///< bytes of the pattern
};

Element element_at(std::string_view pattern, std::size_t at) {
  if (pattern[at] == '?') return {true, {}, 1};
  if (pattern[at] == '\\' && at + 1 < pattern.size() &&
      std::string_view("*?\\").find(pattern[at + 1]) != std::string_view::npos) {
    return {false, pattern.substr(at + 1, 1), 2};
  }
  const std::size_t size = code_point_length(pattern, at);
  return {false, pattern.substr(at, size), size};
}

/// Both in lower case already if case does not matter.
bool match_wildcard(std::string_view pattern, std::string_view value) {
  std::size_t p = 0;
  std::size_t v = 0;
  std::size_t star = std::string_view::npos;  // pattern offset after the last *
  std::size_t resume = 0;                     // where that * ends in the value for now
  while (true) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      resume = v;
      continue;
    }
    if (v == value.size()) {
      if (p == pattern.size()) return true;
      // A longer run for the last * only leaves less text for what follows it.
      return false;
    }
    if (p < pattern.size()) {
      const Element element = element_at(pattern, p);
      const std::size_t size = code_point_length(value, v);
      if (element.any_one || value.substr(v, size) == element.plain) {
        p += element.size;
        v += size;
        continue;
      }
    }
    if (star == std::string_view::npos) return false;
    resume += code_point_length(value, resume);
    v = resume;
    p = star;
  }
}

}  // namespace

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool matches_wildcard(std::string_view pattern, std::string_view value, bool cased) {
  if (cased) return match_wildcard(pattern, value);
  return match_wildcard(ascii_lower(pattern), ascii_lower(value));
}

std::optional<std::string> regex_error(const TextPattern& pattern) {
  const RE2 regex(pattern.pattern, regex_options(pattern.cased));
  if (regex.ok()) return std::nullopt;
  return regex.error();
}

bool matches_text(const TextPattern& pattern, std::string_view value) {
  using enum TextPattern::Mode;
  if (pattern.mode == kRegex) {
    const RE2 regex(pattern.pattern, regex_options(pattern.cased));
    return regex.ok() && RE2::PartialMatch({value.data(), value.size()}, regex);
  }
  if (pattern.mode == kWildcard) return matches_wildcard(pattern.pattern, value, pattern.cased);
  const std::string wanted = pattern.cased ? pattern.pattern : ascii_lower(pattern.pattern);
  const std::string given = pattern.cased ? std::string(value) : ascii_lower(value);
  switch (pattern.mode) {
    case kContains:
      return given.find(wanted) != std::string::npos;
    case kStartsWith:
      return given.starts_with(wanted);
    case kEndsWith:
      return given.ends_with(wanted);
    default:
      return equal_bytes(given, wanted);
  }
}

}  // namespace tidewaiter
