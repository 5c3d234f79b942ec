#include "policies/lists/uk_xml.h"

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "policies/lists/column_meaning.h"
#include "policies/lists/xml_parties.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

std::string uk_name(const XmlElement& element) {
  std::string name;
  for (const std::string_view part : {"Name1", "Name2", "Name3", "Name4", "Name5", "Name6"}) {
    const std::string_view text = element.text_of(part);
    if (!text.empty()) name += (name.empty() ? "" : " ") + std::string(text);
  }
  return name;
}

/// Reads one Designation.
class UkParty {
 public:
  UkParty(const XmlElement& element, std::vector<ListFault>& faults)
      : element_(element), faults_(faults) {}

  ListEntry read() {
    entry_.id = element_.text_of("UniqueID");
    if (entry_.id.empty()) entry_.id = element_.text_of("OFSIGroupID");
    const std::string kind = ascii_lower(element_.text_of("IndividualEntityShip"));
    if (kind == "individual") entry_.kind = PartyKind::kPerson;
    if (kind == "entity" || kind == "ship") entry_.kind = PartyKind::kOrganisation;
    element_.for_each_at({"Names", "Name"}, [this](const XmlElement& name) { add_name(name); });
    add(ColumnMeaning::kAlias, {"NonLatinNames", "NonLatinName", "NameNonLatinScript"});
    add_details();
    return std::move(entry_);
  }

 private:
  void add(ColumnMeaning meaning, std::initializer_list<std::string_view> path) {
    element_.for_each_at(path, [this, meaning](const XmlElement& value) {
      add_one_value(entry_, meaning, value.text);
    });
  }

  void add_name(const XmlElement& element) {
    const std::string name = uk_name(element);
    if (name.empty()) faults_.push_back({element.line, "the Name has no text"});
    const bool is_weak = ascii_lower(element.text_of("AliasStrength")).starts_with("low");
    const bool is_primary = ascii_lower(element.text_of("NameType")) == "primary name";
    add_one_value(entry_,
                  is_weak      ? ColumnMeaning::kWeakAlias
                  : is_primary ? ColumnMeaning::kName
                               : ColumnMeaning::kAlias,
                  name);
  }

  void add_details() {
    using enum ColumnMeaning;
    add(kProgram, {"RegimeName"});
    add(kCountry, {"Addresses", "Address", "AddressCountry"});
    constexpr std::string_view kIndividual = "IndividualDetails";
    add(kCountry, {kIndividual, "Individual", "Nationalities", "Nationality"});
    add(kIdentifier, {kIndividual, "Individual", "PassportDetails", "Passport", "PassportNumber"});
    add(kIdentifier, {kIndividual, "Individual", "NationalIdentifierDetails", "NationalIdentifier",
                      "NationalIdentifierNumber"});
    add(kIdentifier,
        {"EntityDetails", "Entity", "BusinessRegistrationNumbers", "BusinessRegistrationNumber"});
    add(kIdentifier, {"ShipDetails", "Ship", "IMONumbers", "IMONumber"});
    add(kCountry,
        {"ShipDetails", "Ship", "CurrentBelievedFlagOfShips", "CurrentBelievedFlagOfShip"});
  }

  const XmlElement& element_;
  std::vector<ListFault>& faults_;
  ListEntry entry_;
};

}  // namespace

Result<ParsedList> parse_uk_xml(std::string_view text) {
  return parse_xml_parties(text, "UK XML", {"Designation"},
                           [](const XmlElement& party, std::vector<ListFault>& faults) {
                             return UkParty(party, faults).read();
                           });
}

}  // namespace tidewaiter
