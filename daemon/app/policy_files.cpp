#include "daemon/app/policy_files.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <system_error>

#include "policies/language/load.h"
#include "policies/model/input_text.h"
#include "policies/model/utf8.h"
#include "storage/files/durable_file.h"
#include "storage/files/path_pattern.h"
#include "storage/files/shown_file.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// What an editor puts beside a file that is being edited: a link to nowhere, `.#name`.
bool is_edit_lock(const fs::path& path) { return path.filename().string().starts_with(".#"); }

/// What a path of the configuration or command line names: itself if it is there, else what it
/// matches.
Result<std::vector<fs::path>> places_of(const fs::path& base, const std::string& pattern) {
  const fs::path place = (base / pattern).lexically_normal();
  const Result<bool> there = is_there(place);
  if (!there) return tl::unexpected(there.error());
  if (*there) return std::vector<fs::path>{place};
  if (is_path_pattern(pattern)) {
    return expand_path_pattern(base, fs::path(pattern).lexically_normal().native());
  }
  return fail(ErrorCode::kNotFound, "there is no policy file or folder `" + place.string() + "`");
}

Result<void> add_folder(const fs::path& folder, std::set<fs::path>& files) {
  std::error_code failure;
  for (fs::recursive_directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    std::error_code ignored;
    const fs::path& path = it->path();
    if (!is_policy_file_name(path) || it->is_directory(ignored) || is_edit_lock(path)) continue;
    files.insert(path);
  }
  if (!failure) return {};
  return fail(ErrorCode::kUnavailable,
              "cannot read the folder `" + folder.string() + "`: " + failure.message());
}

PolicyText read_one(const fs::path& path) {
  // The path is stored beside the text, as JSON, which is UTF-8.
  if (!is_utf8(path.string())) {
    return {path.string(),
            {},
            "expected the path of a policy file in UTF-8, got " +
                in_backticks(path.string(), path.string().size()) + ": rename it"};
  }
  Result<std::string> text = read_shown_file(path, kMostListFileBytes);
  if (!text) return {path.string(), {}, std::move(text.error().message)};
  return {path.string(), std::move(*text)};
}

/// Blanks, comments and marks of documents, and no more.
bool holds_nothing(const PolicyText& text) {
  if (text.unreadable) return false;  // that is not known
  std::istringstream lines(text.text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos || line[begin] == '#') continue;
    if (line.find_first_not_of("- \t\r") != std::string::npos) return false;
  }
  return true;
}

}  // namespace

bool is_policy_file_name(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  });
  return extension == ".yaml" || extension == ".yml";
}

Result<std::vector<PolicyText>> read_policy_files(const std::vector<std::string>& patterns,
                                                  const fs::path& base) {
  std::set<fs::path> files;
  for (const std::string& pattern : patterns) {
    const Result<std::vector<fs::path>> found = places_of(base, pattern);
    if (!found) return tl::unexpected(found.error());
    for (const fs::path& path : *found) {
      std::error_code failure;  // what cannot be told shows when it is read as a file
      if (fs::is_directory(path, failure)) {
        if (auto added = add_folder(path, files); !added) return tl::unexpected(added.error());
      } else {
        files.insert(path);
      }
    }
  }
  std::vector<PolicyText> texts;
  texts.reserve(files.size());
  std::ranges::transform(files, std::back_inserter(texts), read_one);
  return texts;
}

std::optional<ConfigPlace> place_of_refused_policies(const Config& config) {
  const std::size_t written = std::min(config.policies.size(), config.policies_at.size());
  for (std::size_t i = 0; i < written; ++i) {
    if (!read_policy_files({config.policies[i]}, config.base)) return config.policies_at[i];
  }
  return std::nullopt;
}

Result<std::vector<PolicyText>> read_configured_policy_files(const Config& config) {
  Result<std::vector<PolicyText>> texts = read_policy_files(config.policies, config.base);
  if (texts) return texts;
  const std::optional<ConfigPlace> place = place_of_refused_policies(config);
  if (!place) return texts;
  const SourceSpan& at = place->span;
  return fail(texts.error().code, at.file + ":" + std::to_string(at.line) + ":" +
                                      std::to_string(at.column) + ": " + texts.error().message);
}

Result<std::vector<PolicyText>> read_named_policy_files(const std::vector<std::string>& patterns,
                                                        const fs::path& base) {
  std::map<std::string, PolicyText> by_path;
  for (const std::string& pattern : patterns) {
    Result<std::vector<PolicyText>> some = read_policy_files({pattern}, base);
    if (!some) return some;
    if (some->empty()) {
      return fail(ErrorCode::kNotFound, "no policy file is there for `" + pattern +
                                            "`: name a file, or a folder or glob with files that "
                                            "end in .yaml or .yml");
    }
    if (std::ranges::all_of(*some, holds_nothing)) {
      return fail(ErrorCode::kNotFound, "`" + pattern + "` holds no policy: nothing stands in it");
    }
    for (PolicyText& text : *some) by_path.emplace(text.path, std::move(text));
  }
  std::vector<PolicyText> texts;
  for (auto& [path, text] : by_path) texts.push_back(std::move(text));
  return texts;
}

Result<void> write_policy_file(const PolicyText& text, const fs::path& base) {
  return replace_file(base / text.path, text.text);
}

}  // namespace tidewaiter
