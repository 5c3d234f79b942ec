#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tidewaiter {

/// A starting point for a policy.
struct Skeleton {
  std::string_view name;     ///< "volume", "extraction"
  std::string_view summary;  ///< one line: what it looks for
  /// A whole commented policy, as `policy fmt` lays it out, with the documents beside it that it is
  /// about. It lints without a warning but that it is a draft, and its tests pass.
  std::string_view text;
};

/// By shape (volume, distinct, sequence, …), then the kinds of document that stand beside policies,
/// and then one for each kind of abuse that the language names.
[[nodiscard]] std::span<const Skeleton> skeletons();
[[nodiscard]] const Skeleton* find_skeleton(std::string_view name);

}  // namespace tidewaiter
