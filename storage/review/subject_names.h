#pragma once

#include <string_view>
#include <vector>

namespace tidewaiter {

/// What people may call a subject by: its whole text, and each id that it ends in, behind `:` or
/// `/`. Views of the text; none of an empty one.
[[nodiscard]] std::vector<std::string_view> subject_names(std::string_view subject);

/// Whether a subject as findings have it is a cluster: `cluster:gateway/a-3`.
[[nodiscard]] constexpr bool is_cluster(std::string_view subject) {
  return subject.starts_with("cluster:");
}

}  // namespace tidewaiter
