#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

class Ledger;

enum class UserChangeKind : std::uint8_t { kAdded, kPassword, kDisabled };

/// A change of the table of users, as it is handed in beside acts and becomes an entry
/// `config.changed`: never with a password or what is kept of it. No person signs it; it is to be
/// believed as little as an attempt (attempts.h).
struct UserChange {
  UserChangeKind kind = UserChangeKind::kAdded;
  std::string user;       ///< handle of whose it is
  std::string by;         ///< handle of who did it; empty where nobody was asked
  std::string proof;      ///< by what they were known: act_proof_name()
  std::string unix_user;  ///< who called: a name, or the number where it has none
};

/// Hands it in: of a password before it is set, so that none is set without its entry; of the
/// others, which may be refused under the table's lock, once they are made. Errors: kInvalidInput
/// for what has no JSON form; kUnavailable.
[[nodiscard]] Result<void> hand_in_user_change(const std::filesystem::path& state,
                                               const UserChange& change);

/// What a handed-in file's text says; nothing if it says none, or has any other member, or a longer
/// one than any handle is.
[[nodiscard]] std::optional<UserChange> parse_user_change(std::string_view text);

/// The members of its entry, as JSON text.
[[nodiscard]] std::string user_change_fields(const UserChange& change);

/// The last time that a password was set.
struct PasswordSetting {
  std::string by;  ///< empty where nobody was asked
  UtcTime at;      ///< when it was recorded
};
/// By the handle of whose it is, of those whom the ledger's entries name. Errors: those of the
/// ledger.
[[nodiscard]] Result<std::map<std::string, PasswordSetting>> password_settings(
    const Ledger& ledger);

}  // namespace tidewaiter
