#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/language/named_lists.h"
#include "policies/language/policy.h"
#include "policies/screening/party_check.h"

namespace tidewaiter {

/// What a policy that looks for parties in lists comes to: a truth value over account records, and
/// the figure that findings show beside their number (docs/evaluation.md, Screening).
struct PartyShape {
  Expr check;      ///< kPartyCheck
  Measure figure;  ///< the greatest figure of the check
};

/// `check` over records, with the fields that it looks at as arguments, and its figure by the name
/// `figure`, both where `span` stands.
[[nodiscard]] PartyShape party_shape(std::shared_ptr<const PartyCheck> check, std::string figure,
                                     const SourceSpan& span);

/// The lists that the items of `node`, which is the value of `key`, name, each once. What is wrong
/// gets its error.
[[nodiscard]] std::vector<std::shared_ptr<const ScreenedList>> read_party_lists(
    DocumentReader& reader, const YamlNode& node, std::string_view key, NamedLists& lists);

/// Adds an error for each key of the policy that says otherwise how it judges than `shape`, which
/// is one of its keys, and if it does not read account records.
void check_party_policy(DocumentReader& reader, const YamlNode& document, std::string_view shape,
                        RecordKind reads);

}  // namespace tidewaiter
