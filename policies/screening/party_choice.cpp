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

void add_quoted(std::string& text, std::string_view word) {
  text += (text.empty() ? "`" : " or `") + std::string(word) + "`";
}

}  // namespace

std::optional<bool> PartyChoice::takes(const ScreenedList& list, const ListedParty& party,
                                       UtcTime time) const {
  bool is_known = true;
  if (!programs.empty()) {
    is_known = !party.programs.empty();
    if (is_known && !is_listed_under(party, programs)) return false;
  }
  if (!obligations.empty()) {
    const Follows follows = list.follows(party, time);
    const bool follows_one =
        std::ranges::any_of(obligations, [&follows](Obligation one) { return follows.has(one); });
    if (!follows_one && follows.untold.empty()) return false;
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
  std::string text = ", listed";
  for (const std::string& program : programs) text += " under `" + ascii_lower(program) + "`";
  for (const Obligation one : obligations) text += " for " + std::string(obligation_name(one));
  for (const auto& list : lists) text += " sha256:" + to_hex(list->listing_digest());
  return text;
}

}  // namespace tidewaiter
