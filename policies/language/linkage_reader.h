#pragma once

#include <optional>

#include "policies/language/document_reader.h"
#include "policies/language/named_lists.h"
#include "policies/language/set_documents.h"

namespace tidewaiter {

/// The linkage of one policy set while it is read.
struct SetLinkage {
  std::optional<LinkageDocument> document;
  bool used = false;  ///< a policy is about clusters
};

/// Reads a document whose first key is `linkage`. Links that have an error are left out; the others
/// come in the order of their fields' names: how they are written makes no other meaning.
[[nodiscard]] LinkageDocument read_linkage(DocumentReader& reader, const YamlNode& document,
                                           NamedLists& lists);

}  // namespace tidewaiter
