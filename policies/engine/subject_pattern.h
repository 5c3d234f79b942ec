#pragma once

#include <string_view>

namespace tidewaiter {

/// Whether a subject's text is what `pattern` names: `*` stands for any run of characters; an empty
/// pattern matches every text. Takes time in proportion to the product of the lengths, at most.
[[nodiscard]] bool subject_matches(std::string_view pattern, std::string_view text);

}  // namespace tidewaiter
