#include "daemon/sources/file_listing.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <system_error>
#include <utility>

#include "storage/files/path_pattern.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// Adds a file of a folder or glob. What is gone by now, or is not a file, is not one of them.
Result<void> add_file(const fs::path& path, std::vector<ListedFile>& files) {
  auto facts = file_facts(path);
  if (facts) {
    files.push_back({path, *facts});
  } else if (facts.error().code == ErrorCode::kUnavailable) {
    return tl::unexpected(facts.error());
  }
  if (files.size() > kMaxFiles) {
    return fail(ErrorCode::kInvalidInput, "more than " + std::to_string(kMaxFiles) +
                                              " files; narrow `path` or move finished ones away");
  }
  return {};
}

Result<std::vector<ListedFile>> list_folder(const fs::path& folder) {
  std::vector<ListedFile> files;
  std::error_code code;
  fs::directory_iterator item(folder, code);
  for (; !code && item != fs::directory_iterator(); item.increment(code)) {
    const fs::path& path = item->path();
    if (path.filename().native().starts_with('.')) {
      continue;
    }
    if (auto added = add_file(path, files); !added) {
      return tl::unexpected(added.error());
    }
  }
  if (code) {
    return fail(ErrorCode::kUnavailable,
                "cannot list folder `" + folder.string() + "`: " + code.message());
  }
  return files;
}

Result<std::vector<ListedFile>> list_pattern(const fs::path& base, const std::string& pattern) {
  const auto paths = expand_path_pattern(base, pattern);
  if (!paths) {
    return tl::unexpected(paths.error());
  }
  std::vector<ListedFile> files;
  for (const fs::path& path : *paths) {
    if (auto added = add_file(path, files); !added) {
      return tl::unexpected(added.error());
    }
  }
  return files;
}

Result<std::vector<ListedFile>> list_any(const SourceConfig& config) {
  const fs::path path = config.base / config.path;  // an absolute path stands alone
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (fs::is_directory(status)) {
    return list_folder(path);
  }
  if (status.type() == fs::file_type::not_found && is_path_pattern(config.path)) {
    return list_pattern(config.base, config.path);
  }
  auto facts = file_facts(path);
  if (!facts) {
    // A file that is not there yet may come: that is no reason to stop the source.
    const ErrorCode why =
        facts.error().code == ErrorCode::kNotFound ? ErrorCode::kUnavailable : facts.error().code;
    return fail(why, facts.error().message);
  }
  return std::vector<ListedFile>{{path, *facts}};
}

}  // namespace

Result<std::vector<ListedFile>> list_files(const SourceConfig& config) {
  auto files = list_any(config);
  if (!files) {
    return files;
  }
  std::ranges::sort(*files, {}, [](const ListedFile& file) { return file.path.native(); });
  std::vector<ListedFile> once;
  for (ListedFile& file : *files) {
    const bool known = std::ranges::any_of(
        once, [&](const ListedFile& other) { return other.facts.same_file(file.facts); });
    if (!known) {
      once.push_back(std::move(file));
    }
  }
  return once;
}

bool file_rests(const SourceConfig& config, const FileFacts& facts, UtcTime now) {
  return now.us - facts.modified_us >= config.poll_every.us;
}

Result<std::vector<ListedFile>> find_renamed(const fs::path& folder,
                                             std::span<const FileFacts> wanted) {
  std::vector<ListedFile> found;
  std::error_code code;
  fs::directory_iterator item(folder, code);
  for (; !code && item != fs::directory_iterator(); item.increment(code)) {
    std::error_code ignored;
    const auto facts = file_facts(item->path());
    if (!facts && facts.error().code == ErrorCode::kUnavailable && !item->is_symlink(ignored)) {
      return tl::unexpected(facts.error());
    }
    if (facts &&
        std::ranges::any_of(wanted, [&](const FileFacts& one) { return one.same_file(*facts); })) {
      found.push_back({item->path(), *facts});
    }
  }
  const bool gone =
      code == std::errc::no_such_file_or_directory || code == std::errc::not_a_directory;
  if (code && !gone) {
    return fail(ErrorCode::kUnavailable,
                "cannot list folder `" + folder.string() + "`: " + code.message());
  }
  return found;
}

Result<std::vector<std::optional<ListedFile>>> find_all_renamed(
    std::span<const FileEntry> missing) {
  std::map<fs::path, std::vector<FileFacts>> folders;
  for (const FileEntry& entry : missing) {
    folders[fs::path(entry.path).parent_path()].push_back(entry.facts);
  }
  std::vector<ListedFile> found;
  for (const auto& [folder, wanted] : folders) {
    auto here = find_renamed(folder, wanted);
    if (!here) {
      return tl::unexpected(here.error());
    }
    std::ranges::move(*here, std::back_inserter(found));
  }
  std::vector<std::optional<ListedFile>> out;
  out.reserve(missing.size());
  for (const FileEntry& entry : missing) {
    const auto same = std::ranges::find_if(
        found, [&](const ListedFile& file) { return file.facts.same_file(entry.facts); });
    out.push_back(same == found.end() ? std::nullopt : std::optional(*same));
  }
  return out;
}

}  // namespace tidewaiter
