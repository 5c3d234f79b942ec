#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "policies/model/error.h"

namespace tidewaiter {

/// Whether a path asks for more than itself: it has a `*`, `?` or `[`.
[[nodiscard]] bool is_path_pattern(std::string_view path);

/// The files and folders that a pattern of glob(7) names, sorted; none if there are none. A
/// relative pattern starts from `base`, which is taken as it is. A name that begins with a dot is
/// matched by a dot only, `.` and `..` by themselves only. Unlike glob(3) it never takes "cannot
/// look" for "nothing is there", and a part `**` stands for any number of folders, none as well,
/// links to folders not followed. Errors: kUnavailable for a folder or name that cannot be looked
/// at. Threads: any.
[[nodiscard]] Result<std::vector<std::filesystem::path>> expand_path_pattern(
    const std::filesystem::path& base, std::string_view pattern);

}  // namespace tidewaiter
