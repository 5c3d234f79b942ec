#pragma once

#include <memory>
#include <string>

#include "policies/language/document_reader.h"
#include "policies/screening/consequence.h"

namespace tidewaiter {

/// The `consequences` of a `list` document of this name: the code of a list that the program knows,
/// or rules of one's own. Null where there are none, or after at least one error.
[[nodiscard]] std::shared_ptr<const Consequences> read_consequences(DocumentReader& reader,
                                                                    const YamlNode& document,
                                                                    const std::string& name);

}  // namespace tidewaiter
