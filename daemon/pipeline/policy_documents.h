#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// The texts of a policy set as one text, from which the same set can be compiled again: a JSON
/// array of {"path","text"} in the order of `texts`.
[[nodiscard]] std::string pack_documents(std::span<const PolicyText> texts);

/// Errors: kCorruption.
[[nodiscard]] Result<std::vector<PolicyText>> unpack_documents(std::string_view packed);

/// Compiles packed texts and compares the set's hash with `hash`.
/// Errors: kCorruption if the texts are not those of the hash; kUnsupported if this version of the
/// program does not take them any more, or gives them another meaning.
[[nodiscard]] Result<PolicySet> compile_documents(std::string_view packed, const Digest& hash);

}  // namespace tidewaiter
