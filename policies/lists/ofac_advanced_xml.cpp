#include "policies/lists/ofac_advanced_xml.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "policies/lists/column_meaning.h"
#include "policies/lists/ofac_documents.h"
#include "policies/lists/xml_records.h"

namespace tidewaiter {
namespace {

std::string documented_name(const XmlElement& name) {
  std::string text;
  name.for_each_at({"DocumentedNamePart", "NamePartValue"}, [&text](const XmlElement& part) {
    if (!part.text.empty()) text += (text.empty() ? "" : " ") + part.text;
  });
  return text;
}

class AdvancedReader {
 public:
  Result<ParsedList> read(std::string_view text) {
    list_.format = "OFAC advanced XML";
    const auto done = for_each_element(
        text,
        {"Country", "AreaCode", "PartyType", "PartySubType", "FeatureType", "IDRegDocType",
         "SanctionsType", "Location", "IDRegDocument", "DistinctParty", "SanctionsEntry"},
        [this](const XmlElement& element) { read_element(element); });
    if (!done) return tl::unexpected(done.error());
    for (ListEntry& entry : list_.entries) keep_each_value_once(entry);  // programmes come last
    return std::move(list_);
  }

 private:
  using ById = std::unordered_map<std::string, std::string>;

  void read_element(const XmlElement& element) {
    const std::string id(element.attribute("ID"));
    if (element.name == "DistinctParty") return read_party(element);
    if (element.name == "SanctionsEntry") return read_entry(element);
    if (element.name == "Location") return read_location(id, element);
    if (element.name == "IDRegDocument") return read_document(element);
    if (element.name == "AreaCode") {
      values_[element.name][id] = element.attribute("Description");
    } else if (element.name == "PartySubType") {  // the types stand behind it
      values_[element.name][id] = element.attribute("PartyTypeID");
    } else {
      values_[element.name][id] = element.text;
    }
  }

  /// What an attribute refers to; empty, and a fault, if there is no such thing.
  std::string referred(const XmlElement& element, const std::string& what,
                       std::string_view attribute) {
    const std::string id(element.attribute(attribute));
    if (id.empty()) return {};
    const ById& values = values_[what];
    const auto found = values.find(id);
    if (found != values.end()) return found->second;
    list_.faults.push_back({element.line, "there is no " + what + " " + id});
    return {};
  }

  void read_location(const std::string& id, const XmlElement& location) {
    std::vector<std::string>& countries = locations_[id];
    location.for_each_at({"LocationCountry"}, [&](const XmlElement& country) {
      countries.push_back(referred(country, "Country", "CountryID"));
    });
    if (!countries.empty()) return;
    location.for_each_at({"LocationAreaCode"}, [&](const XmlElement& area) {
      countries.push_back(referred(area, "AreaCode", "AreaCodeID"));
    });
  }

  void read_document(const XmlElement& document) {
    if (names_no_document(referred(document, "IDRegDocType", "IDRegDocTypeID"))) return;
    documents_[std::string(document.attribute("IdentityID"))].emplace_back(
        document.text_of("IDRegistrationNo"));
  }

  void read_party(const XmlElement& party) {
    ListEntry entry;
    entry.id = party.attribute("FixedRef");
    std::vector<std::string> profiles;
    party.for_each_at({"Profile"}, [&](const XmlElement& profile) {
      profiles.emplace_back(profile.attribute("ID"));
      read_kind(entry, profile);
      profile.for_each_at({"Identity"}, [&](const XmlElement& one) { read_identity(entry, one); });
      profile.for_each_at({"Feature"}, [&](const XmlElement& one) { read_feature(entry, one); });
    });
    if (!finish_entry(entry, list_.entries.size() + 1)) {
      list_.faults.push_back({party.line, "the party has no name"});
      return;
    }
    for (std::string& profile : profiles) profiles_[std::move(profile)] = list_.entries.size();
    list_.entries.push_back(std::move(entry));
  }

  void read_kind(ListEntry& entry, const XmlElement& profile) {
    const std::string type = referred(profile, "PartySubType", "PartySubTypeID");
    const std::string& name = values_["PartyType"][type];
    if (name == "Individual") entry.kind = PartyKind::kPerson;
    if (name == "Entity" || name == "Transport") entry.kind = PartyKind::kOrganisation;
  }

  void read_identity(ListEntry& entry, const XmlElement& identity) {
    identity.for_each_at({"Alias"}, [&](const XmlElement& alias) {
      const bool is_primary = alias.attribute("Primary") == "true";
      const bool is_weak = alias.attribute("LowQuality") == "true";
      alias.for_each_at({"DocumentedName"}, [&](const XmlElement& documented) {
        const std::string name = documented_name(documented);
        if (name.empty()) list_.faults.push_back({documented.line, "the DocumentedName is empty"});
        add_one_value(entry,
                      is_weak      ? ColumnMeaning::kWeakAlias
                      : is_primary ? ColumnMeaning::kName
                                   : ColumnMeaning::kAlias,
                      name);
      });
    });
    for (const std::string& number : documents_[std::string(identity.attribute("ID"))]) {
      add_one_value(entry, ColumnMeaning::kIdentifier, number);
    }
  }

  void read_feature(ListEntry& entry, const XmlElement& feature) {
    const ColumnMeaning meaning = ofac_feature(referred(feature, "FeatureType", "FeatureTypeID"));
    if (meaning == ColumnMeaning::kCountry) {
      feature.for_each_at({"FeatureVersion", "VersionLocation"},
                          [&](const XmlElement& place) { add_location(entry, place); });
    } else if (meaning == ColumnMeaning::kIdentifier) {
      feature.for_each_at({"FeatureVersion", "VersionDetail"}, [&](const XmlElement& detail) {
        add_one_value(entry, ColumnMeaning::kIdentifier, detail.text);
      });
    }
  }

  void add_location(ListEntry& entry, const XmlElement& place) {
    const std::string id(place.attribute("LocationID"));
    const auto found = locations_.find(id);
    if (found == locations_.end()) {
      list_.faults.push_back({place.line, "there is no Location " + id});
      return;
    }
    for (const std::string& country : found->second) {
      add_one_value(entry, ColumnMeaning::kCountry, country);
    }
  }

  void read_entry(const XmlElement& element) {
    const std::string id(element.attribute("ProfileID"));
    const auto found = profiles_.find(id);
    if (found == profiles_.end()) {
      list_.faults.push_back({element.line, "there is no Profile " + id});
      return;
    }
    element.for_each_at({"SanctionsMeasure"}, [&](const XmlElement& measure) {
      if (referred(measure, "SanctionsType", "SanctionsTypeID") != "Program") return;
      add_one_value(list_.entries[found->second], ColumnMeaning::kProgram,
                    measure.text_of("Comment"));
    });
  }

  ParsedList list_;
  std::unordered_map<std::string, ById> values_;  ///< by kind of reference value
  std::unordered_map<std::string, std::vector<std::string>> locations_;  ///< their countries
  std::unordered_map<std::string, std::vector<std::string>> documents_;  ///< by identity
  std::unordered_map<std::string, std::size_t> profiles_;                ///< their entries
};

}  // namespace

Result<ParsedList> parse_ofac_advanced_xml(std::string_view text) {
  return AdvancedReader().read(text);
}

}  // namespace tidewaiter
