#pragma once

#include <string>
#include <vector>

#include "policies/language/strict_yaml.h"

namespace tidewaiter {

/// The canonical layout of a YAML stream that YamlText::parse has read without an error:
/// two blanks a level, the keys of a policy in the order of the language page, comments with the
/// key or item that they stood at, at most one empty line between two of them, `---` between
/// documents. What was written between brackets on one line stays so. Quotes stand only where they
/// are needed, and around each plain scalar of which a place is among `twisted`: words that older
/// readers take for something else.
[[nodiscard]] std::string lay_out(const YamlText& text, const std::vector<YamlNode>& documents,
                                  const std::vector<SourceSpan>& twisted);

}  // namespace tidewaiter
