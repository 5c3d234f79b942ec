#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <sys/types.h>

#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/people/password.h"

namespace tidewaiter {

// The passwords of people who are enrolled. A folder has, beside what else it has of a person,
//
//   HANDLE.password   what hash_password() makes of it, one line; mode 0600
//   HANDLE.UID.tries  how many wrong ones a Unix user gave in a row, and when the last one was
//   passwords         that somebody has, or has had, a password
//
// A handle is one of an enrolled person: letters, digits, `-`, `_`. Threads and processes: any;
// what changes one, or counts a try, has the folder to itself for the time (FolderLock). Passwords
// are looked at outside of it, each after it was counted, so that several people act at once.

/// Wrong ones in a row that have to be expected of people who mistype.
inline constexpr std::int64_t kFreeTries = 5;
/// So many in a row, and no more is taken until the password is set anew: NIST SP 800-63B-4, 3.2.2.
inline constexpr std::int64_t kMostTries = 100;

/// How long nothing is tried after `wrong` in a row: 30 seconds after kFreeTries, twice as long
/// after each further one, and an hour at the most.
[[nodiscard]] Duration wait_after(std::int64_t wrong);

/// Errors: kUnavailable.
[[nodiscard]] Result<bool> has_password(const std::filesystem::path& folder,
                                        const std::string& handle);
/// Whether anybody has one, or has had one: the first one that is set leaves the file `passwords`,
/// so that who can have the last one removed does not end it. False where there is no such folder.
/// Errors: kUnavailable.
[[nodiscard]] Result<bool> uses_passwords(const std::filesystem::path& folder);

/// Sets a password, or another one; what was tried before is forgotten. It is not looked at:
/// check_password() says whether it may be one. Errors: those of hash_password(), kUnavailable.
[[nodiscard]] Result<void> set_password(const std::filesystem::path& folder,
                                        const std::string& handle, const Password& password,
                                        PasswordCost cost = kPasswordCost);
/// Removes it, if there is one. Errors: kUnavailable.
[[nodiscard]] Result<void> remove_password(const std::filesystem::path& folder,
                                           const std::string& handle);

/// Whose password it is, and which Unix user tries it. Wrong ones are counted by both: a handle
/// alone is not enough to lock somebody out.
struct PasswordGuess {
  std::string handle;
  uid_t user = 0;
};

/// How many wrong passwords were given in a row, and until when nothing is tried.
struct PasswordTries {
  std::int64_t wrong = 0;
  std::optional<UtcTime> until;  ///< later than the `now` that was asked with
  uid_t user = 0;                ///< who gave them
  [[nodiscard]] bool locked() const { return wrong >= kMostTries; }
};
/// A time in the future, as of a clock that was put back, counts as `now`. Errors: kCorruption for
/// a file of another form; kUnavailable.
[[nodiscard]] Result<PasswordTries> password_tries(const std::filesystem::path& folder,
                                                   const PasswordGuess& guess, UtcTime now);
/// Those of the Unix user who gave the most wrong ones for a handle; none if nobody did. Errors: as
/// password_tries(), of any of the files.
[[nodiscard]] Result<PasswordTries> most_password_tries(const std::filesystem::path& folder,
                                                        const std::string& handle, UtcTime now);

/// Tries a password. It counts as wrong before it is looked at: whoever ends the process in between
/// has guessed, too. The right one ends the count; one that was hashed at another cost than today's
/// is hashed anew, where that can be done. Gives whether it is the right one. Errors: kRefused,
/// without a look, while password_tries() says so, and for good once it is locked, and for one that
/// was set anew while it was looked at; kNotFound if
/// there is no password; kCorruption, kUnavailable as is_password().
[[nodiscard]] Result<bool> try_password(const std::filesystem::path& folder,
                                        const PasswordGuess& guess, const Password& password,
                                        UtcTime now);

}  // namespace tidewaiter
