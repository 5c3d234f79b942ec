#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "policies/model/error.h"

namespace tidewaiter {

/// Makes a file that must not be there yet, with these bytes and the mode less the umask; synced
/// with its folder on return. On an error nothing is left.
/// Errors: kRefused if it is there, kUnavailable. Threads: any.
[[nodiscard]] Result<void> create_file(const std::filesystem::path& path, mode_t mode,
                                       std::string_view bytes);

/// Puts these bytes in the place of an existing file's, whose mode and name stay: whoever opens it
/// sees the old bytes or the new ones. A symbolic link stays one. They are written beside it first,
/// as its name with `.new` behind it; what an end of the process left there is written over. Synced
/// with its folder on return. On an error the old file stands, but for a folder that could not be
/// synced: then the new one does, and may be gone again after a power failure.
/// Errors: kNotFound if it is not there; kRefused if the name with `.new` is taken by what cannot
/// be removed, a folder; kUnavailable. Threads: any, one at a time for a file.
[[nodiscard]] Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes);

/// Puts a file with these bytes at `path`, with the mode less the umask, in the place of one that
/// may be there: whoever opens it sees nothing, the old bytes or the new ones. It is written beside
/// it first, as `path` with `.new` behind it; one that an end of the process left there is written
/// over. Synced with its folder on return; on an error what was there stands, but for a folder that
/// could not be synced, as for replace_file(). Errors: kRefused as there, kUnavailable.
/// Threads: any, one at a time for a file.
[[nodiscard]] Result<void> place_file(const std::filesystem::path& path, mode_t mode,
                                      std::string_view bytes);

/// Removes a file if it is there. Durable once its folder is synced. Errors: kUnavailable.
/// Threads: any.
[[nodiscard]] Result<void> remove_file(const std::filesystem::path& path);

/// The bytes of a regular file of at most `most` bytes, symbolic links followed. Waits for nobody:
/// a pipe or device is refused. Errors: kNotFound, kUnavailable, kInvalidInput for a longer one and
/// for what is no regular file. Threads: any.
[[nodiscard]] Result<std::string> read_whole_file(const std::filesystem::path& path,
                                                  std::size_t most);

/// Says whether there is such a file. Errors: kUnavailable if that cannot be told, which is not
/// "no". Threads: any.
[[nodiscard]] Result<bool> is_there(const std::filesystem::path& path);

/// Makes the names in a folder durable: what was made, renamed or removed there. An empty path is
/// the working folder. Errors: kUnavailable. Threads: any.
[[nodiscard]] Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace tidewaiter
