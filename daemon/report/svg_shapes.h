#pragma once

#include <cstdint>
#include <string>

#include "policies/model/time.h"

namespace tidewaiter {

// Parts of plots as SVG. Whole numbers: a plot is the same on every machine. Colours stand at the
// shapes, too: what prints takes a plot for a picture, which the style of the page does not reach.
// Pure.

/// How wide plots are, in their own units; the page scales them.
inline constexpr std::int64_t kPlotWide = 760;

/// "2026-10-05T10:00Z".
[[nodiscard]] std::string plot_moment(UtcTime time);

/// Text from outside; `anchor` is SVG's: start, middle, end.
[[nodiscard]] std::string svg_text(std::int64_t x, std::int64_t y, const char* anchor,
                                   const std::string& text);

/// A bar with what it says to who points at it.
[[nodiscard]] std::string svg_bar(std::int64_t x, std::int64_t y, std::int64_t wide,
                                  std::int64_t high, const std::string& title);

/// Begins a plot; title and description are for who does not see it. Ids begin with `id`.
[[nodiscard]] std::string svg_head(std::int64_t high, const std::string& id,
                                   const std::string& title, const std::string& description);

/// A level line from left to right.
[[nodiscard]] std::string svg_axis(std::int64_t y);

/// A moment at which a finding begins: a line from `top` down to `bottom`, with a tip above.
[[nodiscard]] std::string svg_mark(std::int64_t x, std::int64_t top, std::int64_t bottom,
                                   UtcTime time);

/// What the marks are, for print, which shows no titles: a tip as theirs before the words, at the
/// right above the plot.
[[nodiscard]] std::string svg_legend_of_marks();

}  // namespace tidewaiter
