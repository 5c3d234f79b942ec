#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "policies/model/error.h"

namespace tidewaiter {

/// Whether a text is one of those that nobody is shown: a signing key (C2SP signer keys begin with
/// `PRIVATE+KEY+`), what Argon2id makes of a password (`$argon2id$`), or a key of the vault (64
/// hexadecimal digits and nothing else). Blanks and line ends before it do not count.
[[nodiscard]] bool is_secret_text(std::string_view text);

/// As read_whole_file(), for a file that people name and of which lines may be shown to them, as an
/// error with its caret shows one. The program may read more than those who run it. Errors:
/// kRefused for a secret text; those of read_whole_file(). Threads: any.
[[nodiscard]] Result<std::string> read_shown_file(const std::filesystem::path& path,
                                                  std::size_t most);

}  // namespace tidewaiter
