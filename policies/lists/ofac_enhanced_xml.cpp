#include "policies/lists/ofac_enhanced_xml.h"

#include <string>
#include <utility>

#include "policies/lists/column_meaning.h"
#include "policies/lists/ofac_documents.h"
#include "policies/lists/xml_records.h"

namespace tidewaiter {
namespace {

/// By its namespace, which stands in the first element.
bool is_delta(std::string_view text) {
  return text.substr(0, 4096).find("/ofac/DeltaFile/") != std::string_view::npos;
}

class EnhancedReader {
 public:
  Result<ParsedList> read(std::string_view text) {
    is_delta_ = is_delta(text);
    list_.format = is_delta_ ? "OFAC delta XML" : "OFAC enhanced XML";
    const auto done = for_each_element(text, {"entity"},
                                       [this](const XmlElement& entity) { read_entity(entity); });
    if (!done) return tl::unexpected(done.error());
    return std::move(list_);
  }

 private:
  void read_entity(const XmlElement& entity) {
    const std::string id(entity.attribute("id"));
    const std::string_view action = entity.attribute("action");
    if (is_delta_ && action != "add") {
      list_.faults.push_back(
          {entity.line, "the delta " + std::string(action == "remove" ? "removes" : "changes") +
                            " entry " + id + ", which is not in it whole: take the list itself"});
      return;
    }
    ListEntry entry;
    entry.id = id;
    entity.for_each_at({"generalInfo", "entityType"},
                       [&entry](const XmlElement& type) { entry.kind = kind_from(type.text); });
    entity.for_each_at({"names", "name"}, [&](const XmlElement& name) { read_name(entry, name); });
    read_details(entry, entity);
    if (finish_entry(entry, list_.entries.size() + 1)) {
      list_.entries.push_back(std::move(entry));
    } else {
      list_.faults.push_back({entity.line, "the party has no name"});
    }
  }

  void read_name(ListEntry& entry, const XmlElement& name) {
    const bool is_weak = name.text_of("isLowQuality") == "true";
    const bool is_primary = name.text_of("isPrimary") == "true";
    bool is_empty = true;
    name.for_each_at({"translations", "translation", "formattedFullName"},
                     [&](const XmlElement& text) {
                       is_empty = is_empty && text.text.empty();
                       add_one_value(entry,
                                     is_weak      ? ColumnMeaning::kWeakAlias
                                     : is_primary ? ColumnMeaning::kName
                                                  : ColumnMeaning::kAlias,
                                     text.text);
                     });
    if (is_empty) list_.faults.push_back({name.line, "the name has no text"});
  }

  static void read_details(ListEntry& entry, const XmlElement& entity) {
    entity.for_each_at({"addresses", "address", "country"}, [&entry](const XmlElement& country) {
      add_one_value(entry, ColumnMeaning::kCountry, country.text);
    });
    entity.for_each_at(
        {"identityDocuments", "identityDocument"}, [&entry](const XmlElement& document) {
          if (names_no_document(document.text_of("type"))) return;
          add_one_value(entry, ColumnMeaning::kIdentifier, document.text_of("documentNumber"));
        });
    entity.for_each_at({"features", "feature"}, [&entry](const XmlElement& feature) {
      add_one_value(entry, ofac_feature(feature.text_of("type")), feature.text_of("value"));
    });
    entity.for_each_at({"sanctionsPrograms", "sanctionsProgram"},
                       [&entry](const XmlElement& program) {
                         add_one_value(entry, ColumnMeaning::kProgram, program.text);
                       });
  }

  bool is_delta_ = false;
  ParsedList list_;
};

}  // namespace

Result<ParsedList> parse_ofac_enhanced_xml(std::string_view text) {
  return EnhancedReader().read(text);
}

}  // namespace tidewaiter
