#pragma once

#include <memory>

#include "daemon/enrich/address_enricher.h"
#include "daemon/notify/event_log.h"
#include "daemon/sources/connector.h"

namespace tidewaiter {

/// The connector, and what is known of the addresses in each page that it gives: what the record
/// log gets is what the source delivered, and beside it what was looked up at that moment. Where
/// nothing can be looked up the fields stay absent, and `log`, which may be null, says why:
/// `event=addresses_contradict` for a database that contradicts itself,
/// `event=addresses_out_of_time` for records that lie too far from the day of a file. `enricher`
/// is that of all sources; all of them are asked by one thread.
[[nodiscard]] std::unique_ptr<Connector> enriched_connector(
    std::unique_ptr<Connector> connector, const SourceConfig& config,
    std::shared_ptr<AddressEnricher> enricher, EventLog* log);

}  // namespace tidewaiter
