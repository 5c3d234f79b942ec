#include "daemon/sources/stored_reason.h"

#include <algorithm>

namespace tidewaiter {
namespace {

constexpr std::string_view kUnknownMember = "unknown member";

/// Nothing, or `, did you mean …?` with a name that a catalogue can have.
bool is_advice(std::string_view text) {
  constexpr std::string_view kBegin = ", did you mean `";
  constexpr std::string_view kEnd = "`?";
  if (text.empty()) return true;
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd)) return false;
  if (text.size() < kBegin.size() + kEnd.size()) return false;
  text.remove_prefix(kBegin.size());
  text.remove_suffix(kEnd.size());
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

/// Where what is said of a member that nobody knows begins, behind its name; npos: it is said of
/// none. The last of them, for a name may have these words itself.
std::size_t behind_unknown_name(std::string_view reason) {
  constexpr std::string_view kQuoteEnd = "`: ";
  const std::string mark = std::string(kQuoteEnd) + std::string(kUnknownMember);
  const std::size_t at = reason.rfind(mark);
  if (at == std::string_view::npos || !reason.starts_with('`')) return std::string_view::npos;
  return is_advice(reason.substr(at + mark.size())) ? at + kQuoteEnd.size()
                                                    : std::string_view::npos;
}

}  // namespace

std::string stored_reason(std::string_view reason) {
  // A quoted value ends its reason with a backtick, and this does not: it is one or the other.
  if (const std::size_t at = behind_unknown_name(reason); at != std::string_view::npos) {
    return std::string(reason.substr(at));
  }
  constexpr std::string_view kGot = ", got ";
  // The first of them: a value may have these words itself.
  const std::size_t got = reason.find(kGot);
  if (got == std::string_view::npos) return std::string(reason);
  const std::size_t quote = reason.find('`', got);
  if (quote == std::string_view::npos) return std::string(reason);
  if (quote == got + kGot.size()) return std::string(reason.substr(0, quote)) + "another text";
  const std::string_view kept = reason.substr(0, quote);  // "…, got a number: "
  return std::string(kept.substr(0, kept.find_last_not_of(": ") + 1));
}

}  // namespace tidewaiter
