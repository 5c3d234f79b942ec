#pragma once

#include <array>

#include "daemon/simulate/provider_model.h"

namespace tidewaiter {

/// A third of a customer's figures, and the rest of them: rows apart of one who cannot be told.
[[nodiscard]] inline std::array<ProviderUsage, 2> usage_parts(const ProviderUsage& usage) {
  std::array<ProviderUsage, 2> parts = {usage, usage};
  for (const auto figure : {&ProviderUsage::requests, &ProviderUsage::input_tokens,
                            &ProviderUsage::cached_tokens, &ProviderUsage::output_tokens}) {
    parts[0].*figure = usage.*figure / 3;
    parts[1].*figure -= parts[0].*figure;
  }
  return parts;
}

}  // namespace tidewaiter
