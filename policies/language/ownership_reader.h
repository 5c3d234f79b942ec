#pragma once

#include <optional>
#include <string_view>

#include "policies/language/document_reader.h"
#include "policies/language/named_lists.h"
#include "policies/language/party_shape.h"
#include "policies/model/owner_share.h"

namespace tidewaiter {

/// Reads the `ownership` of a policy, which has one; its figure is `share`, in percent. Adds at
/// least one error where it gives nothing.
[[nodiscard]] std::optional<PartyShape> read_ownership(DocumentReader& reader,
                                                       const YamlNode& document, RecordKind reads,
                                                       NamedLists& lists);

/// A share to be reached, `>= 50%`, or exceeded, `> 50%`.
struct ShareLimit {
  Share share = kWholeShare;
  bool more = false;  ///< it has to be exceeded
};

/// Nothing for any other text, and for a limit that everything or nothing reaches: `>= 0%` and
/// `> 100%`.
[[nodiscard]] std::optional<ShareLimit> parse_share_limit(std::string_view text);

}  // namespace tidewaiter
