#include "daemon/cli/list_files.h"

#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "daemon/sources/byte_stream.h"
#include "daemon/sources/input_file.h"
#include "policies/lists/list_code.h"
#include "policies/lists/list_format.h"
#include "policies/screening/shipped_consequences.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = std::size_t{512} << 20U;

/// The files that belong to a primary file of OFAC; empty paths for any other.
struct Beside {
  fs::path aliases;
  fs::path addresses;
  fs::path comments;  ///< need not be there
};

Beside files_beside(const fs::path& path) {
  const std::string name = path.filename().string();
  const fs::path folder = path.parent_path();
  for (const std::string_view primary : {"sdn.", "prim."}) {
    const std::size_t at = name.rfind(primary);
    if (at == std::string::npos || (primary == "sdn." && at != 0)) continue;
    const auto other = [&](std::string_view stem) {
      return folder / (name.substr(0, at) + std::string(stem) + name.substr(at + primary.size()));
    };
    return {other("alt."), other("add."), other(primary == "sdn." ? "sdn_comments." : "comments.")};
  }
  return {};
}

Error with_path(Error error, const fs::path& path) {
  if (error.where.empty()) error.where = path.string();
  return error;
}

/// The text of a file beside another; empty, and told as a fault, if there is none.
Result<std::string> file_beside(const fs::path& path, std::string_view what,
                                std::vector<ListFault>& faults) {
  std::error_code ignored;
  if (fs::exists(path, ignored)) return whole_file(path);
  faults.push_back({0, "there is no " + path.filename().string() +
                           " beside it: its entries have no " + std::string(what) +
                           ", put it into the same folder"});
  return std::string();
}

/// A list of which no row could be read would clear everybody.
Error nothing_read(const ParsedList& list, const fs::path& path) {
  const ListFault& first = list.faults.front();
  return {
      ErrorCode::kInvalidInput,
      "nothing of the list can be read: line " + std::to_string(first.line) + ": " + first.message,
      path.string()};
}

struct FileRead {
  Result<ParsedList> list;
  Beside beside;  ///< files that were read with it
};

Result<ParsedList> read_with(const std::string& primary, const Beside& beside) {
  std::vector<ListFault> missing;
  std::string aliases;
  std::string addresses;
  std::string comments;
  if (!beside.aliases.empty()) {
    Result<std::string> text = file_beside(beside.aliases, "aliases", missing);
    if (!text) return tl::unexpected(std::move(text.error()));
    aliases = *std::move(text);
    text = file_beside(beside.addresses, "countries", missing);
    if (!text) return tl::unexpected(std::move(text.error()));
    addresses = *std::move(text);
    std::vector<ListFault> untold;  // the parser tells what it lacks of the comments
    text = file_beside(beside.comments, "comments", untold);
    if (!text) return tl::unexpected(std::move(text.error()));
    comments = *std::move(text);
  }
  Result<ParsedList> list = parse_list({primary, aliases, addresses, comments});
  if (list) list->faults.insert(list->faults.begin(), missing.begin(), missing.end());
  return list;
}

FileRead read_with_files_beside(const fs::path& path) {
  const Result<std::string> primary = whole_file(path);
  if (!primary) return {tl::unexpected(primary.error()), {}};
  const bool is_ofac = looks_like_ofac_csv(*primary);
  const Beside beside = is_ofac ? files_beside(path) : Beside{};
  Result<ParsedList> list = read_with(*primary, beside);
  if (!list) return {tl::unexpected(with_path(std::move(list.error()), path)), beside};
  if (list->entries.empty() && !list->faults.empty()) {
    return {tl::unexpected(nothing_read(*list, path)), beside};
  }
  if (list->entries.empty()) list->faults.push_back({0, "the list holds no entry"});
  if (is_ofac && beside.aliases.empty()) {
    list->faults.push_back({0,
                            "OFAC's aliases and countries are files of their own: expected the "
                            "name sdn.csv or …_prim.csv, by which they are found"});
  }
  return {std::move(list), beside};
}

}  // namespace

Result<std::string> whole_file(const fs::path& path) {
  std::error_code unreadable;  // is told when it is opened
  if (fs::is_directory(path, unreadable)) {
    return fail(ErrorCode::kInvalidInput, "this is a folder: name a file in it", path.string());
  }
  Result<InputFile> file = InputFile::open(path);
  if (!file) return tl::unexpected(with_path(std::move(file.error()), path));
  const PullWatch watch;
  Result<std::unique_ptr<ByteStream>> bytes = open_byte_stream(std::move(*file), watch);
  if (!bytes) return tl::unexpected(with_path(std::move(bytes.error()), path));
  std::string text;
  std::array<char, 65536> block;
  for (;;) {
    const Result<std::size_t> count = (*bytes)->read(block);
    if (!count) return tl::unexpected(with_path(count.error(), path));
    if (*count == 0) return text;
    text.append(block.data(), *count);
    if (text.size() > kMostBytes) {
      return fail(ErrorCode::kUnsupported, "the file is larger than 512 MiB", path.string());
    }
  }
}

Result<std::unique_ptr<ListBook>> read_list_files(const fs::path& folder,
                                                  const std::vector<std::string>& paths,
                                                  std::string_view consequences) {
  std::vector<FileRead> files;
  std::set<fs::path> read_beside;
  for (const std::string& path : paths) {
    const FileRead& file = files.emplace_back(read_with_files_beside(folder / path));
    read_beside.insert(file.beside.aliases);
    read_beside.insert(file.beside.addresses);
    read_beside.insert(file.beside.comments);
  }
  std::vector<ListBook::Source> sources;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (read_beside.contains(folder / paths[i])) continue;
    Result<ParsedList>& list = files[i].list;
    if (!list) return tl::unexpected(std::move(list.error()));
    const std::string_view code = consequences.empty() ? list_code(*list, paths[i]) : consequences;
    sources.push_back({paths[i], *std::move(list), shipped_consequences(code)});
  }
  return std::make_unique<ListBook>(std::move(sources));
}

Result<ParsedList> read_list_file(const fs::path& folder, const std::string& path) {
  return std::move(read_with_files_beside(folder / path).list);
}

std::string file_of(const std::string& list, const ListFault& fault) {
  const Beside beside = files_beside(list);
  switch (fault.file) {
    case ListFile::kAliases:
      return beside.aliases.string();
    case ListFile::kAddresses:
      return beside.addresses.string();
    case ListFile::kComments:
      return beside.comments.string();
    case ListFile::kPrimary:
      break;
  }
  return list;
}

}  // namespace tidewaiter
