#pragma once

#include <span>
#include <string>
#include <vector>

#include "policies/lint/lint.h"

namespace tidewaiter {

/// A text that fixes have changed.
struct MendedText {
  std::string path;
  std::string before;
  std::string after;
  std::int64_t fixes = 0;
};

/// Texts after all safe fixes, and what is left to say of them.
struct MendOutcome {
  std::vector<PolicyText> texts;   ///< all, changed or not, in the order of the request
  std::vector<MendedText> mended;  ///< the changed ones
  LoadOutcome left;                ///< of `texts`
};

/// Lints, applies each fix, and lints again until nothing more can be mended, at most 8 times. A
/// text keeps its change only if it has fewer errors then, or as many and fewer warnings. Bytes
/// outside the edits stay as they are. Pure.
[[nodiscard]] MendOutcome mend_policies(const LintRequest& request);

/// Applies the fixes of the diagnostics that are about `path`. A fix that overlaps an earlier one,
/// or that does not lie in the text, is left out whole. Adds their number to `applied`.
[[nodiscard]] std::string apply_fixes(std::string_view path, std::string_view text,
                                      std::span<const Diagnostic> diagnostics,
                                      std::int64_t& applied);

/// The change as `diff -u` shows it, with three lines around. Fixes change lines and neither add
/// nor remove any, so both texts have the same number of them.
[[nodiscard]] std::string unified_diff(const MendedText& mended);

}  // namespace tidewaiter
