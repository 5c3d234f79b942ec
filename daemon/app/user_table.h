#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "daemon/app/act_file.h"
#include "daemon/app/people.h"
#include "policies/model/error.h"
#include "policies/model/time.h"
#include "storage/people/password_table.h"

namespace tidewaiter {

// Who is enrolled, as a table of users: their passwords, and who may change it. docs/adr/0041.
// What it changes are files of the state folder's `people/`, which no process keeps in memory: a
// daemon need not stop.

[[nodiscard]] std::filesystem::path people_folder(const std::filesystem::path& state);

/// The name of a Unix user; empty if it has none.
[[nodiscard]] std::string unix_user_name(uid_t user);

/// What somebody claims who acts as `handle`.
struct IdentityClaim {
  std::string handle;
  std::string unix_user;                          ///< name of the effective one; may be empty
  std::optional<std::filesystem::path> key_file;  ///< that was named
  uid_t effective_user = 0;
  uid_t calling_user = 0;  ///< the same, but for sudo: calling_user()
};

/// By what the claim is proven without a password; nothing where one has to be asked for. A key
/// proves it where it is not the one that the state folder has, nor another that belongs to the
/// Unix user as whom sudo runs the program: whoever calls could not read it themselves. Whoever has
/// a password is asked for it, whatever the Unix user. Of the others the Unix user of that name
/// proves it: but not the one that the state folder belongs to, once anybody has a password, for
/// many may run the program as that one. Where nobody has a password nothing is asked
/// (kStateFolder). Errors: kRefused for somebody without a password where others have one;
/// kUnavailable.
[[nodiscard]] Result<std::optional<ActProof>> proof_without_password(
    const std::filesystem::path& state, const IdentityClaim& claim);

/// Whether somebody who is enrolled is an admin and not retired, and has a proof of their own where
/// others use passwords: one, a key that was handed over, or a Unix user of that name which is not
/// the state's. Errors: kUnavailable.
[[nodiscard]] Result<bool> is_provable_admin(const std::filesystem::path& state,
                                             const Person& person);

/// That this person may be given a password: the first one of a site is an admin's, unless there is
/// a provable one already. Else nobody could change the table from then on. Errors: kRefused, with
/// what to do; those of people(), kUnavailable.
[[nodiscard]] Result<void> may_have_password(const std::filesystem::path& state,
                                             const Person& person);

/// Whether this may be the person's password: check_password() with what is known of the person.
[[nodiscard]] Result<void> check_password_of(const Person& person, const Password& password);

/// Retires the person's key and removes the password; the file of the key stays, for what it has
/// signed. Errors: kNotFound; kRefused if it is retired already, and for the last admin, or where
/// passwords are used the last provable one; kUnavailable.
[[nodiscard]] Result<Person> disable_user(const std::filesystem::path& state,
                                          const std::string& handle, UtcTime now);

}  // namespace tidewaiter
