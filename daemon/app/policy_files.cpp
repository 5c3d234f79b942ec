#include "daemon/app/policy_files.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <system_error>

#include "policies/language/load.h"
#include "policies/model/input_text.h"
#include "policies/model/utf8.h"
#include "storage/files/durable_file.h"
#include "storage/files/path_pattern.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

bool is_yaml(const fs::path& path) {
  const fs::path extension = path.extension();
  return extension == ".yaml" || extension == ".yml";
}

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
    if (it->is_regular_file(ignored) && is_yaml(it->path())) files.insert(it->path());
  }
  if (!failure) return {};
  return fail(ErrorCode::kUnavailable,
              "cannot read the folder `" + folder.string() + "`: " + failure.message());
}

Result<PolicyText> read_one(const fs::path& path) {
  // The path is stored beside the text, as JSON, which is UTF-8.
  if (!is_utf8(path.string())) {
    return fail(ErrorCode::kInvalidInput, "expected the path of a policy file in UTF-8, got " +
                                              in_backticks(path.string(), path.string().size()) +
                                              ": rename it");
  }
  Result<std::string> text = read_whole_file(path, kMostListFileBytes);
  if (!text) return tl::unexpected(text.error());
  return PolicyText{path.string(), std::move(*text)};
}

/// Blanks, comments and marks of documents, and no more.
bool holds_nothing(const PolicyText& text) {
  std::istringstream lines(text.text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos || line[begin] == '#') continue;
    if (line.find_first_not_of("- \t\r") != std::string::npos) return false;
  }
  return true;
}

}  // namespace

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
  for (const fs::path& path : files) {
    Result<PolicyText> text = read_one(path);
    if (!text) return tl::unexpected(text.error());
    texts.push_back(std::move(*text));
  }
  return texts;
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
