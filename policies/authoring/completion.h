#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policies/authoring/symbols.h"

namespace tidewaiter {

/// Something that may be written at a place.
struct Completion {
  enum class Kind : std::uint8_t { kKey, kWord, kField, kFunction, kModifier, kName };
  Kind kind = Kind::kWord;
  std::string label;   ///< what is shown, and what is written unless `insert` says otherwise
  std::string detail;  ///< one short line
  std::string doc;
  std::string insert;
};

/// What may stand at a byte of a policy's text, in the language's order; not narrowed by what has
/// been typed of the word, which is the editor's part. `symbols` may be null.
[[nodiscard]] std::vector<Completion> completions_at(std::string_view text, std::size_t offset,
                                                     const DocumentSymbols* symbols);

}  // namespace tidewaiter
