#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/lists/list_entry.h"
#include "policies/lists/xml_records.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Puts what an element says of a party into an entry, and what of it cannot be read into `faults`.
using ReadXmlParty = std::function<ListEntry(const XmlElement& party, std::vector<ListFault>&)>;

/// A list in which each element of one of those names is a party. One without a name is a fault
/// with its line. Errors: those of for_each_element().
[[nodiscard]] Result<ParsedList> parse_xml_parties(std::string_view text, std::string format,
                                                   const std::vector<std::string_view>& names,
                                                   const ReadXmlParty& read);

}  // namespace tidewaiter
