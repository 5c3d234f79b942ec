#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "policies/language/policy.h"
#include "policies/language/set_documents.h"
#include "policies/language/strict_yaml.h"
#include "policies/model/diagnostic.h"
#include "policies/screening/shipped_consequences.h"

namespace tidewaiter {

/// The size of a file that begins with a list, and its values; all others have those of kYamlLimits
/// (strict_yaml.h).
inline constexpr std::size_t kMostListFileBytes = std::size_t{1} << 20U;
inline constexpr std::size_t kMostListFileValues = std::size_t{32} << 10U;

/// The limits within which a file of this text is parsed, by whoever parses it.
[[nodiscard]] YamlLimits limits_of(std::string_view text);

/// The documents of one policy file, of which `text` is the text, within limits_of() it. One that
/// could not be read is one error (TW0011).
[[nodiscard]] std::vector<YamlNode> parse_policy_file(const PolicyText& file, const YamlText& text,
                                                      std::vector<Diagnostic>& diagnostics);

/// What loading gives: all errors at once, in file order. The set holds the policies that have no
/// error; callers that act on policies refuse the whole set if has_errors(diagnostics).
struct LoadOutcome {
  PolicySet set;
  std::vector<Diagnostic> diagnostics;
  SetDocuments documents;  ///< what stands beside the policies
};

/// Reads policy files (YAML 1.2 streams) into one set. Pure: the texts are given, nothing is
/// opened. Files may name each other's documents, whatever their order. `as_of` is the time at
/// which an exemption or a list counts as expired (a warning). Limits: those of strict YAML, and
/// kMostListFileBytes and kMostListFileValues for a file that begins with a list. Lists that are
/// `synced` hold their samples, as tests and writers of policies have it: no set that is loaded so
/// may judge anybody. A code of `consequences` stands for the rules of shipped_table().
[[nodiscard]] LoadOutcome load_policies(std::span<const PolicyText> texts, UtcTime as_of);

}  // namespace tidewaiter
