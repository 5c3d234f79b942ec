#pragma once

#include <string>
#include <vector>

#include "daemon/cli/command.h"
#include "daemon/cli/user_change.h"

namespace tidewaiter {

// Parts of `tidewaiter user`.
void add_user_list(CLI::App& user, Selection& selection);
void add_user_add(CLI::App& user, Selection& selection);
void add_user_password(CLI::App& user, Selection& selection);
void add_user_disable(CLI::App& user, Selection& selection);

/// Who is enrolled as `handle`. Errors: kNotFound, and those of people().
[[nodiscard]] Result<Person> enrolled_person(const Stores& stores, const std::string& handle);

}  // namespace tidewaiter
