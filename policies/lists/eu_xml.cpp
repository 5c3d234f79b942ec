#include "policies/lists/eu_xml.h"

#include <algorithm>
#include <string>
#include <utility>

#include "policies/lists/column_meaning.h"
#include "policies/lists/xml_parties.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

std::string eu_name(const XmlElement& alias) {
  std::string name(alias.attribute("wholeName"));
  if (!name.empty()) return name;
  for (const std::string_view part : {"firstName", "middleName", "lastName"}) {
    const std::string_view text = alias.attribute(part);
    if (!text.empty()) name += (name.empty() ? "" : " ") + std::string(text);
  }
  return name;
}

bool is_weak_eu_name(const XmlElement& alias) {
  return alias.attribute("strong") == "false" ||
         ascii_lower(alias.text_of("remark")).find("low quality") != std::string::npos;
}

void add_eu_country(ListEntry& entry, const XmlElement& place) {
  const std::string_view code = place.attribute("countryIso2Code");
  const std::string_view name = place.attribute("countryDescription");
  if (!code.empty() && code != "00") {
    add_one_value(entry, ColumnMeaning::kCountry, code);
  } else if (name != "UNKNOWN") {
    add_one_value(entry, ColumnMeaning::kCountry, name);
  }
}

void add_eu_values(ListEntry& entry, const XmlElement& child) {
  if (child.name == "subjectType") {
    const std::string_view code = child.attribute("code");
    if (code == "person") entry.kind = PartyKind::kPerson;
    if (code == "enterprise") entry.kind = PartyKind::kOrganisation;
  } else if (child.name == "citizenship" || child.name == "address") {
    add_eu_country(entry, child);
  } else if (child.name == "identification") {
    add_one_value(entry, ColumnMeaning::kIdentifier, child.attribute("number"));
    add_one_value(entry, ColumnMeaning::kIdentifier, child.attribute("latinNumber"));
  } else if (child.name == "regulation") {
    add_one_value(entry, ColumnMeaning::kProgram, child.attribute("programme"));
  }
}

/// The first strong alias becomes the name.
void name_eu_party(ListEntry& entry) {
  const auto strong = std::ranges::find(entry.aliases, false, &ListedName::is_weak);
  if (strong == entry.aliases.end()) return;
  entry.name = std::move(strong->text);
  entry.aliases.erase(strong);
}

}  // namespace

Result<ParsedList> parse_eu_xml(std::string_view text) {
  const auto read = [](const XmlElement& party, std::vector<ListFault>& faults) {
    ListEntry entry;
    entry.id = party.attribute("euReferenceNumber");
    if (entry.id.empty()) entry.id = party.attribute("logicalId");
    for (const XmlElement& child : party.children) {
      add_eu_values(entry, child);
      if (child.name != "nameAlias") continue;
      const std::string name = eu_name(child);
      if (name.empty()) faults.push_back({child.line, "the nameAlias has no name"});
      add_one_value(
          entry, is_weak_eu_name(child) ? ColumnMeaning::kWeakAlias : ColumnMeaning::kAlias, name);
    }
    name_eu_party(entry);
    return entry;
  };
  return parse_xml_parties(text, "EU XML", {"sanctionEntity"}, read);
}

}  // namespace tidewaiter
