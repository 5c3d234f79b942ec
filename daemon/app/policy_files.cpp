#include "daemon/app/policy_files.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include <glob.h>

#include "policies/language/load.h"
#include "policies/model/input_text.h"
#include "policies/model/utf8.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

bool is_glob(const std::string& pattern) {
  return pattern.find_first_of("*?[") != std::string::npos;
}

bool is_yaml(const fs::path& path) {
  const fs::path extension = path.extension();
  return extension == ".yaml" || extension == ".yml";
}

std::vector<fs::path> expand_glob(const std::string& pattern) {
  std::vector<fs::path> out;
  glob_t found{};
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    for (std::size_t i = 0; i < found.gl_pathc; ++i) out.emplace_back(found.gl_pathv[i]);
  }
  ::globfree(&found);
  return out;
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
  std::error_code failure;
  const std::uintmax_t size = fs::file_size(path, failure);
  if (!failure && size > kMostListFileBytes) {
    return fail(ErrorCode::kInvalidInput, "`" + path.string() + "` is larger than 4 MiB");
  }
  std::ifstream stream(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(stream), {});
  if (failure || !stream) {
    return fail(ErrorCode::kUnavailable, "cannot read `" + path.string() + "`");
  }
  return PolicyText{path.string(), std::move(text)};
}

}  // namespace

Result<std::vector<PolicyText>> read_policy_files(const std::vector<std::string>& patterns,
                                                  const fs::path& base) {
  std::set<fs::path> files;
  for (const std::string& pattern : patterns) {
    const std::string place = (base / pattern).lexically_normal().string();
    std::error_code failure;
    std::vector<fs::path> found;
    if (fs::exists(place, failure)) {
      found = {place};
    } else if (is_glob(place)) {
      found = expand_glob(place);
    } else {
      return fail(ErrorCode::kNotFound, "there is no policy file or folder `" + place + "`");
    }
    for (const fs::path& path : found) {
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

Result<void> write_policy_file(const PolicyText& text, const fs::path& base) {
  return replace_file(base / text.path, text.text);
}

}  // namespace tidewaiter
