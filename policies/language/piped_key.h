#pragma once

#include <string_view>
#include <vector>

#include "policies/language/strict_yaml.h"
#include "policies/model/diagnostic.h"

namespace tidewaiter {

/// A part of a key between bars: `model|contains|all` has three.
struct PipedKeyPart {
  std::string_view word;  ///< of the key's text
  SourceSpan span;
};

/// The parts of a key, at least one, each at its place in the file. They may be empty. Valid as
/// long as `key`.
[[nodiscard]] std::vector<PipedKeyPart> split_piped_key(const YamlNode& key);

}  // namespace tidewaiter
