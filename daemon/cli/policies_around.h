#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/app/config.h"
#include "daemon/cli/command.h"
#include "policies/language/policy.h"
#include "policies/lint/lint.h"

namespace tidewaiter {

/// The policy files that a file is read together with while it is edited: those of the nearest
/// `tidewaiter.yaml` in its folder or above, if the file is one of them, under its own path; else
/// the YAML files in its folder, not those in the folders of that one. Whatever cannot be read now
/// is left out: that is no fault of the file that is edited.
[[nodiscard]] std::vector<PolicyText> policies_around(const std::filesystem::path& path,
                                                      const Environment& environment);

/// The sources of the nearest `tidewaiter.yaml` above a file, if the file is one of its policies
/// and it has no errors; else none: then it is not known which sources there will be.
[[nodiscard]] std::vector<SourceSupply> sources_around(const std::filesystem::path& path,
                                                       const Environment& environment);

/// The rest of the set that some files are a part of.
struct RestOfSet {
  std::filesystem::path configuration;  ///< that names the set
  std::vector<PolicyText> texts;        ///< without those files
};

/// The rest of the set of `config_file`, or else of the nearest `tidewaiter.yaml` in the folder of
/// the first file or above. Nothing if the files are not all in that set, are all of it, or if it
/// cannot be read.
[[nodiscard]] std::optional<RestOfSet> rest_of_set(
    std::span<const PolicyText> files, const std::optional<std::filesystem::path>& config_file,
    const Environment& environment);

/// Tells on standard error with what the named files were read.
void tell_rest(Invocation& run, const RestOfSet& rest);

/// As policy_files, but files that are named are read together with the rest of their set, unless
/// `alone`; that is told on standard error. `texts`, the diagnostics and the policies are those of
/// the named files, and policies of which a named file has tests with those tests alone.
struct NamedPolicies {
  PolicyFiles files;
  std::vector<PolicyText> rest;  ///< of the set
};
[[nodiscard]] Result<NamedPolicies> named_policies(Invocation& run,
                                                   const std::vector<std::string>& patterns,
                                                   bool alone);

/// What `--alone` says of itself.
inline constexpr const char* kAloneDescription =
    "Read the files by themselves, without the rest of the set they are a part of";

}  // namespace tidewaiter
