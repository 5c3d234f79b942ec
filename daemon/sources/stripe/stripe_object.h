#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sources/contract/page_json.h"

namespace tidewaiter {

// What the readers of Stripe's objects have in common.

/// Fails the page unless `object` says that it is one of these: another kind of entry is another
/// list than what was asked for.
[[nodiscard]] PageRead expect_stripe(const nlohmann::json& object, std::string_view wanted);

/// A member that is an object; an empty one where it is not.
[[nodiscard]] const nlohmann::json& stripe_member(const nlohmann::json& object, const char* name);

/// `address.country`, if that is two letters.
[[nodiscard]] PageRead take_stripe_country(const nlohmann::json& object, std::string& out);

}  // namespace tidewaiter
