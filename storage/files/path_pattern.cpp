#include "storage/files/path_pattern.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fnmatch.h>
#include <sys/stat.h>

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// What is not there, or lies below something that is no folder, is no match.
bool is_absent(const std::error_code& failure) {
  return failure == std::errc::no_such_file_or_directory || failure == std::errc::not_a_directory;
}

tl::unexpected<Error> unreadable(const fs::path& path, const std::error_code& failure) {
  return fail(ErrorCode::kUnavailable,
              "cannot look at `" + path.string() + "`: " + failure.message());
}

/// A part of a pattern without wildcards, its backslashes taken off.
std::string unescaped(std::string_view part) {
  std::string out;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '\\' && i + 1 < part.size()) ++i;
    out += part[i];
  }
  return out;
}

Result<void> add_matches(const fs::path& folder, const std::string& part,
                         std::vector<fs::path>& matches) {
  std::error_code failure;
  fs::directory_iterator item(folder.empty() ? fs::path(".") : folder, failure);
  for (; !failure && item != fs::directory_iterator(); item.increment(failure)) {
    const fs::path name = item->path().filename();
    if (::fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0) matches.push_back(folder / name);
  }
  if (failure && !is_absent(failure)) return unreadable(folder, failure);
  return {};
}

Result<void> add_if_there(fs::path path, std::vector<fs::path>& matches) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    matches.push_back(std::move(path));
    return {};
  }
  const std::error_code failure(errno, std::generic_category());
  if (!is_absent(failure)) return unreadable(path, failure);
  return {};
}

/// The folder and all folders below it.
Result<void> add_folders_below(const fs::path& folder, std::vector<fs::path>& matches) {
  std::error_code failure;
  const fs::file_status status = fs::status(folder.empty() ? fs::path(".") : folder, failure);
  if (failure && !is_absent(failure)) return unreadable(folder, failure);
  if (!fs::is_directory(status)) return {};
  matches.push_back(folder);
  fs::directory_iterator item(folder.empty() ? fs::path(".") : folder, failure);
  for (; !failure && item != fs::directory_iterator(); item.increment(failure)) {
    const fs::path name = item->path().filename();
    std::error_code untold;  // what cannot be told is no folder to go into
    if (name.native().starts_with('.') || !fs::is_directory(item->symlink_status(untold))) continue;
    if (auto below = add_folders_below(folder / name, matches); !below) return below;
  }
  if (failure && !is_absent(failure)) return unreadable(folder, failure);
  return {};
}

Result<void> add_part(const fs::path& folder, const std::string& part,
                      std::vector<fs::path>& matches) {
  if (part == "**") return add_folders_below(folder, matches);
  if (is_path_pattern(part)) return add_matches(folder, part, matches);
  return add_if_there(folder / unescaped(part), matches);
}

}  // namespace

bool is_path_pattern(std::string_view path) {
  return path.find_first_of("*?[") != std::string_view::npos;
}

Result<std::vector<fs::path>> expand_path_pattern(const fs::path& base, std::string_view pattern) {
  const fs::path parts(pattern);
  std::vector<fs::path> reached = {parts.is_absolute() ? parts.root_path() : base};
  for (const fs::path& part : parts.relative_path()) {
    std::vector<fs::path> next;
    for (fs::path& folder : reached) {
      if (auto added = add_part(folder, part.native(), next); !added) {
        return tl::unexpected(added.error());
      }
    }
    reached = std::move(next);
  }
  std::ranges::sort(reached);
  // Two `**` reach a folder by several ways.
  reached.erase(std::unique(reached.begin(), reached.end()), reached.end());
  return reached;
}

}  // namespace tidewaiter
