#pragma once

#include "policies/language/document_reader.h"
#include "policies/language/named_lists.h"
#include "policies/sigma/item_reader.h"

namespace tidewaiter {

/// Adds what the placeholders of a rule or filter among a policy set's documents stand for: of
/// `%name%` the values of the set's list `name`, case aside; the list counts as used. False after
/// an error, which has been added to the reader's: the set has no such list, it holds no texts, or
/// its values have dates, of which Sigma knows nothing.
[[nodiscard]] bool add_placeholders(DocumentReader& reader, const YamlNode& document,
                                    NamedLists& lists, SigmaPlaceholders& placeholders);

}  // namespace tidewaiter
