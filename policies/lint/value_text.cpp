#include "policies/lint/value_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "policies/language/typographic.h"
#include "policies/lint/country_codes.h"
#include "policies/model/ascii.h"
#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

bool is_country(const Expr& term) { return field(term.index).unit == "ISO 3166-1 alpha-2"; }

/// Characters that take no room, or a blank's without being one: they come along when a text is
/// pasted from a page or a mail.
bool is_unseen(std::uint32_t c) {
  return c == 0xA0 || c == 0xAD || (c >= 0x200B && c <= 0x200F) || c == 0x202F ||
         (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF;
}

std::optional<std::uint32_t> unseen_in(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = utf8_length_at(text, at);
    if (size == 0) return std::nullopt;
    const std::uint32_t c = code_point_of(text.substr(at, size));
    if (is_unseen(c)) return c;
    at += size;
  }
  return std::nullopt;
}

/// "U+200B"
std::string code_point_name(std::uint32_t c) {
  std::array<char, 8> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), c, 16).ptr;
  const std::string name = ascii_upper(std::string_view(digits.data(), end));
  return "U+" + std::string(name.size() < 4 ? 4 - name.size() : 0, '0') + name;
}

std::optional<TextFault> fault_of_characters(std::string_view text) {
  if (begins_with_typographic_quote(text)) {
    return TextFault{kUnseenCharacter,
                     "begins with a typographic quote, which is a part of the text",
                     "write it without quotes, or in straight ones: \"…\""};
  }
  if (const auto unseen = unseen_in(text)) {
    return TextFault{kUnseenCharacter,
                     "has a character in it that nobody sees: " + code_point_name(*unseen),
                     "type the text anew, unless the source writes it so"};
  }
  if (text.front() == ' ' || text.back() == ' ') {
    return TextFault{kBlankAtEnd, "has a blank at its end",
                     "remove it, unless the source writes it"};
  }
  return std::nullopt;
}

std::optional<TextFault> fault_of_country(const Expr& term, std::string_view text, bool cased) {
  const std::string upper = ascii_upper(text);
  if (!is_country_code(text)) {
    return TextFault{kNotACountry,
                     "is no code of a country: `" + std::string(field(term.index).name) +
                         "` has ISO 3166-1 alpha-2",
                     upper == "UK" ? "the United Kingdom is GB" : "write two letters, such as DE"};
  }
  if (!cased || upper == text) return std::nullopt;
  return TextFault{kCountryCase,
                   "is compared by case, and codes of countries are written in upper case",
                   "write `" + upper + "`"};
}

}  // namespace

std::optional<TextFault> fault_of_text(const Expr& term, std::string_view text,
                                       TextComparison how) {
  if (term.op != ExprOp::kField || text.empty()) return std::nullopt;
  if (auto fault = fault_of_characters(text)) return fault;
  if (is_country(term)) return fault_of_country(term, text, how != TextComparison::kCaseless);
  if (how != TextComparison::kOneOfMany || text.find('*') == std::string_view::npos) {
    return std::nullopt;
  }
  return TextFault{kStarInList, "is compared as a whole: among several values `*` is a star",
                   "write a selection with `" + std::string(field(term.index).name) + ": " +
                       std::string(text) + "`, in which it stands for any text"};
}

}  // namespace tidewaiter
