#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/enrich/address_enricher.h"
#include "daemon/notify/event_log.h"
#include "daemon/sources/connector.h"

namespace tidewaiter {

/// Opens what `addresses` of the configuration names; null where it is left out. Errors:
/// kInvalidInput, naming the file.
[[nodiscard]] Result<std::shared_ptr<AddressEnricher>> open_addresses(
    const std::optional<AddressConfig>& addresses);

/// What of one pull could not be looked up, though there are files for it.
struct LookUpLack {
  std::string source;
  std::int64_t out_of_time = 0;      ///< records too far from the day of a file
  std::optional<Error> contradicts;  ///< the first word of a database against itself
};
using LookUpSink = std::function<void(const LookUpLack&)>;

/// At the level `warn`, `event=addresses_out_of_time`, and `error`, `event=addresses_contradict`.
/// `log` outlives what it gives.
[[nodiscard]] LookUpSink look_up_log(EventLog& log);

/// The connector, and what is known of the addresses in each page that it gives: what the record
/// log gets is what the source delivered, and beside it what was looked up at that moment. Where
/// nothing can be looked up the fields stay absent, and `tell`, which may be empty, is told why,
/// once a pull. `enricher` is that of all sources; all of them are asked by one thread.
[[nodiscard]] std::unique_ptr<Connector> enriched_connector(
    std::unique_ptr<Connector> connector, const SourceConfig& config,
    std::shared_ptr<AddressEnricher> enricher, LookUpSink tell);

}  // namespace tidewaiter
