#include "policies/lists/listed_parties.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policies/language/value_list.h"
#include "policies/lists/country_code.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// What publishers write where they do not know a country.
constexpr std::array<std::string_view, 4> kNoCountry = {"undetermined", "unknown", "n/a",
                                                        "none identified"};

void add_once(std::vector<std::string>& texts, std::string text) {
  if (std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
}

ListedParty listed_party(const ListEntry& entry) {
  ListedParty party{entry.name, {}, {}, {}, kAlways, entry.kind, {}};
  for (const ListedName& alias : entry.aliases) {
    add_once(alias.is_weak ? party.weak_aliases : party.aliases, alias.text);
  }
  for (const std::string& country : entry.countries) {
    const std::string lower = ascii_lower(country);
    if (std::ranges::find(kNoCountry, lower) != kNoCountry.end()) continue;
    add_once(party.countries, country_code(country).value_or(country));
  }
  for (const std::string& identifier : entry.identifiers) add_once(party.identifiers, identifier);
  // The number of a row names nobody in another issue.
  if (entry.has_own_id) party.ids = {entry.id};
  for (const std::string& program : entry.programs) add_once(party.programs, program);
  party.licence = entry.licence;
  return party;
}

}  // namespace

std::vector<ListedParty> listed_parties(const ParsedList& list) {
  std::vector<ListedParty> parties;
  parties.reserve(list.entries.size());
  std::ranges::transform(list.entries, std::back_inserter(parties), listed_party);
  return parties;
}

}  // namespace tidewaiter
