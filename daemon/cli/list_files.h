#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policies/lists/list_book.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// A file's content, decompressed (gzip, zstd), of at most 512 MiB.
/// Errors: as those of InputFile and ByteStream, with the path; kUnsupported for a larger one.
[[nodiscard]] Result<std::string> whole_file(const std::filesystem::path& path);

/// Reads lists of any format that parse_list() knows, from paths below `folder`. Beside OFAC's
/// primary file its aliases and addresses are read as well (`sdn.csv`: `alt.csv`, `add.csv`;
/// `cons_prim.csv`: `cons_alt.csv`, `cons_add.csv`), whether they are among `paths` or not; that
/// they are not there is a fault of the list. What is too long of its remarks is read where there
/// is such a file (`sdn_comments.csv`, `cons_comments.csv`). Names of the sources are the paths as
/// given.
/// A list without an entry has a fault that says so. What follows from being on them is that of the
/// list of the code `consequences`; without one what list_code() tells of each.
/// Errors: of the first file of which nothing can be read, with its path.
[[nodiscard]] Result<std::unique_ptr<ListBook>> read_list_files(
    const std::filesystem::path& folder, const std::vector<std::string>& paths,
    std::string_view consequences = {});

/// The same for one list. `path` may be relative to `folder`.
[[nodiscard]] Result<ParsedList> read_list_file(const std::filesystem::path& folder,
                                                const std::string& path);

/// The path of the file that a fault of a list is in, of which `list` is the path.
[[nodiscard]] std::string file_of(const std::string& list, const ListFault& fault);

}  // namespace tidewaiter
