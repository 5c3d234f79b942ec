#pragma once

#include <cstdint>
#include <string>

#include "daemon/simulate/page_request.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

// A gateway's side of the same customers, in the words of LiteLLM: each request by itself, and who
// there is.

/// What a page is asked for. `size` is of entries.
struct GatewayPaging {
  std::int64_t page = 1;
  std::int64_t size = 50;
};

/// A page of /spend/logs/v2, oldest first: requests that began within `time`, both ends included,
/// as the gateway has it, and not after now. The requests of a customer's hour add up to what
/// ProviderModel::usage() says of it; besides, one in each such hour has failed, with figures that
/// are all 0. Errors: kInvalidInput: a page or size out of range.
[[nodiscard]] Result<std::string> spend_page(const ProviderModel& model, Interval time,
                                             const GatewayPaging& paging, const PageState& state);

enum class GatewayList : std::uint8_t { kKeys, kUsers, kTeams, kCustomers };

/// A page of a list; of customers, all of them. Errors: as spend_page().
[[nodiscard]] Result<std::string> gateway_list(const ProviderModel& model, GatewayList list,
                                               const GatewayPaging& paging, const PageState& state);

}  // namespace tidewaiter
