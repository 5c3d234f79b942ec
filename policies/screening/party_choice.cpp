#include "policies/screening/party_choice.h"

#include <algorithm>
#include <string_view>

#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

bool is_listed_under(const ListedParty& party, const std::vector<std::string>& programs) {
  return std::ranges::any_of(party.programs, [&programs](const std::string& one) {
    return std::ranges::any_of(programs, [&one](const std::string& wanted) {
      return ascii_lower(one) == ascii_lower(wanted);
    });
  });
}

/// Whether the word says on which list an entry stands, or for which measure, and no programme.
bool names_no_programme(const ScreenedList& list, std::string_view word) {
  return list.consequences() != nullptr && list.consequences()->names_no_programme(word);
}

/// Whether an entry that is not listed under `wanted` says so: it has another word of that sort.
bool tells_of(const ScreenedList& list, const ListedParty& party, std::string_view wanted) {
  const bool is_sort = names_no_programme(list, wanted);
  return std::ranges::any_of(party.programs, [&](const std::string& one) {
    return names_no_programme(list, one) == is_sort;
  });
}

void add_quoted(std::string& text, std::string_view word) {
  text += (text.empty() ? "`" : " or `") + std::string(word) + "`";
}

}  // namespace

std::optional<bool> PartyChoice::takes(const ScreenedList& list, const ListedParty& party,
                                       UtcTime time) const {
  bool is_known = true;
  if (!programs.empty() && !is_listed_under(party, programs)) {
    const bool is_told = std::ranges::all_of(
        programs, [&](const std::string& wanted) { return tells_of(list, party, wanted); });
    if (is_told) return false;
    is_known = false;
  }
  if (!obligations.empty()) {
    const Follows follows = list.follows(party, time);
    const bool follows_one =
        std::ranges::any_of(obligations, [&follows](Obligation one) { return follows.has(one); });
    // What a notice states may be any of them.
    const bool is_told = follows.untold.empty() && !follows.has(Obligation::kAsNotified);
    if (!follows_one && is_told) return false;
    is_known = is_known && follows_one;
  }
  return is_known ? std::optional(true) : std::nullopt;
}

std::string PartyChoice::text() const {
  std::string under;
  for (const std::string& program : programs) add_quoted(under, program);
  std::string asked;
  for (const Obligation one : obligations) add_quoted(asked, obligation_name(one));
  std::string text = under.empty() ? std::string() : " under " + under;
  if (asked.empty()) return text;
  return text + (text.empty() ? "" : " and") + " for " + asked;
}

std::string PartyChoice::meaning(
    const std::vector<std::shared_ptr<const ScreenedList>>& lists) const {
  if (takes_all()) return {};
  std::string text = ", listed 2";  // the edition of takes()
  for (const std::string& program : programs) text += " under `" + ascii_lower(program) + "`";
  for (const Obligation one : obligations) text += " for " + std::string(obligation_name(one));
  for (const auto& list : lists) text += " sha256:" + to_hex(list->listing_digest());
  return text;
}

}  // namespace tidewaiter
