#pragma once

#include <vector>

#include "policies/language/strict_yaml.h"
#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// Takes the warnings out of `diagnostics` that a comment allows: `# lint: allow TW1203 reason` on
/// a line of its own above theirs; several such comments may stand above one line. Adds a warning
/// for an allow without a reason (TW1291), one that allows nothing (TW1292), and one whose code is
/// not that of a warning (TW1293). `text` and `documents` are those that the diagnostics are about.
void apply_allow_comments(const YamlText& text, const std::vector<YamlNode>& documents,
                          std::vector<Diagnostic>& diagnostics);

}  // namespace tidewaiter
