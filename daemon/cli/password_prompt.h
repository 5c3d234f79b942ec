#pragma once

#include <string>

#include "policies/model/error.h"
#include "storage/people/password.h"

namespace tidewaiter {

/// The first line of a file: a regular one, a pipe or a descriptor (`/dev/fd/3`), or standard input
/// if `path` is "-". A systemd credential is such a file. Errors: kNotFound, kUnavailable; kRefused
/// for a regular file that everybody may read or others may write; kInvalidInput for an empty line,
/// or a longer one than Password::kMostBytes.
[[nodiscard]] Result<Password> read_password_file(const std::string& path);

/// Asks on the process's terminal, whatever its standard input and output are, and shows nothing of
/// what is typed. Errors: kNotFound if the process has none; kRefused if the person ends it
/// (Control-C, or the end of the input); kInvalidInput, kUnavailable.
[[nodiscard]] Result<Password> ask_for_password(const std::string& question);

/// As ask_for_password(), on an open terminal. For the tests.
[[nodiscard]] Result<Password> ask_on_terminal(int terminal, const std::string& question);

}  // namespace tidewaiter
