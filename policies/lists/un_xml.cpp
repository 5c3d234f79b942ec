#include "policies/lists/un_xml.h"

#include <string>
#include <utility>

#include "policies/lists/column_meaning.h"
#include "policies/lists/xml_parties.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

std::string un_name(const XmlElement& party) {
  std::string name;
  for (const std::string_view part : {"FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"}) {
    const std::string_view text = party.text_of(part);
    if (!text.empty()) name += (name.empty() ? "" : " ") + std::string(text);
  }
  return name;
}

void add_un_values(ListEntry& entry, const XmlElement& child) {
  if (child.name == "INDIVIDUAL_ALIAS" || child.name == "ENTITY_ALIAS") {
    const bool weak = ascii_lower(child.text_of("QUALITY")) == "low";
    // Some elements hold several names, with semicolons between them.
    add_value(entry, weak ? ColumnMeaning::kWeakAlias : ColumnMeaning::kAlias,
              child.text_of("ALIAS_NAME"));
  } else if (child.name == "NATIONALITY") {
    for (const XmlElement& value : child.children) {
      add_value(entry, ColumnMeaning::kCountry, value.text);
    }
  } else if (child.name == "ENTITY_ADDRESS" || child.name == "INDIVIDUAL_ADDRESS") {
    add_value(entry, ColumnMeaning::kCountry, child.text_of("COUNTRY"));
  } else if (child.name == "INDIVIDUAL_DOCUMENT") {
    add_value(entry, ColumnMeaning::kIdentifier, child.text_of("NUMBER"));
  }
}

}  // namespace

Result<ParsedList> parse_un_xml(std::string_view text) {
  const auto read = [](const XmlElement& party, std::vector<ListFault>&) {
    ListEntry entry;
    entry.id = party.text_of("REFERENCE_NUMBER");
    entry.kind = party.name == "INDIVIDUAL" ? PartyKind::kPerson : PartyKind::kOrganisation;
    entry.name = un_name(party);
    add_value(entry, ColumnMeaning::kAlias, party.text_of("NAME_ORIGINAL_SCRIPT"));
    add_value(entry, ColumnMeaning::kProgram, party.text_of("UN_LIST_TYPE"));
    for (const XmlElement& child : party.children) add_un_values(entry, child);
    return entry;
  };
  return parse_xml_parties(text, "UN XML", {"INDIVIDUAL", "ENTITY"}, read);
}

}  // namespace tidewaiter
