#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "policies/language/document_reader.h"
#include "policies/sigma/detection.h"

namespace tidewaiter {

/// Reads a condition over named selections:
///
///   or-term  = and-term { "or" and-term } ;
///   and-term = not-term { "and" not-term } ;
///   not-term = { "not" } ( name | "(" or-term ")" | ( "1" | "any" | "all" ) "of" pattern ) ;
///   pattern  = "them" | name with "*" ;
///
/// The words may be in upper case. `them` is every selection whose name does not begin with `_`, a
/// pattern is every one that it matches. Errors, with the place in the file: TW1011, TW1012.
/// `text` is `node`'s text or the first part of it.
[[nodiscard]] std::optional<SigmaCondition> read_sigma_condition(
    DocumentReader& reader, const YamlNode& node, std::string_view text,
    const std::vector<SigmaSelection>& selections);

/// The index of the selection of that name, or nothing.
[[nodiscard]] std::optional<std::size_t> find_selection(
    const std::vector<SigmaSelection>& selections, std::string_view name);

/// The selections that the condition looks at, as a bit each.
[[nodiscard]] std::vector<bool> used_selections(const SigmaDetection& detection);

}  // namespace tidewaiter
