#pragma once

#include "policies/language/document_reader.h"
#include "policies/language/set_documents.h"

namespace tidewaiter {

/// Reads a document whose first key is `list`. What is wrong gets its error; the values that can be
/// read are there all the same, so that uses of the list are not errors too.
[[nodiscard]] ListDocument read_list(DocumentReader& reader, const YamlNode& document);

}  // namespace tidewaiter
