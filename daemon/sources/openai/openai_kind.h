#pragma once

#include <memory>

#include "daemon/sources/connector.h"

namespace tidewaiter {

/// The admin API of OpenAI: usage in buckets, by project, user, key, model, batch and tier.
/// docs/sources/openai.md says what it supplies and what it cannot see.
/// Errors: kInvalidInput for an endpoint that is not known.
[[nodiscard]] Result<std::unique_ptr<Connector>> make_openai_source(const SourceConfig& config,
                                                                    const SourceServices& services);

}  // namespace tidewaiter
