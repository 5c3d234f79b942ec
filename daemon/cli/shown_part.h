#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

// Reports that show `--limit` of what there is; 0 shows all.

/// The first `most` of all.
template <class T>
[[nodiscard]] std::span<const T> shown_part(const std::vector<T>& all, std::size_t most) {
  return std::span(all).first(most == 0 ? all.size() : std::min(most, all.size()));
}

/// A line that says how many of `all` shown_part() leaves out; empty if none. `one` and `several`
/// name them; `indent` blanks stand before it.
[[nodiscard]] std::string left_out(std::size_t all, std::size_t most, std::string_view one,
                                   std::string_view several, std::size_t indent = 0);

}  // namespace tidewaiter
