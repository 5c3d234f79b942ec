#include "policies/lists/ofac_xml.h"

#include <initializer_list>
#include <string>
#include <utility>

#include "policies/lists/column_meaning.h"
#include "policies/lists/ofac_documents.h"
#include "policies/lists/xml_parties.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

std::string ofac_name(const XmlElement& element) {
  std::string name(element.text_of("lastName"));
  const std::string_view first = element.text_of("firstName");
  if (!name.empty() && !first.empty()) name += ", ";
  return name += first;
}

void add_at(ListEntry& entry, ColumnMeaning meaning, const XmlElement& party,
            std::initializer_list<std::string_view> path) {
  party.for_each_at(path, [&entry, meaning](const XmlElement& value) {
    add_one_value(entry, meaning, value.text);
  });
}

void add_ofac_details(ListEntry& entry, const XmlElement& party) {
  using enum ColumnMeaning;
  add_at(entry, kProgram, party, {"programList", "program"});
  add_at(entry, kCountry, party, {"addressList", "address", "country"});
  add_at(entry, kCountry, party, {"nationalityList", "nationality", "country"});
  add_at(entry, kCountry, party, {"citizenshipList", "citizenship", "country"});
  add_at(entry, kCountry, party, {"vesselInfo", "vesselFlag"});
  add_at(entry, kIdentifier, party, {"vesselInfo", "callSign"});
  party.for_each_at({"idList", "id"}, [&entry](const XmlElement& id) {
    if (names_no_document(id.text_of("idType"))) return;
    add_one_value(entry, kIdentifier, id.text_of("idNumber"));
  });
}

}  // namespace

Result<ParsedList> parse_ofac_xml(std::string_view text) {
  const auto read = [](const XmlElement& party, std::vector<ListFault>& faults) {
    ListEntry entry;
    entry.id = party.text_of("uid");
    entry.kind = kind_from(party.text_of("sdnType"));
    entry.name = ofac_name(party);
    party.for_each_at({"akaList", "aka"}, [&](const XmlElement& aka) {
      const std::string name = ofac_name(aka);
      if (name.empty()) faults.push_back({aka.line, "the aka has no name"});
      const bool is_weak = ascii_lower(aka.text_of("category")) == "weak";
      add_one_value(entry, is_weak ? ColumnMeaning::kWeakAlias : ColumnMeaning::kAlias, name);
    });
    add_ofac_details(entry, party);
    return entry;
  };
  return parse_xml_parties(text, "OFAC XML", {"sdnEntry"}, read);
}

}  // namespace tidewaiter
