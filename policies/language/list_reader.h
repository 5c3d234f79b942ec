#pragma once

#include <vector>

#include "policies/language/document_reader.h"
#include "policies/language/set_documents.h"
#include "policies/screening/consequence_table.h"
#include "policies/screening/screened_list.h"

namespace tidewaiter {

/// A list as people are shown it, and the parties that the values of a list of strings stand for.
struct ListReading {
  ListDocument document;
  /// In the order of the values, each while the list is in force; of a synced list its sample.
  std::vector<ListedParty> parties;
};

/// Reads a document whose first key is `list`; a code of its `consequences` stands for those that
/// `table` has. What is wrong gets its error; the values that can be
/// read are there all the same, so that uses of the list are not errors too.
[[nodiscard]] ListReading read_list(DocumentReader& reader, const YamlNode& document,
                                    const ConsequenceTable& table);

}  // namespace tidewaiter
