#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Reads the policy files that `patterns` name: a file, a folder (its *.yaml and *.yml, and those
/// of the folders in it), or a glob of files or folders. Relative patterns start from `base`.
/// Sorted by path, each file once; paths are given as they were found.
/// Errors: kNotFound for a file or folder that is not there (a glob may match nothing);
/// kUnavailable if one cannot be read, or a folder on the way cannot be looked into; kInvalidInput
/// for a file above 2 MiB, for what is no regular file (a pipe is not waited for), and for a path
/// that is not UTF-8.
[[nodiscard]] Result<std::vector<PolicyText>> read_policy_files(
    const std::vector<std::string>& patterns, const std::filesystem::path& base);

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
