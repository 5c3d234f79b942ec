#include "daemon/cli/policies_around.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "daemon/app/policy_files.h"
#include "daemon/app/source_supply.h"
#include "policies/sigma/policy_set.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// A folder of so many files is no folder of policies.
constexpr std::size_t kMostNeighbours = 1000;

/// The nearest configuration in a file's folder or above.
std::optional<fs::path> nearest_configuration(const fs::path& path) {
  std::error_code failure;
  for (fs::path folder = path.parent_path();; folder = folder.parent_path()) {
    fs::path file = folder / "tidewaiter.yaml";
    if (fs::is_regular_file(file, failure)) return file;
    if (folder == folder.parent_path()) return std::nullopt;
  }
}

/// A configuration, and the policies that it names: none if they cannot be read.
struct ConfiguredSet {
  ConfigOutcome configuration;
  std::vector<PolicyText> texts;
};

ConfiguredSet configured_in(const fs::path& file, const Environment& environment) {
  ConfiguredSet set{read_config(file, environment), {}};
  const Config& config = set.configuration.config;
  if (auto texts = read_policy_files(config.policies, config.base)) set.texts = std::move(*texts);
  return set;
}

/// The nearest configuration above a file, if the file is one of its policies.
std::optional<ConfiguredSet> configured_with(const fs::path& path, const Environment& environment) {
  const std::optional<fs::path> file = nearest_configuration(path);
  if (!file) return std::nullopt;
  ConfiguredSet set = configured_in(*file, environment);
  std::error_code failure;
  const auto same = std::ranges::find_if(
      set.texts, [&](const PolicyText& text) { return fs::equivalent(text.path, path, failure); });
  if (same == set.texts.end()) return std::nullopt;
  same->path = path.string();  // by whatever way the configuration reaches it
  return set;
}

/// One spelling of a file's path, whatever links lead to it.
std::string one_spelling(const std::string& path) {
  std::error_code failure;
  const fs::path canonical = fs::weakly_canonical(path, failure);
  return failure ? path : canonical.string();
}

/// The YAML files in a file's own folder, not those in the folders of that one.
std::vector<PolicyText> beside(const fs::path& path) {
  std::vector<PolicyText> texts;
  std::error_code failure;
  for (fs::directory_iterator it(path.parent_path(), failure), end;
       !failure && it != end && texts.size() < kMostNeighbours; it.increment(failure)) {
    const fs::path& file = it->path();
    std::error_code ignored;
    if (!is_policy_file_name(file) || !it->is_regular_file(ignored)) continue;
    // One that cannot be read now may be readable at the next change: that is no fault of the
    // document that is edited.
    if (auto read = read_policy_files({file.string()}, {})) {
      std::erase_if(*read, [](const PolicyText& text) { return text.unreadable.has_value(); });
      std::ranges::move(*read, std::back_inserter(texts));
    }
  }
  return texts;
}

/// Keeps what is about the named files.
void leave_out_rest(NamedPolicies& named) {
  std::set<std::string_view> paths;
  for (const PolicyText& text : named.rest) paths.insert(text.path);
  LoadOutcome& loaded = named.files.loaded;
  std::erase_if(loaded.diagnostics,
                [&](const Diagnostic& d) { return paths.contains(d.span.file); });
  const auto is_rest = [&](const SourceSpan& span) { return paths.contains(span.file); };
  for (Policy& policy : loaded.set.policies) {
    if (!is_rest(policy.span)) continue;
    std::erase_if(policy.tests, [&](const PolicyTest& test) { return is_rest(test.span); });
  }
  std::erase_if(loaded.set.policies,
                [&](const Policy& policy) { return is_rest(policy.span) && policy.tests.empty(); });
}

}  // namespace

std::vector<PolicyText> policies_around(const std::filesystem::path& path,
                                        const Environment& environment) {
  std::optional<ConfiguredSet> set = configured_with(path, environment);
  return set ? std::move(set->texts) : beside(path);
}

std::vector<SourceSupply> sources_around(const std::filesystem::path& path,
                                         const Environment& environment) {
  const std::optional<ConfiguredSet> set = configured_with(path, environment);
  if (!set || has_errors(set->configuration.diagnostics)) return {};
  return source_supplies(set->configuration.config);
}

std::optional<RestOfSet> rest_of_set(std::span<const PolicyText> files,
                                     const std::optional<fs::path>& config_file,
                                     const Environment& environment) {
  if (files.empty()) return std::nullopt;
  const std::optional<fs::path> configuration =
      config_file ? config_file : nearest_configuration(files.front().path);
  if (!configuration) return std::nullopt;
  std::set<std::string> named;
  for (const PolicyText& file : files) named.insert(one_spelling(file.path));
  RestOfSet rest{*configuration, {}};
  std::size_t found = 0;
  for (PolicyText& text : configured_in(*configuration, environment).texts) {
    if (named.contains(one_spelling(text.path))) {
      ++found;
    } else {
      rest.texts.push_back(std::move(text));
    }
  }
  const bool is_part = found == named.size() && !rest.texts.empty();
  return is_part ? std::optional(std::move(rest)) : std::nullopt;
}

void tell_rest(Invocation& run, const RestOfSet& rest) {
  run.err << "note: read together with "
          << counted(static_cast<std::int64_t>(rest.texts.size()), "other file") << " of "
          << printable(rest.configuration.string()) << "; `--alone` leaves them out\n";
}

Result<NamedPolicies> named_policies(Invocation& run, const std::vector<std::string>& patterns,
                                     bool alone) {
  if (patterns.empty() || alone) {
    Result<PolicyFiles> files = policy_files(run, patterns);
    if (!files) return tl::unexpected(files.error());
    return NamedPolicies{std::move(*files), {}};
  }
  Result<std::vector<PolicyText>> texts =
      read_named_policy_files(patterns, run.environment.working_folder);
  if (!texts) return tl::unexpected(texts.error());
  NamedPolicies named;
  named.files.texts = std::move(*texts);
  auto rest = rest_of_set(named.files.texts, run.config_file, run.environment);
  if (rest) {
    tell_rest(run, *rest);
    named.rest = std::move(rest->texts);
  }
  std::vector<PolicyText> all = named.rest;
  all.insert(all.end(), named.files.texts.begin(), named.files.texts.end());
  named.files.loaded = load_policy_set(all, run.now());
  if (!named.rest.empty()) leave_out_rest(named);
  return named;
}

}  // namespace tidewaiter
