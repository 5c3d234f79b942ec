#include "daemon/sources/file_listing.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

#include <glob.h>

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

std::string escape_glob(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out;
}

Result<std::vector<ListedFile>> list_glob(const std::string& pattern) {
  glob_t found{};
  const int answer = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);
  const std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (answer != 0 && answer != GLOB_NOMATCH) {
    return fail(ErrorCode::kUnavailable, "cannot list `" + pattern + "`");
  }
  std::vector<ListedFile> files;
  for (const std::string& path : paths) {
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
  const bool pattern = config.path.find_first_of("*?[") != std::string::npos;
  if (pattern && !fs::exists(status)) {
    const bool absolute = fs::path(config.path).is_absolute();
    return list_glob(absolute
                         ? config.path
                         : (fs::path(escape_glob(config.base.string())) / config.path).string());
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

std::vector<ListedFile> find_renamed(const fs::path& folder, std::span<const FileFacts> wanted) {
  std::vector<ListedFile> found;
  std::error_code code;
  fs::directory_iterator item(folder, code);
  for (; !code && item != fs::directory_iterator(); item.increment(code)) {
    const auto facts = file_facts(item->path());
    if (facts &&
        std::ranges::any_of(wanted, [&](const FileFacts& one) { return one.same_file(*facts); })) {
      found.push_back({item->path(), *facts});
    }
  }
  return found;
}

}  // namespace tidewaiter
