#include "daemon/cli/policies_around.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

#include "daemon/app/policy_files.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// A folder of so many files is no folder of policies.
constexpr std::size_t kMostNeighbours = 1000;

/// The policies of the nearest configuration above a file, if the file is one of them.
std::vector<PolicyText> configured_with(const fs::path& path, const Environment& environment) {
  std::error_code failure;
  for (fs::path folder = path.parent_path();; folder = folder.parent_path()) {
    const fs::path file = folder / "tidewaiter.yaml";
    if (fs::is_regular_file(file, failure)) {
      const ConfigOutcome read = read_config(file, environment);
      auto texts = read_policy_files(read.config.policies, read.config.base);
      if (!texts) return {};
      const auto same = std::ranges::find_if(
          *texts, [&](const PolicyText& text) { return fs::equivalent(text.path, path, failure); });
      if (same == texts->end()) return {};
      same->path = path.string();  // by whatever way the configuration reaches it
      return std::move(*texts);
    }
    if (folder == folder.parent_path()) return {};
  }
}

/// The YAML files in a file's own folder, not those in the folders of that one.
std::vector<PolicyText> beside(const fs::path& path) {
  std::vector<PolicyText> texts;
  std::error_code failure;
  for (fs::directory_iterator it(path.parent_path(), failure), end;
       !failure && it != end && texts.size() < kMostNeighbours; it.increment(failure)) {
    const fs::path& file = it->path();
    const bool is_yaml = file.extension() == ".yaml" || file.extension() == ".yml";
    std::error_code ignored;
    if (!is_yaml || !it->is_regular_file(ignored)) continue;
    // One that cannot be read now may be readable at the next change: that is no fault of the
    // document that is edited.
    if (auto read = read_policy_files({file.string()}, {})) {
      for (PolicyText& text : *read) texts.push_back(std::move(text));
    }
  }
  return texts;
}

}  // namespace

std::vector<PolicyText> policies_around(const std::filesystem::path& path,
                                        const Environment& environment) {
  std::vector<PolicyText> texts = configured_with(path, environment);
  return texts.empty() ? beside(path) : texts;
}

}  // namespace tidewaiter
