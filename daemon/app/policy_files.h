#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "daemon/app/config.h"
#include "policies/language/policy.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Whether a file in a folder of policies is one by its name: .yaml or .yml, in any case.
[[nodiscard]] bool is_policy_file_name(const std::filesystem::path& path);

/// Reads the policy files that `patterns` name: a file, a folder (its files of policies, and those
/// of the folders in it), or a glob of files or folders. Relative patterns start from `base`.
/// Sorted by path, each file once; paths are given as they were found. A file that cannot be read
/// is a PolicyText that says why: one above 1 MiB, what is no regular file (a pipe is not waited
/// for), a link to what is not there, a path that is not UTF-8. In a folder `.#name` is left out.
/// Errors: kNotFound for a file or folder that is not there (a glob may match nothing);
/// kUnavailable if a folder on the way cannot be looked into.
[[nodiscard]] Result<std::vector<PolicyText>> read_policy_files(
    const std::vector<std::string>& patterns, const std::filesystem::path& base);

/// As read_policy_files, those of a configuration. Of one that is refused the error names the
/// place in the configuration, if it was written in a file.
[[nodiscard]] Result<std::vector<PolicyText>> read_configured_policy_files(const Config& config);

/// Where the first of a configuration's `policies` that read_policy_files() refuses is written;
/// nothing if none is, or if it was not written in a file.
[[nodiscard]] std::optional<ConfigPlace> place_of_refused_policies(const Config& config);

/// As read_policy_files, for what a person names at a command: each of `patterns` has to give a
/// file that holds something, so that a mistyped glob is no check that passes. Errors: also
/// kNotFound for a folder or glob without a policy file, and for files in which nothing stands but
/// comments.
[[nodiscard]] Result<std::vector<PolicyText>> read_named_policy_files(
    const std::vector<std::string>& patterns, const std::filesystem::path& base);

/// Writes a changed text back to its file. Errors: see replace_file.
[[nodiscard]] Result<void> write_policy_file(const PolicyText& text,
                                             const std::filesystem::path& base);

}  // namespace tidewaiter
