#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policies/lists/list_book.h"
#include "policies/model/error.h"
#include "policies/screening/name_index.h"

namespace tidewaiter::bench {

/// The folder `data` of the given material, which $TIDEWAITER_SHARED names; nothing without it.
[[nodiscard]] std::optional<std::filesystem::path> given_data();

/// Every list under data/lists that can be read, both issues of the SDN list among them: above
/// 30,000 entries.
/// Errors: as those of read_list_files().
[[nodiscard]] Result<std::unique_ptr<ListBook>> all_given_lists(const std::filesystem::path& data);

/// The names and aliases of a book's entries of one kind, as ListBook itself has them.
[[nodiscard]] NameIndex index_of(const ListBook& book, PartyKind kind);

/// Names that people who are on no list might have (names/yente/negatives_global): persons, in
/// many scripts.
/// Errors: as those of whole_file(); kInvalidInput for a table of another shape.
[[nodiscard]] Result<std::vector<std::string>> honest_names(const std::filesystem::path& data);

/// A table's cells, row by row, its header first.
/// Errors: as those of whole_file().
[[nodiscard]] Result<std::vector<std::vector<std::string>>> rows_of(
    const std::filesystem::path& file, char delimiter);

}  // namespace tidewaiter::bench
