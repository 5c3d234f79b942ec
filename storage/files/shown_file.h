#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// Whether a text is one of those that nobody is shown. That is a key of the vault (64 hexadecimal
/// digits and nothing else but blanks and line ends around them), or a text of which any line,
/// after blanks, begins with
///   - a private key: `PRIVATE+KEY+` (C2SP signer keys), `-----BEGIN … PRIVATE KEY…-----` (of
///     RFC 7468, OpenSSH, PGP), `AGE-SECRET-KEY-`, `PuTTY-User-Key-File-`;
///   - the hash of a password: of crypt(5) (`$1$`, `$2a$`, `$2b$`, `$2x$`, `$2y$`, `$5$`, `$6$`,
///     `$7$`, `$y$`, `$gy$`), `$apr1$`, `$argon2…`, `$scrypt$`, with another `$` behind that;
///   - a name and such a hash, as shadow(5) has them: `root:$6$…$…`, with `!` before it or without.
/// Threads: pure.
[[nodiscard]] bool is_secret_text(std::string_view text);

/// As read_whole_file(), for a file that people name and of which lines may be shown to them, as an
/// error with its caret shows one. The program may read more than those who run it. Errors:
/// kRefused for a secret text; those of read_whole_file(). Threads: any.
[[nodiscard]] Result<std::string> read_shown_file(const std::filesystem::path& path,
                                                  std::size_t most);

}  // namespace tidewaiter
