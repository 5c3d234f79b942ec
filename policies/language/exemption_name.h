#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/policy.h"

namespace tidewaiter {

/// How tests, coverage and explanations name a policy's exemption: "exempt[0]" for the first of its
/// own, "exemption:ID" for one that stands in a document, "clearances" for what people have
/// cleared (cleared_policies.h).
[[nodiscard]] std::string exemption_name(const Policy& policy, std::size_t index);

/// The exemption of that name, as an index into `exempt`; nothing if there is none.
[[nodiscard]] std::optional<std::size_t> find_exemption(const std::vector<Exemption>& exempt,
                                                        std::string_view name);

}  // namespace tidewaiter
