#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "daemon/app/people.h"
#include "policies/model/error.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {

/// Somebody who is enrolled, and the key to sign with.
struct Signatory {
  Person person;
  SigningKey key;
};

/// Finds the person of this handle and reads the key: from `key_file`, or people/<handle>.key.
/// What the role may sign is for others to say.
/// Errors: kNotFound (nobody of this handle, no key file); kRefused if the key is not the person's,
/// may be read by others or is retired. Of a key that is retired `key_file` is looked at all the
/// same: whoever names another one has not tried to sign with it.
[[nodiscard]] Result<Signatory> signatory(const std::filesystem::path& state,
                                          std::string_view handle,
                                          const std::optional<std::filesystem::path>& key_file);

/// As signatory(), but that the key may be retired: to tell whose attempt it was.
[[nodiscard]] Result<Signatory> key_holder(const std::filesystem::path& state,
                                           std::string_view handle,
                                           const std::optional<std::filesystem::path>& key_file);

}  // namespace tidewaiter
