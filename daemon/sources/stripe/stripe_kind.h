#pragma once

#include "daemon/sources/contract_kind.h"

namespace tidewaiter {

/// Customers of a Stripe account and what they pay with, as account records.
/// docs/sources/stripe.md says what it supplies and what it cannot see.
extern const ContractKind kStripeKind;

}  // namespace tidewaiter
