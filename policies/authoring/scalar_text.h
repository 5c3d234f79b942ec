#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tidewaiter {

/// Whether a text needs no quotes anywhere in YAML: every reader, of version 1.1 or 1.2, in a block
/// or between brackets, takes it for this text. Careful: also says no to some texts that would do.
[[nodiscard]] bool is_plainly_text(std::string_view text);

/// The text on one line in quotes: single ones if it has double quotes or backslashes and nothing
/// that must be escaped, else double ones.
[[nodiscard]] std::string quoted_scalar(std::string_view text);

/// The lines of a literal block, from its header `|` on, without indentation; nothing if a block
/// cannot hold the text as it is.
[[nodiscard]] std::optional<std::string> literal_block(std::string_view text);

/// The lines of a folded block, from its header `>-` on, none above `width` where words allow it;
/// nothing if folding cannot give the text back.
[[nodiscard]] std::optional<std::string> folded_block(std::string_view text, std::size_t width);

}  // namespace tidewaiter
