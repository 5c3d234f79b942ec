#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/page_json.h"

namespace tidewaiter {

/// Reads a customer of Stripe, as an entry of a list or within another object. Members are taken by
/// an allow-list: id, name, e-mail (of which only the domain goes into a record), the country of
/// the address, when it was made, and of the metadata what stands under `account_in`, if that is
/// not empty: the account's id, and `stripe:` and the customer's own where nothing stands there.
/// All others are passed over and never copied.
[[nodiscard]] PageRead read_stripe_customer(const nlohmann::json& customer,
                                            std::string_view account_in, AccountEntry& entry);

/// Reads a page of GET /v1/customers. The next one begins behind its last customer (CustomerPlace).
/// Errors: kInvalidInput for what is no such list, or a list of something else.
[[nodiscard]] Result<FeedAnswer> read_stripe_customers(std::string_view body,
                                                       const AccountReading& reading,
                                                       std::string_view account_in);

}  // namespace tidewaiter
