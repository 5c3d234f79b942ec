#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Someone who may act on findings. Kept in people/<handle>.yaml of the state folder.
struct Person {
  std::string handle;  ///< [a-z0-9-]+, made from the name; unique
  std::string name;
  std::string role;          ///< one of roles()
  std::string verifier_key;  ///< C2SP vkey of the person's Ed25519 key
  UtcTime enrolled;
  std::optional<UtcTime> retired = std::nullopt;  ///< from then on the key signs nothing more
};

/// viewer officer approver policy-writer liaison auditor counsel admin
[[nodiscard]] const std::vector<std::string_view>& roles();

/// Who enrol() would enrol, still without a key: checks name and role, and makes the handle.
/// Errors: kInvalidInput (a name without letter or digit, an unknown role).
[[nodiscard]] Result<Person> new_person(std::string_view name, std::string_view role, UtcTime now);

/// Makes a person's file and signing key (people/<handle>.key, mode 0400, a C2SP signer key).
/// Errors: those of new_person(), kRefused (the handle is taken), kUnavailable.
[[nodiscard]] Result<Person> enrol(const std::filesystem::path& state, std::string_view name,
                                   std::string_view role, UtcTime now);

/// Everybody who is enrolled, by handle; nobody if there is no folder of people. Errors:
/// kCorruption for a file that is not a person's; kInvalidInput for what is no file;
/// kUnavailable.
[[nodiscard]] Result<std::vector<Person>> people(const std::filesystem::path& state);

/// Whether the person's role and key may sign a publication of policies.
[[nodiscard]] bool publishes(const Person& person);

/// Four eyes need two people who may sign; below that nothing can be published, and status says so.
enum class PolicyMode : unsigned char { kUnsigned, kSigned };
[[nodiscard]] PolicyMode policy_mode(const std::vector<Person>& enrolled);
[[nodiscard]] std::string_view to_text(PolicyMode mode);  // "unsigned policy mode", …

}  // namespace tidewaiter
