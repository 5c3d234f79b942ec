#pragma once

#include <string_view>

#include "daemon/sources/contract/account_entry.h"
#include "daemon/sources/contract/feed.h"
#include "daemon/sources/contract/key_walk.h"

namespace tidewaiter {

/// Reads a page of the walk through all customers and what each pays with: a page of customers, of
/// whom only the ids are taken, or the payment methods of the walk's first customer (its `projects`
/// are customers).
///
/// A card or bank account is a record if it has a fingerprint, which stands in it as the vendor
/// writes it: who stores it seals it first. Its account is that of the customer, who has to be
/// there whole if `account_in` is not empty. Number, expiry, brand, billing name and all else are
/// passed over and never copied.
///
/// Errors: kInvalidInput for what is no such list, or one of another customer.
[[nodiscard]] Result<FeedAnswer> read_stripe_instruments(std::string_view body, const KeyWalk& walk,
                                                         const AccountReading& reading,
                                                         std::string_view account_in);

/// The walk goes on behind its first customer, who is not there any more.
[[nodiscard]] FeedAnswer pass_over_customer(const KeyWalk& walk);

}  // namespace tidewaiter
