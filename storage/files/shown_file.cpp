#include "storage/files/shown_file.h"

#include <algorithm>
#include <cstring>

#include "policies/model/input_text.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kVaultKeyDigits = 64;

}  // namespace

bool is_secret_text(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  if (text.starts_with("PRIVATE+KEY+") || text.starts_with("$argon2id$")) return true;
  const std::string_view word = text.substr(0, text.find_last_not_of(kBlank) + 1);
  return word.size() == kVaultKeyDigits &&
         word.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

Result<std::string> read_shown_file(const std::filesystem::path& path, std::size_t most) {
  Result<std::string> text = read_whole_file(path, most);
  if (!text || !is_secret_text(*text)) return text;
  ::explicit_bzero(text->data(), text->size());
  return fail(ErrorCode::kRefused, in_backticks(path.string(), path.string().size()) +
                                       " holds a key or the hash of a password, and is not read "
                                       "as a text: name another file");
}

}  // namespace tidewaiter
