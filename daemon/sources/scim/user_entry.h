#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/contract/page_json.h"

namespace tidewaiter {

/// Whether `account_in` names an attribute whose text can be the account's id: `id`, `externalId`
/// or `userName`.
[[nodiscard]] bool is_scim_id(std::string_view attribute);

/// Reads a user of SCIM 2.0 (RFC 7643, 4.1). Members are taken by an allow-list; all others, the
/// address itself, telephone numbers, photographs, groups and entitlements among them, are passed
/// over and never copied.
///
/// Of several e-mails and addresses the one that is marked as primary counts, or else the first; a
/// country counts only as two letters. A user that is not active has the measure `inactive`.
/// A name that is the user name or an e-mail, or has an address in it, is passed over; a user name
/// tells a domain where it is an address, with something before the `@` and a dot behind it.
/// `account_in`: the attribute that is the account's id; empty: `id`. A user that lacks the one
/// that is named has `scim:` and its `id`, so that it is judged by nobody else's.
[[nodiscard]] PageRead read_scim_user(const nlohmann::json& user, std::string_view account_in,
                                      AccountEntry& entry);

}  // namespace tidewaiter
