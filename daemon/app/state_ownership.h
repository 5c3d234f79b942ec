#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include <sys/types.h>

#include "policies/model/error.h"

namespace tidewaiter {

/// That `ledger.db`, `acts` and `people` of a state folder, those that are there, lie in it and are
/// its owner's: what a symbolic link names may be another state's, whose people are asked nothing.
/// Errors: kRefused, with what to do; kUnavailable.
[[nodiscard]] Result<void> check_state_ownership(const std::filesystem::path& state);

/// The Unix user who called, before `sudo` made another of them: SUDO_UID of these variables, or
/// else the real user of the process. Who may set the variable for sudo is trusted by it.
[[nodiscard]] uid_t calling_user(const std::map<std::string, std::string, std::less<>>& variables);

// For which ledger people are enrolled is in `people/origin`, one line. A folder of before that
// there is none in gets it at the next change of who is enrolled.

/// That the state's people are those of the ledger of `origin`, as far as they say. Errors:
/// kRefused, with what to do; kUnavailable.
[[nodiscard]] Result<void> check_people_origin(const std::filesystem::path& state,
                                               const std::string& origin);
/// Writes it where there is none. The folder must be there. Errors: kUnavailable.
[[nodiscard]] Result<void> bind_people(const std::filesystem::path& state,
                                       const std::string& origin);

}  // namespace tidewaiter
