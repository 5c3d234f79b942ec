#pragma once

#include <span>
#include <string_view>

namespace tidewaiter {

/// A file of policies/authoring/skeletons.
struct SkeletonText {
  std::string_view name;  ///< its name without ".yaml"
  std::string_view text;
};

/// The files, in the order of CMakeLists.txt, which makes the table from them.
[[nodiscard]] std::span<const SkeletonText> skeleton_texts();

}  // namespace tidewaiter
