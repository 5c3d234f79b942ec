#pragma once

#include <string>

#include "daemon/app/people.h"
#include "daemon/app/user_changes.h"
#include "daemon/cli/acting_person.h"

namespace tidewaiter {

/// Whether whoever acts may do `type` ("user.add") about the user `about`. Until somebody
/// has had a password anybody may who may write the state folder, and nobody is asked; from then on
/// an admin, who says who they are. Errors: as acting_person(); kRefused for anybody else, which is
/// recorded as an attempt.
[[nodiscard]] Result<void> require_admin(const Invocation& run, const Stores& stores,
                                         const ActingOptions& acting, const std::string& type,
                                         const std::string& about);

/// The same of setting a password of `whose`, and that there may be one (may_have_password()).
/// Whoever has one exchanges their own.
[[nodiscard]] Result<void> may_set_password(const Invocation& run, const Stores& stores,
                                            const ActingOptions& acting, const Person& whose);

/// Hands in that the table of users is changed, by whoever the command has found out to act.
/// Errors: those of hand_in_user_change().
[[nodiscard]] Result<void> hand_in_change(const Invocation& run, const Stores& stores,
                                          UserChangeKind kind, const std::string& handle);

/// The new password of somebody: from `file`, or typed twice, and good enough. Errors: those of
/// reading it; kInvalidInput if what was typed differs; those of check_password().
[[nodiscard]] Result<Password> new_password(const Invocation& run, const Person& whose,
                                            const std::string& file);

}  // namespace tidewaiter
