#include "storage/files/shown_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "policies/model/input_text.h"
#include "policies/model/trimmed.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kVaultKeyDigits = 64;
constexpr std::string_view kBlank = " \t\r\n";

/// What the hash of a password begins with: the names of crypt(5), of Apache's htpasswd and of
/// Argon2 and scrypt.
constexpr std::array<std::string_view, 13> kHashes{"$1$",    "$2a$",    "$2b$",    "$2x$", "$2y$",
                                                   "$5$",    "$6$",     "$7$",     "$y$",  "$gy$",
                                                   "$apr1$", "$argon2", "$scrypt$"};

/// With a part behind that name and another `$`: "$5$ a month" is none.
bool begins_hash(std::string_view text) {
  return std::ranges::any_of(kHashes, [&](std::string_view id) {
    return text.starts_with(id) && text.find('$', id.size()) != std::string_view::npos;
  });
}

/// A line of a table of users, as shadow(5) and htpasswd have it: a name and the hash, which `!`
/// stands before where the user is locked out.
bool is_user_with_hash(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  if (line.substr(0, colon).find_first_of(" \t\"'") != std::string_view::npos) return false;
  line.remove_prefix(colon + 1);
  line.remove_prefix(std::min(line.find_first_not_of('!'), line.size()));
  return begins_hash(line);
}

/// The first line of a private key in the form of RFC 7468, OpenSSH's and PGP's among them.
bool begins_private_key(std::string_view line) {
  if (!line.starts_with("-----BEGIN ")) return false;
  const std::size_t label = line.find("PRIVATE KEY");
  return label != std::string_view::npos && line.find("-----", label) != std::string_view::npos;
}

bool is_secret_line(std::string_view line) {
  return line.starts_with("PRIVATE+KEY+") || line.starts_with("AGE-SECRET-KEY-") ||
         line.starts_with("PuTTY-User-Key-File-") || begins_private_key(line) ||
         begins_hash(line) || is_user_with_hash(line);
}

}  // namespace

bool is_secret_text(std::string_view text) {
  const std::string_view word = trimmed(text, kBlank);
  if (word.size() == kVaultKeyDigits &&
      word.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos) {
    return true;
  }
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    std::string_view line = text.substr(0, end);
    line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
    if (is_secret_line(line)) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
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
