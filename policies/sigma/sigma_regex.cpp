#include "policies/sigma/sigma_regex.h"

#include <array>
#include <utility>

#include <re2/re2.h>

namespace tidewaiter {
namespace {

struct Construct {
  std::string_view opening;
  std::string_view name;
};

/// What PCRE has and linear time has not, by what it begins with.
constexpr std::array<Construct, 11> kBeyond = {{{"(?=", "look-ahead"},
                                                {"(?!", "look-ahead"},
                                                {"(?<=", "look-behind"},
                                                {"(?<!", "look-behind"},
                                                {"(?>", "an atomic group"},
                                                {"(?(", "a conditional group"},
                                                {"(?R", "recursion"},
                                                {"(?&", "recursion"},
                                                {"(?P=", "a reference to a group"},
                                                {"(?P>", "recursion"},
                                                {"\\k", "a reference to a group"}}};

/// What stands at `at` outside a character class and needs more than linear time, or nothing.
std::string_view beyond_at(std::string_view pattern, std::size_t at) {
  const std::string_view rest = pattern.substr(at);
  for (const Construct& construct : kBeyond) {
    if (rest.starts_with(construct.opening)) return construct.name;
  }
  if (rest.size() > 1 && rest[0] == '\\' && rest[1] >= '1' && rest[1] <= '9') {
    return "a reference to a group";
  }
  constexpr std::string_view kQuantifiers = "*+?}";
  if (rest.size() > 1 && rest[1] == '+' && kQuantifiers.find(rest[0]) != std::string_view::npos) {
    return "a possessive quantifier";
  }
  return {};
}

struct Rewritten {
  std::string pattern;
  std::string_view beyond;  ///< name of the first construct that cannot be
};

/// Walks the pattern outside classes and escapes.
Rewritten rewrite(std::string_view pattern) {
  Rewritten out;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (!in_class && out.beyond.empty()) out.beyond = beyond_at(pattern, i);
    if (!in_class && pattern.substr(i).starts_with("(?<")) {
      out.pattern += "(?P<";
      i += 2;
      continue;
    }
    out.pattern += c;
    if (c == '\\' && i + 1 < pattern.size()) {
      out.pattern += pattern[++i];
    } else if (c == '[' && !in_class) {
      in_class = true;
      // A bracket right behind the opening is a plain one.
      if (i + 1 < pattern.size() && pattern[i + 1] == '^') out.pattern += pattern[++i];
      if (i + 1 < pattern.size() && pattern[i + 1] == ']') out.pattern += pattern[++i];
    } else if (c == ']') {
      in_class = false;
    }
  }
  return out;
}

}  // namespace

tl::expected<SigmaRegex, SigmaRegexFault> compile_sigma_regex(std::string_view pattern,
                                                              std::string_view flags) {
  const Rewritten rewritten = rewrite(pattern);
  if (!rewritten.beyond.empty()) {
    return tl::unexpected(SigmaRegexFault{true, std::string(rewritten.beyond)});
  }
  RE2::Options options;
  options.set_log_errors(false);
  const std::string prefix = flags.empty() ? std::string() : "(?" + std::string(flags) + ")";
  auto compiled = std::make_shared<const RE2>(prefix + rewritten.pattern, options);
  if (!compiled->ok()) return tl::unexpected(SigmaRegexFault{false, compiled->error()});
  return SigmaRegex{std::string(pattern), std::string(flags), std::move(compiled)};
}

}  // namespace tidewaiter
