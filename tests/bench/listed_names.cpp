#include "tests/bench/listed_names.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "daemon/cli/list_files.h"
#include "policies/lists/delimited_rows.h"

namespace tidewaiter::bench {
namespace {

namespace fs = std::filesystem;

/// Files of data/lists that are no lists of parties, or belong to another file.
bool is_list(const fs::path& file) {
  const std::string name = file.filename().string();
  for (const char* other : {"README", "LICENSE", "lists.json", "alt.csv", "add.csv", "comments",
                            "elf-codes", "wallets", ".pdf.txt", "fcc_covered_list"}) {
    if (name.find(other) != std::string::npos) return false;
  }
  return true;
}

}  // namespace

std::optional<fs::path> given_data() {
  const char* root = std::getenv("TIDEWAITER_SHARED");
  if (root == nullptr) return std::nullopt;
  fs::path folder = fs::path(root) / "data";
  const bool there = fs::exists(folder / "lists") && fs::exists(folder / "names");
  return there ? std::optional(std::move(folder)) : std::nullopt;
}

Result<std::unique_ptr<ListBook>> all_given_lists(const fs::path& data) {
  std::vector<std::string> files;
  for (const auto& file : fs::recursive_directory_iterator(data / "lists")) {
    if (file.is_regular_file() && is_list(file.path())) files.push_back(file.path().string());
  }
  std::ranges::sort(files);  // a folder's order is the file system's
  return read_list_files("", files);
}

NameIndex index_of(const ListBook& book, PartyKind kind) {
  std::vector<ComparedName> names;
  for (const ListBook::Source& source : book.sources()) {
    for (const ListEntry& entry : source.list.entries) {
      if (entry.kind.value_or(likely_kind(entry.name)) != kind) continue;
      if (auto name = compared_name(entry.name, kind)) names.push_back(*std::move(name));
      for (const ListedName& alias : entry.aliases) {
        if (auto name = compared_name(alias.text, kind)) names.push_back(*std::move(name));
      }
    }
  }
  return {kind, std::move(names)};
}

Result<std::vector<std::vector<std::string>>> rows_of(const fs::path& file, char delimiter) {
  const Result<std::string> text = whole_file(file);
  if (!text) return tl::unexpected(text.error());
  std::vector<std::vector<std::string>> rows;
  for_each_row(
      *text, delimiter,
      [&](std::size_t, std::span<const std::string> cells) {
        rows.emplace_back(cells.begin(), cells.end());
      },
      [](const ListFault&) {});
  return rows;
}

Result<std::vector<std::string>> honest_names(const fs::path& data) {
  const fs::path file = data / "names/yente/negatives_global.csv.zst";
  const auto rows = rows_of(file, ',');
  if (!rows) return tl::unexpected(rows.error());
  if (rows->empty() || rows->front().front() != "full_name") {
    return fail(ErrorCode::kInvalidInput, "expected `full_name` as the first column",
                file.string());
  }
  std::vector<std::string> names;
  for (auto row = rows->begin() + 1; row != rows->end(); ++row) names.push_back(row->front());
  return names;
}

}  // namespace tidewaiter::bench
