#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "policies/model/display_width.h"

namespace tidewaiter {

/// What the place where text is shown can do.
struct Terminal {
  std::size_t width = 0;  ///< columns; 0: no limit (a file or a pipe)
  bool color = false;     ///< ANSI colours may be written
  bool unicode = true;    ///< block characters and "…" may be written, else ASCII stands in
  bool live = false;      ///< standard error is a terminal: progress may redraw its line
};

enum class ColorChoice : std::uint8_t { kAuto, kOn, kOff };

/// Looks at standard output and error, COLUMNS, NO_COLOR, TERM and the locale's character set.
[[nodiscard]] Terminal detect_terminal(ColorChoice choice);

/// Tones by meaning; the colours are the terminal's business.
enum class Tone : std::uint8_t { kPlain, kStrong, kFaint, kGood, kWarning, kBad, kLink };

/// `text` with the tone's ANSI codes around it, or as it is where the terminal has no colours.
[[nodiscard]] std::string painted(std::string_view text, Tone tone, const Terminal& terminal);

/// Text from outside, safe to show: control characters, bidirectional overrides and bytes that
/// are not UTF-8 become visible escapes (`\x1b`, `\u202e`), so that a subject's name cannot move
/// the cursor or forge a line.
[[nodiscard]] std::string printable(std::string_view text);

/// `text` cut to at most `width` columns, its last one an ellipsis if anything was cut.
[[nodiscard]] std::string cut_to_width(std::string_view text, std::size_t width, bool unicode);

/// Breaks prose at blanks into lines of at most `width` columns (0: one line), each after the first
/// beginning with `indent` blanks. `taken` columns of the first line are the caller's. A word that
/// is longer stands alone.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::size_t indent,
                                  std::size_t taken = 0);

/// 1204 → "1,204".
[[nodiscard]] std::string grouped(std::int64_t number);

/// grouped() and a noun: "1 record", "1,204 records".
[[nodiscard]] std::string counted(std::int64_t number, std::string_view noun);
/// The same for a noun whose plural is not made with an s: "1 entry", "2 entries".
[[nodiscard]] std::string counted(std::int64_t number, std::string_view one, std::string_view many);

}  // namespace tidewaiter
