#include "policies/language/text_match.h"

#include <algorithm>
#include <cstddef>

#include <re2/re2.h>

#include "policies/language/code_points.h"
#include "policies/language/wildcard_element.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

RE2::Options regex_options(bool cased) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(cased);
  return options;
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
      const WildcardElement element = wildcard_element(pattern, p);
      const std::size_t size = code_point_length(value, v);
      if (element.kind == WildcardElement::Kind::kAnyOne ||
          value.substr(v, size) == element.plain) {
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

bool matches_wildcard(std::string_view pattern, std::string_view value, bool cased) {
  if (cased) return match_wildcard(pattern, value);
  return match_wildcard(ascii_lower(pattern), ascii_lower(value));
}

std::optional<std::string> regex_error(const TextPattern& pattern) {
  const RE2 regex(pattern.pattern, regex_options(pattern.cased));
  if (regex.ok()) return std::nullopt;
  return regex.error();
}

TextMatcher::TextMatcher(const TextPattern& pattern) : pattern_(pattern) {
  if (pattern_.mode == TextPattern::Mode::kRegex) {
    regex_ = std::make_unique<RE2>(pattern_.pattern, regex_options(pattern_.cased));
  } else if (!pattern_.cased) {
    pattern_.pattern = ascii_lower(pattern_.pattern);
  }
}
TextMatcher::~TextMatcher() = default;
TextMatcher::TextMatcher(TextMatcher&&) noexcept = default;
TextMatcher& TextMatcher::operator=(TextMatcher&&) noexcept = default;

bool TextMatcher::matches(std::string_view value) const {
  using enum TextPattern::Mode;
  if (pattern_.mode == kRegex) {
    return regex_->ok() && RE2::PartialMatch({value.data(), value.size()}, *regex_);
  }
  const std::string lowered = pattern_.cased ? std::string() : ascii_lower(value);
  const std::string_view given = pattern_.cased ? value : std::string_view(lowered);
  switch (pattern_.mode) {
    case kWildcard:
      return match_wildcard(pattern_.pattern, given);
    case kContains:
      return given.find(pattern_.pattern) != std::string_view::npos;
    case kStartsWith:
      return given.starts_with(pattern_.pattern);
    case kEndsWith:
      return given.ends_with(pattern_.pattern);
    default:
      return given == pattern_.pattern;
  }
}

bool matches_text(const TextPattern& pattern, std::string_view value) {
  return TextMatcher(pattern).matches(value);
}

}  // namespace tidewaiter
