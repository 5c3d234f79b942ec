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
  std::string handle;  ///< [a-z0-9][a-z0-9_-]*, up to 64, made from the name or chosen; unique
  std::string name;
  std::string role;          ///< one of roles()
  std::string verifier_key;  ///< C2SP vkey of the person's Ed25519 key
  UtcTime enrolled;
  std::optional<UtcTime> retired = std::nullopt;  ///< from then on the key signs nothing more
};

/// viewer officer approver policy-writer liaison auditor counsel admin
[[nodiscard]] const std::vector<std::string_view>& roles();

/// Who enrol() would enrol, still without a key. `name` is a name, whose handle is made of its
/// letters and digits, those of other scripts as Latin ones (`王小明` is `wang-xiao-ming`), or
/// `NAME <HANDLE>`, which chooses one.
/// Errors: kInvalidInput (no name of one line, one that no handle can be made of, a handle that is
/// none, an unknown role). Threads: any.
[[nodiscard]] Result<Person> new_person(std::string_view name, std::string_view role, UtcTime now);

/// The same of `NAME=ROLE` or `NAME <HANDLE>=ROLE`, as people are named to the program.
/// Errors: those of new_person(), kInvalidInput where there is no `=`.
[[nodiscard]] Result<Person> person_to_be(std::string_view text, UtcTime now);

/// Makes the file and the signing key (people/<handle>.key, mode 0400, a C2SP signer key) of
/// somebody whom new_person() has let through, and returns them with the key that verifies.
/// Errors: kRefused (the handle is taken), kUnavailable.
[[nodiscard]] Result<Person> enrol(const std::filesystem::path& state, Person person);
/// new_person() and enrol(). Errors: those of both.
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
