#pragma once

#include <string>

#include "policies/model/base64.h"
#include "policies/model/digest.h"

namespace tidewaiter {

/// A root as checkpoints have it, and as people compare it by eye: base64.
[[nodiscard]] inline std::string root_text(const Digest& root) {
  return to_base64(root.bytes, Base64::kStandard);
}

}  // namespace tidewaiter
