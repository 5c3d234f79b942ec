#pragma once

#include <memory>

#include "daemon/outbound/http_client.h"
#include "daemon/sources/contract/contract_config.h"
#include "daemon/sources/contract/fetcher.h"
#include "daemon/sources/source_config.h"
#include "daemon/sources/source_services.h"

namespace tidewaiter {

/// What sends the requests of a source over HTTP: by its route and within its deadline, with ten
/// seconds to connect, given up where nothing moves for thirty, and bodies of 64 MiB at most, as
/// they are after decompression.
[[nodiscard]] std::unique_ptr<HttpClient> make_contract_client(const ContractConfig& config);

/// How a source's requests are sent: by `services.http`, retried by `rule`, each try taken from the
/// budget of its credential. `config.contract`, `services.now` and `services.http` are set.
[[nodiscard]] FetcherOptions fetcher_options(const SourceConfig& config,
                                             const SourceServices& services, const RetryRule& rule);

}  // namespace tidewaiter
