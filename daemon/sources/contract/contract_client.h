#pragma once

#include <memory>

#include "daemon/outbound/http_client.h"
#include "daemon/sources/contract/contract_config.h"

namespace tidewaiter {

/// What sends the requests of a source over HTTP: by its route and within its deadline, with ten
/// seconds to connect, given up where nothing moves for thirty, and bodies of 64 MiB at most, as
/// they are after decompression.
[[nodiscard]] std::unique_ptr<HttpClient> make_contract_client(const ContractConfig& config);

}  // namespace tidewaiter
