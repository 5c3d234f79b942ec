#include "policies/authoring/skeleton.h"

#include <algorithm>
#include <vector>

#include "policies/authoring/skeleton_texts.h"

namespace tidewaiter {
namespace {

/// A skeleton's first line is a comment that says what it looks for.
std::string_view summary_of(std::string_view text) {
  text.remove_prefix(std::min<std::size_t>(2, text.size()));  // "# "
  return text.substr(0, text.find('\n'));
}

std::vector<Skeleton> make() {
  std::vector<Skeleton> all;
  for (const SkeletonText& one : skeleton_texts()) {
    all.push_back({one.name, summary_of(one.text), one.text});
  }
  return all;
}

}  // namespace

std::span<const Skeleton> skeletons() {
  static const std::vector<Skeleton> all = make();
  return all;
}

const Skeleton* find_skeleton(std::string_view name) {
  const std::span<const Skeleton> all = skeletons();
  const auto found = std::ranges::find(all, name, &Skeleton::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace tidewaiter
