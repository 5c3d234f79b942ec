#pragma once

#include <memory>
#include <string>

#include "policies/language/document_reader.h"
#include "policies/screening/consequence_table.h"

namespace tidewaiter {

/// The `consequences` of a `list` document of this name: the code of a list whose rules `table`
/// has, or rules of one's own. Null where there are none, or after at least one error.
[[nodiscard]] std::shared_ptr<const Consequences> read_consequences(DocumentReader& reader,
                                                                    const YamlNode& document,
                                                                    const std::string& name,
                                                                    const ConsequenceTable& table);

}  // namespace tidewaiter
