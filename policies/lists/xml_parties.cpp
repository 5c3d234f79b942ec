#include "policies/lists/xml_parties.h"

#include <utility>

#include "policies/lists/column_meaning.h"

namespace tidewaiter {

Result<ParsedList> parse_xml_parties(std::string_view text, std::string format,
                                     const std::vector<std::string_view>& names,
                                     const ReadXmlParty& read) {
  ParsedList list;
  list.format = std::move(format);
  const auto take = [&list, &read](const XmlElement& party) {
    ListEntry entry = read(party, list.faults);
    if (finish_entry(entry, list.entries.size() + 1)) {
      list.entries.push_back(std::move(entry));
    } else {
      list.faults.push_back({party.line, "the party has no name"});
    }
  };
  if (auto done = for_each_element(text, names, take); !done) {
    return tl::unexpected(std::move(done.error()));
  }
  return list;
}

}  // namespace tidewaiter
