#pragma once

#include <optional>
#include <set>
#include <string>

#include "policies/language/document_reader.h"
#include "policies/language/expression.h"

namespace tidewaiter {

/// Reads a condition over named selections, as Sigma writes it: `a and not (b or c)`, `1 of x*`,
/// `all of them`. `them` leaves out names that begin with `_`. The selections are put in whole;
/// the names that occur are added to `used`.
[[nodiscard]] std::optional<Expr> read_condition(
    DocumentReader& reader, const YamlNode& node,
    const std::vector<std::pair<std::string, Expr>>& selections, std::set<std::string>& used);

}  // namespace tidewaiter
