#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "daemon/sources/file_cursor.h"
#include "daemon/sources/input_file.h"
#include "daemon/sources/source_config.h"

namespace tidewaiter {

struct ListedFile {
  std::filesystem::path path;
  FileFacts facts;
};

inline constexpr std::size_t kMaxFiles = 4096;

/// The regular files that a source's `path` names, in byte order of their paths, each file once:
/// the file itself, the files of a folder (not of folders in it, none whose name begins with a
/// dot), or what a glob matches. A path that exists is taken as it is, even if it looks like a
/// glob. Errors: kUnavailable if a file or folder is not there or cannot be read; kInvalidInput if
/// it is neither, or if there are more than kMaxFiles. A glob that matches nothing gives no files.
[[nodiscard]] Result<std::vector<ListedFile>> list_files(const SourceConfig& config);

/// A file rests when nobody has written to it for as long as its source waits between polls.
[[nodiscard]] bool file_rests(const SourceConfig& config, const FileFacts& facts, UtcTime now);

/// Looks in `folder` for files with the given identities, whatever they are called there now.
/// Those that are not there are left out; so is everything if the folder is gone. A symbolic link
/// to what cannot be looked at is passed over: it may be anybody's. Lists the folder once.
/// Errors: kUnavailable if the folder or a file in it cannot be looked at, which is not "gone".
[[nodiscard]] Result<std::vector<ListedFile>> find_renamed(const std::filesystem::path& folder,
                                                           std::span<const FileFacts> wanted);

/// The same for each of these entries, in the folder where it was read: each folder is listed once
/// however many of its files are missing. In the order of `missing`; nothing for one that is not
/// there. Errors: as find_renamed().
[[nodiscard]] Result<std::vector<std::optional<ListedFile>>> find_all_renamed(
    std::span<const FileEntry> missing);

}  // namespace tidewaiter
