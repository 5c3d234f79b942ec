#include "policies/lists/list_format.h"

#include <string>

#include "policies/lists/delimited_rows.h"
#include "policies/lists/eu_journal.h"
#include "policies/lists/eu_xml.h"
#include "policies/lists/json_list.h"
#include "policies/lists/ofac_advanced_xml.h"
#include "policies/lists/ofac_enhanced_xml.h"
#include "policies/lists/ofac_xml.h"
#include "policies/lists/table_list.h"
#include "policies/lists/uk_csv.h"
#include "policies/lists/uk_xml.h"
#include "policies/lists/un_xml.h"
#include "policies/lists/xml_records.h"
#include "policies/lists/yaml_list.h"

namespace tidewaiter {
namespace {

Result<ParsedList> parse_xml_of_root(std::string_view text, const std::string& root) {
  if (root == "CONSOLIDATED_LIST") return parse_un_xml(text);
  if (root == "export") return parse_eu_xml(text);
  if (root == "Designations") return parse_uk_xml(text);
  if (root == "sdnList") return parse_ofac_xml(text);
  if (root == "Sanctions") return parse_ofac_advanced_xml(text);
  if (root == "sanctionsData") return parse_ofac_enhanced_xml(text);
  return fail(ErrorCode::kUnsupported, "the XML begins with `" + root.substr(0, 40) +
                                           "`: expected sdnList, Sanctions or sanctionsData "
                                           "(OFAC), CONSOLIDATED_LIST (United Nations), export "
                                           "(European Union) or Designations (United Kingdom)");
}

/// `export` and the like may be the first element of anything.
Result<ParsedList> parse_xml_list(std::string_view text) {
  const std::string root = root_element(text);
  if (root.empty()) {  // whoever reads it to its end says where it is not well-formed
    const Result<void> read = for_each_element(text, {}, [](const XmlElement&) {});
    if (!read) return tl::unexpected(read.error());
  }
  Result<ParsedList> list = parse_xml_of_root(text, root);
  if (list && list->entries.empty() && list->faults.empty()) {
    list->faults.push_back({0, "the XML begins with `" + root + "`, but no party is in it"});
  }
  return list;
}

}  // namespace

Result<ParsedList> parse_list(const OfacFiles& files) {
  std::string_view text = files.primary;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::string_view begin = trimmed(text.substr(0, 1024));
  if (begin.empty()) return fail(ErrorCode::kInvalidInput, "the list is empty");
  if (begin.front() == '<') return parse_xml_list(text);
  if (begin.front() == '{' || begin.front() == '[') return parse_json_list(text);
  if (looks_like_ofac_csv(text)) return parse_ofac_csv(files);
  if (looks_like_eu_journal(text)) return parse_eu_journal(text);
  if (looks_like_uk_csv(text)) return parse_uk_csv(text);
  if (looks_like_table(text)) return parse_table(text);
  if (looks_like_yaml_list(text)) return parse_yaml_list(text);
  return fail(ErrorCode::kUnsupported,
              "the list's format is not known: expected CSV of OFAC or the United Kingdom, XML, "
              "JSON, a table whose first row names its columns, `name` among them, or YAML that "
              "begins with `list:`, `parties:` or `- `");
}

}  // namespace tidewaiter
