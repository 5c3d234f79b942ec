#pragma once

#include <string>

#include "daemon/simulate/page_request.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// A list of Stripe's customers (GET /v1/customers), newest first: behind `starting_after`, or
/// those who were made at `created[lte]` or before. Their metadata have the project's id as
/// `account`. Errors: kInvalidInput for a customer that is not there any more.
[[nodiscard]] Result<std::string> stripe_customers(const ProviderModel& model,
                                                   const PageRequest& request,
                                                   const PageState& state);

/// What the customer `request.entry` pays with (GET /v1/customers/…/payment_methods): a card, and a
/// wallet's balance, which has no fingerprint. Each third customer's card is that of the one before
/// it. With `expand[]` = `data.customer` the customer is whole. Errors: kNotFound for a customer
/// that is not there; kInvalidInput for a `starting_after` that is not.
[[nodiscard]] Result<std::string> stripe_payment_methods(const ProviderModel& model,
                                                         const PageRequest& request,
                                                         const PageState& state);

}  // namespace tidewaiter
