#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/app/config.h"
#include "daemon/cli/command.h"
#include "daemon/sources/connector.h"
#include "policies/model/error.h"

namespace tidewaiter {

// What commands that look at sources, and change nothing, have in common.

/// A configured source to look at, as a connector of its own, and where its last pull left off:
/// nothing before there is a record log.
struct SourceToLookAt {
  const SourceConfig* config = nullptr;
  std::string cursor;
};

/// The sources of these names, in their order; without names all of them, in the configuration's.
/// They point into `config`. Errors: kNotFound naming the first that is not configured; those of
/// opening the record log.
[[nodiscard]] Result<std::vector<SourceToLookAt>> sources_to_look_at(
    const Config& config, const std::vector<std::string>& names);

/// Errors: those of make_connector().
[[nodiscard]] Result<std::unique_ptr<Connector>> connector_to_look_with(const SourceConfig& config,
                                                                        const Invocation& run);

}  // namespace tidewaiter
